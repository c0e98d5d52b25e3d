"""``cmo-kit verify``: what it says is proved, and what it does not believe."""

import json
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, Schedule, load_instance, verify
from cmo_kit.cli import main
from cmo_kit.library import instances_folder

STORED = json.loads(
    (Path(__file__).resolve().parents[2] / "tools" / "fuzz" / "certificates.json").read_text(encoding="utf-8")
)
NAME = "tiny-large-order"


def run(folder: Path, certificate: Any, schedule: Path | None = None) -> int:
    path = folder / "certificate.json"
    path.write_text(certificate if isinstance(certificate, str) else json.dumps(certificate), encoding="utf-8")
    return main(["verify", NAME, str(schedule or instances_folder() / "schedules" / f"{NAME}.json"), str(path)])


def test_an_optimal_schedule_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, STORED[NAME]) == 0
    assert capsys.readouterr().out == f"{NAME}: the schedule is optimal: it has 6 days, and no schedule has less\n"


def test_how_far_from_optimal_another_schedule_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = load_instance(NAME)
    sites: list[list[tuple[str, int]]] = [[] for _ in range(instance.sites)]
    sites[0] = [(order.id, order.batches) for order in instance.orders]
    schedule = Schedule(instance, sites)
    schedule.save(tmp_path / "late.json")
    assert run(tmp_path, STORED[NAME], tmp_path / "late.json") == 0
    words, total = capsys.readouterr().out, schedule.total_tardiness
    assert total > 6
    assert f"has {total:g} days, and no schedule has less than 6: it is within {total - 6:g} of optimal" in words


def test_a_packed_certificate_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    folder = instances_folder()
    words = [str(folder / "schedules" / "small-3.json"), str(folder / "certificates" / "small-3.json.xz")]
    assert main(["verify", "small-3", *words]) == 0
    assert "small-3: the schedule" in capsys.readouterr().out


def test_a_claim_without_a_proof_and_a_schedule_that_breaks_a_rule_are_not_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, STORED[NAME] | {"lower_bound": 7}) == 1
    assert "not proved: lower_bound 7 is claimed, but only 6 is proved" in capsys.readouterr().out
    document = json.loads((instances_folder() / "schedules" / f"{NAME}.json").read_text(encoding="utf-8"))
    document["sites"][0] = document["sites"][0][1:]
    (tmp_path / "short.json").write_text(json.dumps(document), encoding="utf-8")
    assert run(tmp_path, STORED[NAME], tmp_path / "short.json") == 1
    assert "not proved: the schedule breaks a rule" in capsys.readouterr().out


@pytest.mark.parametrize(
    "certificate", ["{", "[]", {"format": "x"}, STORED["tiny-halves"], {**STORED[NAME], "parts": 1}]
)
def test_what_is_no_certificate_of_the_instance_is_bad_input(
    tmp_path: Path, certificate: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, certificate) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "certificate.json" in told.err and len(told.err.splitlines()) == 1


def test_the_function_names_what_it_proves() -> None:
    proved = verify(load_instance("tiny-split-pipeline"), STORED["tiny-split-pipeline"])
    assert (proved.lower_bound, proved.one_run_lower_bound) == proved == (0, 3)
    with pytest.raises(InputError, match="only 0 is proved"):
        verify(load_instance("tiny-split-pipeline"), STORED["tiny-split-pipeline"] | {"lower_bound": 3})
