"""``instances/best_known.csv``: every row is what it claims to be."""

import csv
import datetime
from pathlib import Path

import pytest

from benchmarks.best_known import faults, improve, main
from cmo_kit import Schedule, check_schedule, instance_names, load_instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds.certificate import read_certificate
from cmo_kit.library import instances_folder
from tests.helpers.enumeration import optimum
from tests.helpers.thorough import THOROUGH

COLUMNS = ["instance", "best", "lower_bound", "status", "method", "schedule", "date", "seconds", "certificate"]
with open(instances_folder() / "best_known.csv", encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
NAMES = [row["instance"] for row in ROWS]
TINY = [row for row in ROWS if row["instance"].startswith("tiny-")]
CERTIFIED = [row for row in ROWS if row["certificate"]]
#: Thirty times the cases of any other proof; ``make best-known`` verifies it too.
LONG = "medium-1"


def name_of(row: dict[str, str]) -> str:
    return row["instance"]


def test_columns_and_names_are_as_documented() -> None:
    assert list(ROWS[0]) == COLUMNS
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) <= set(instance_names())


def test_every_tiny_instance_has_a_row() -> None:
    tiny = {name for name in instance_names() if name.startswith("tiny-")}
    assert tiny == {row["instance"] for row in TINY}
    assert len(tiny) >= 12
    assert sum(float(row["best"]) > 0 for row in TINY) > len(TINY) / 2


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_the_schedule_of_a_row_is_feasible_and_as_good_as_it_says(row: dict[str, str]) -> None:
    instance = load_instance(row["instance"])
    document = read_json(instances_folder() / row["schedule"])
    assert check_schedule(instance, document) == []
    best, bound = float(row["best"]), float(row["lower_bound"])
    assert document["total_tardiness"] == best
    assert check_schedule(instance, Schedule.from_dict(document, instance)) == []
    assert 0 <= bound <= best
    assert row["status"] in ("optimal", "feasible")
    assert (row["status"] == "optimal") == (bound == best)
    assert row["method"]
    datetime.date.fromisoformat(row["date"])


@pytest.mark.parametrize("row", TINY, ids=name_of)
def test_tiny_optima_are_proven_anew(row: dict[str, str]) -> None:
    assert optimum(load_instance(row["instance"])).value == float(row["best"])
    assert row["status"] == "optimal"
    assert row["method"] == "enumeration" or row["certificate"]


def test_the_empty_site_is_empty_in_every_optimum() -> None:
    """Where opening a Site costs more than it saves, all optima leave one empty."""
    found = optimum(load_instance("tiny-empty-site"))
    assert found.value > 0
    assert all(() in sites for sites in found.winners)


@pytest.mark.parametrize("row", CERTIFIED, ids=name_of)
def test_a_certificate_claims_what_its_row_says(row: dict[str, str]) -> None:
    """For this very problem."""
    certificate = read_certificate(instances_folder() / row["certificate"])
    assert certificate["digest"] == load_instance(row["instance"]).digest
    assert certificate["lower_bound"] == float(row["lower_bound"])


@pytest.mark.parametrize("row", [row for row in CERTIFIED if THOROUGH or row["instance"] != LONG], ids=name_of)
def test_a_bound_is_what_its_certificate_proves(row: dict[str, str]) -> None:
    """Recomputing the certificate gives the row's lower bound."""
    assert faults(instances_folder(), row) == []


def test_a_bound_without_proof_is_a_fault() -> None:
    row = next(row for row in ROWS if row["instance"] == "tiny-ties")
    assert faults(instances_folder(), row) == []
    assert any("no certificate" in text for text in faults(instances_folder(), row | {"method": "search"}))
    assert any("status" in text for text in faults(instances_folder(), row | {"status": "feasible"}))
    assert any("best is 6" in text for text in faults(instances_folder(), row | {"best": "6"}))


def test_an_empty_row_is_filled_and_a_proved_one_stays(tmp_path: Path) -> None:
    instance = load_instance("tiny-weights")
    (tmp_path / "schedules").mkdir()
    row = dict.fromkeys(COLUMNS, "") | {"instance": instance.name, "lower_bound": "0"}
    news = improve(tmp_path, row, instance, 0.5, seed=1)
    assert [text.split(" (")[0] for text in news] == ["best is now 16.5", "lower bound is now 16.5"]
    assert (row["best"], row["lower_bound"], row["status"], row["method"]) == ("16.5", "16.5", "optimal", "search")
    assert faults(tmp_path, row) == []
    before = dict(row)
    assert improve(tmp_path, row, instance, 0.5, seed=1) == []
    assert row == before


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("benchmarks.best_known.instances_folder", lambda: tmp_path)
    (tmp_path / "schedules").mkdir()
    (tmp_path / "best_known.csv").write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    return tmp_path


def test_the_command_improves_and_verifies(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tiny-weights", "--improve", "0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "tiny-weights: best is now 16.5"
    assert lines[-1] == "tiny-weights: 16.5, at least 16.5, optimal: verified"
    assert main([]) == 0
    assert capsys.readouterr().out.splitlines() == lines[-1:]
    path = table / "best_known.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",16.5,16.5,", ",16.5,16,"), encoding="utf-8")
    assert main([]) == 1
    assert "tiny-weights: 16.5, at least 16, optimal: status is" in capsys.readouterr().out
    path.write_text(path.read_text(encoding="utf-8").replace(",16.5,16,", ",16.5,16.6,"), encoding="utf-8")
    assert main([]) == 1
    assert "lower_bound is 16.6; its certificate proves 16.5" in capsys.readouterr().out


def test_the_command_names_what_it_cannot_use(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["../x.json"]) == 2
    assert "the instance is '../x.json'; it must be one that comes with the kit" in capsys.readouterr().err
    assert main(["tiny-weights", "--improve", "0.5"]) == 0
    (table / "certificates" / "tiny-weights.json.xz").write_bytes(b"no xz")
    assert main([]) == 2
    assert "the certificate cannot be read" in capsys.readouterr().err
