"""What makes stored results stale, and what does not."""

import json
from pathlib import Path

import pytest

from tools import made_again, stale
from tools.stale import DATA, SETS, digest_of, examined, parts_of, runs_of, text_of

SOURCE = '''"""A module."""
from cmo_kit.base.limits import Limits
def least(n: int) -> int:
    """The least."""
    if n < 2:
        raise ValueError(f"n is {n}")
    from cmo_kit.fast import lanes  # late
    return max(n, 1)
'''


@pytest.mark.parametrize(
    ("before", "after"),
    [('"""The least."""', ""), ("n is {n}", "n is wrong"), ("# late", "\n\n"), ("n: int", "n: float")],
)
def test_words_types_and_places_change_no_number(before: str, after: str) -> None:
    assert before in SOURCE
    assert examined(SOURCE.replace(before, after)) == examined(SOURCE)


@pytest.mark.parametrize(("before", "after"), [("n < 2", "n < 3"), ("max(n, 1)", "n"), ("raise ValueError", "print")])
def test_code_does(before: str, after: str) -> None:
    assert examined(SOURCE.replace(before, after))[0] != examined(SOURCE)[0]


def test_late_imports_count_and_other_packages_do_not() -> None:
    assert examined(SOURCE + "import numpy\nfrom os import path\n")[1] == {
        "cmo_kit.base.limits", "cmo_kit.base.limits.Limits", "cmo_kit.fast", "cmo_kit.fast.lanes"
    }  # fmt: skip


def test_a_set_depends_on_what_computes_its_numbers_and_on_nothing_above_it() -> None:
    known = parts_of("table4", text_of)
    assert {
        "its plan",
        "large-5",
        "cmo_kit.search.chain",
        "cmo_kit.fast.lanes",
        "cmo_kit.core.pipeline",
    } <= known.keys()
    assert {name.split(".")[1] for name in known if name.startswith("cmo_kit.")} & {"views", "cli", "study"} == set()
    assert all(len(digest) >= 16 for name in SETS for digest in parts_of(name, text_of).values())


@pytest.mark.parametrize(
    ("path", "before", "after", "noticed"),
    [
        ("cmo_kit/fast/lanes.py", "\nimport ", "\nX = 1\nimport ", True),  # behind several imports
        ("cmo_kit/views/gantt.py", "\nimport ", "\nX = 1\nimport ", False),
        ("instances/small-1.json", '"batches": 3', '"batches": 4', True),
        ("notebooks/studies/table4.toml", "seconds = 2", "seconds = 3", True),
        ("notebooks/studies/table4.toml", "limit = 7200", "limit = 7201", False),
    ],
)
def test_a_change_is_noticed_wherever_it_counts(path: str, before: str, after: str, noticed: bool) -> None:
    def changed(asked: str) -> str:
        return text_of(asked).replace(before, after, 1) if asked == path else text_of(asked)

    assert changed(path) != text_of(path)
    assert (parts_of("table4", changed) != parts_of("table4", text_of)) == noticed


def test_every_stored_result_is_in_a_set() -> None:
    inputs = {"keys", "orders", "made.json"}
    stored = {SETS[name][0] for name in SETS} | {"beyond/gap.json"}
    for path in DATA.rglob("*.[cj]s*"):
        place = path.relative_to(DATA).as_posix()
        assert place.split("/")[0] in inputs or place in stored or f"{place.split('/')[0]}/table.csv" in stored, place


def test_runs_say_when_they_began_and_where(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("seconds,finished,cpu\n61.5,2026-11-21T10:01:30+00:00,A\n1,2026-11-21T10:00:00+00:00,B\n")
    assert sorted(runs_of(table)) == [("2026-11-21T09:59:59+00:00", "B"), ("2026-11-21T10:00:28+00:00", "A")]
    table.write_text("date,processor\n2026-11-21,A\n")
    assert list(runs_of(table)) == [("2026-11-21T23:59:59+00:00", "A")]
    document = tmp_path / "parts.json"
    document.write_text('{"format": 1, "above": {"date": "2026-11-21", "environment": {"processor": "A"}}}')
    assert list(runs_of(document)) == [("2026-11-21T23:59:59+00:00", "A")]


def test_a_set_is_unknown_then_fresh_then_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code tells a release; a line says what to do."""
    monkeypatch.setattr(stale, "MADE", tmp_path / "made.json")
    monkeypatch.setattr(stale, "SETS", {"decoder": SETS["decoder"]})
    monkeypatch.setattr("sys.argv", ["stale"])
    assert stale.main() == 1
    assert "decoder: stale: unknown, its digest was never stored. make bench; " in capsys.readouterr().out
    entry = {"digest": digest_of(parts_of("decoder", text_of)), "date": "2026-11-21", "commit": "0" * 12}
    stale.MADE.write_text(json.dumps({"decoder": entry}))
    assert stale.main() == 0
    stale.MADE.write_text(json.dumps({"decoder": entry | {"digest": "another"}}))
    assert stale.main() == 1
    assert "decoder: stale since 2026-11-21 (000000000000): something changed. make bench; " in capsys.readouterr().out


def test_what_has_no_date_needs_a_commit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["stale", "--store", "parts"])
    assert stale.main() == 2
    assert "operators/parts.csv does not say when it was made; name the commit with --commit" in capsys.readouterr().err


def test_stored_runs_come_out_alike() -> None:
    """One of each kind; ``python -m tools.made_again`` makes more of them."""
    for part in (made_again.of_study("operators"), made_again.of_ideas(), made_again.of_models()):
        stored = next(part)
        assert stored.again() == stored.total, stored.name


def test_a_set_that_is_named_is_held_only_where_all_runs_come_out_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stale, "MADE", tmp_path / "made.json")
    monkeypatch.setattr(stale, "SETS", {"decoder": SETS["decoder"]})
    monkeypatch.setattr(made_again, "STUDIES", ())
    monkeypatch.setattr(made_again, "of_models", lambda: [])
    entry = {"digest": "another", "date": "2026-11-21", "commit": "0" * 12}
    stale.MADE.write_text(before := json.dumps({"decoder": entry, "scale": entry}))
    for total, code in ((6.0, 2), (5.0, 0)):
        assert stale.MADE.read_text() == before
        monkeypatch.setattr(made_again, "of_ideas", lambda total=total: [made_again.Stored("a", lambda: 5.0, total)])
        assert made_again.main(["a mend", "decoder"]) == code
    assert "a: total tardiness is 5.0; 6 is stored" in capsys.readouterr().err
    after = json.loads(stale.MADE.read_text())
    assert (after["decoder"]["held"]["runs"], after["decoder"]["held"]["why"]) == (1, "a mend")
    assert after["scale"] == entry
    with pytest.raises(SystemExit, match="2"):
        made_again.main(["a mend", "parts"])  # never stored, so there is nothing to hold
    monkeypatch.setattr("sys.argv", ["stale"])
    assert stale.main() == 0
