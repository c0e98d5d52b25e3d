"""The measurement of `search`: percentages and ratios by hand, nothing measured twice, nothing lost."""

import argparse
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import quality
from benchmarks.pyjobshop_model import decoded, pyjobshop
from benchmarks.quality import Runs, Store, run_watched
from benchmarks.runner import run_missing
from cmo_kit import Instance, Order, check_schedule, load_instance
from cmo_kit.base.errors import InputError, MissingPartError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.process import resident_bytes
from cmo_kit.base.text import NOT_AVAILABLE
from cmo_kit.study.results.quality import (
    above,
    beaten,
    best_known,
    percent_above,
    published_table,
    quality_tables,
    ratio,
)
from tests.helpers.enumeration import optimum
from tests.project.test_package import ROOT

TINY = ["tiny-pipeline", "tiny-ties"]


def searched(instance: str, *totals: float, limit: float = 10) -> list[dict[str, Any]]:
    return [{"instance": instance, "limit": limit, "total_tardiness": total} for total in totals]


# Numbers.


@pytest.mark.parametrize(
    ("total", "best", "expected"),
    [(105, 100, 5), (100, 100, 0), (96, 120, -20), (0, 0, 0), (3, 0, None), (3, None, None)],
)
def test_percent_above_the_best_known(total: float, best: float | None, expected: float | None) -> None:
    assert percent_above(total, best) == expected


def test_mean_and_worst_of_a_problem() -> None:
    records = [*searched("a", 100, 102, 107), *searched("a", 900, limit=2), *searched("b", 900)]
    assert above(records, "a", 10, 100) == (3.0, 7.0, 0, 3)
    assert above(searched("z", 0, 4, 0), "z", 10, 0) == (0.0, 0.0, 1, 3)
    assert above(searched("z", 4), "z", 10, 0) == (None, None, 1, 1)
    assert above([], "a", 10, 100) == (None, None, 0, 0)


def test_published_problems_are_told_with_what_due_dates_before_0_add() -> None:
    """Medians of 102 and 8 + 2 against 100 and 8, and a problem without tardiness, which has no percentage."""
    runs = [*searched("a", 101, 110, 102), *searched("b", 8), *searched("zero", 0, 3, 5)]
    values = {
        name: {"instance": name, "value": value, "before_zero": added, "what": "optimum"}
        for name, value, added in (("a", 100, 0), ("b", 8, 2), ("zero", 0, 0))
    }
    settings = {"seconds": [10.0], "seeds": 3, "workers": 2, "values": values}
    stored = {"settings": settings, "date": "a day", "environment": {"processor": "one"}, "runs": dict(enumerate(runs))}
    rows = [line.split() for line in published_table(stored).splitlines()[2:]]
    assert rows[0] == ["a", "100", "102", "101", "110", "2.00", "3", "optimum"]
    assert rows[1] == ["b", "8", "10", "10", "10", "25.00", "1", "optimum"]
    assert rows[2] == ["zero", "0", "3", "0", "5", NOT_AVAILABLE, "3", "optimum"]
    assert rows[3][-1] == "13.50"


def test_the_published_problems_are_those_of_their_values_and_no_schedule_is_below_an_optimum(tmp_path: Path) -> None:
    options = argparse.Namespace(seconds=[0.2], seeds=1, workers=1, out=tmp_path / "quality.json")
    settings, runs = quality.published_part(options)
    assert {*settings["values"]} == {path.stem for path in quality.PUBLISHED.glob("*.json")}
    for name, row in settings["values"].items():
        instance = Instance.load(quality.PUBLISHED / f"{name}.json")
        assert instance.name == name and (instance.initial_setup_times is not None) == (not name.startswith("wt"))
        if row["what"] == "optimum":
            record = runs[f"{name} 0.2 s seed 1"](lambda *told: None)
            assert record["total_tardiness"] + row["before_zero"] >= row["value"]


def test_both_ratios_by_hand() -> None:
    """Ratios of 1/2 and 1/4 have the mean 3/8; the totals have the ratio 60/220."""
    found = ratio([{"search": 10, "ga": 20}, {"search": 50, "ga": 200}])
    assert found.problems == 2
    assert found.mean == pytest.approx(0.375)
    assert found.of_means == pytest.approx(60 / 220)
    assert (found.low, found.high) == pytest.approx((0.375 - 12.706 * 0.125, 0.375 + 12.706 * 0.125))
    assert (found.zeros, found.search_at_zeros) == (0, None)


def test_a_problem_that_the_algorithm_solves_without_tardiness_has_no_ratio() -> None:
    zeros = [{"search": 0, "ga": 0}, {"search": 3, "ga": 0}]
    found = ratio([*zeros, {"search": 6, "ga": 8}])
    assert (found.problems, found.mean, found.zeros, found.search_at_zeros) == (1, 0.75, 2, 1.5)
    assert ratio(zeros) == (0, None, None, None, None, 2, 1.5)
    assert ratio([]).problems == 0


def test_the_interval_narrows_with_more_problems() -> None:
    rng = np.random.default_rng(3)
    few, many = (ratio([{"search": float(x), "ga": 1.0} for x in rng.uniform(0.4, 0.6, count)]) for count in (25, 900))
    for found in (few, many):
        assert found.low is not None and found.mean is not None and found.high is not None
        assert found.low < found.mean < found.high
    # the standard deviation of the mean is 0.2 / sqrt(12 n)
    assert many.high - many.low == pytest.approx(2 * 2.04 * 0.2 / (12 * 900) ** 0.5, rel=0.1)
    assert few.high - few.low > 4 * (many.high - many.low)


def test_a_rival_beats_search_where_it_is_below_some_seed() -> None:
    ours = [*searched("a", 10, 14), *searched("b", 10, 14), *searched("c", 10, 14)]
    rivals = [
        {"instance": "a", "rival": "R", "total_tardiness": 13},
        {"instance": "b", "rival": "R", "total_tardiness": 14},
        {"instance": "c", "rival": "R", "total_tardiness": None},
        {"instance": "d", "rival": "R", "total_tardiness": 1},
        {"instance": "c", "rival": "S", "total_tardiness": 1},
    ]
    assert beaten(ours, rivals, "R") == {"a": (13, [10, 14])}


# The store.


def counted(done: list[str], stop_at: str = "") -> Runs:
    def run(name: str) -> dict[str, Any]:
        if name == stop_at:
            raise KeyboardInterrupt
        done.append(name)
        return {"value": len(done)}

    return {name: lambda progress, name=name: run(name) for name in "abc"}


def test_done_runs_are_kept_and_only_the_rest_is_run(tmp_path: Path) -> None:
    path, done = tmp_path / "new" / "quality.json", []
    with pytest.raises(KeyboardInterrupt):
        Store(path).measure("made-up", {"x": (1, 2)}, counted(done, stop_at="b"))
    assert done == ["a"]
    assert read_json(path)["made-up"]["runs"] == {"a": {"value": 1}}
    Store(path).measure("made-up", {"x": (1, 2)}, counted(done))
    assert done == ["a", "b", "c"]
    Store(path).measure("made-up", {"x": (1, 2)}, counted(done))
    assert done == ["a", "b", "c"]
    assert read_json(path)["made-up"]["runs"] == {"a": {"value": 1}, "b": {"value": 2}, "c": {"value": 3}}


def test_other_settings_start_anew_and_keep_the_old_file(tmp_path: Path) -> None:
    path, done = tmp_path / "quality.json", []
    Store(path).measure("made-up", {"x": 1}, counted(done))
    before = read_json(path)
    Store(path).measure("made-up", {"x": 2}, counted(done))
    assert done == ["a", "b", "c"] * 2
    assert read_json(path)["made-up"]["settings"] == {"x": 2}
    assert read_json(tmp_path / "quality.before.json") == before


def test_a_file_of_another_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    assert quality.main(["--show", "--out", str(path)]) == 2
    assert "the file is none of this command's" in capsys.readouterr().err
    assert path.read_text() == "{}"


# The command.


def command(path: Path, *arguments: str) -> int:
    return quality.main([*arguments, "--out", str(path), "--workers", "1", "--seeds", "1", "--seconds", "0.2",
                         "--instances", *TINY])  # fmt: skip


def test_a_tiny_measurement_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quality.json"
    assert command(path, "above") == 0
    out = capsys.readouterr().out
    stored = read_json(path)
    assert [run["total_tardiness"] for run in stored["above"]["runs"].values()] == [3, 7]
    assert not any(word in path.read_text() for word in ("percent", "best"))
    assert [line.split() for line in out.splitlines() if line.startswith("tiny-")] == [
        ["tiny-pipeline", "3", "0.00", "0.00", "1"],
        ["tiny-ties", "7", "0.00", "0.00", "1"],
    ]
    assert command(path, "--show") == 0
    assert capsys.readouterr().out == out
    assert command(path, "above") == 0
    assert read_json(path) == stored


def test_the_ratio_is_measured_on_seeds_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quality.json"
    arguments = ["ratio", "--problems", "1", "0", "0", "--seconds", "0.2", "--workers", "1", "--out", str(path)]
    assert quality.main(arguments) == 0
    (run,) = read_json(path)["ratio"]["runs"].values()
    assert (run["set"], run["seed"]) == ("small", 1001)
    assert 0 < run["search"] < run["ga"]
    ratios = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(("small", "large"))]
    assert ratios[0][:3] == ["small", "1", f"{run['search'] / run['ga']:.3f}"]
    assert ratios[1][:3] == ["large", "0", "n.a."]


def test_the_huge_problem_is_measured_in_a_process_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quality.json"
    arguments = ["huge", "--huge-size", "20", "3", "--seconds", "0.2", "--workers", "1", "--out", str(path)]
    assert quality.main(arguments) == 0
    (run,) = read_json(path)["huge"]["runs"].values()
    assert run["total_tardiness"] < min(run["expert"], run["expert_orders"])
    assert 50e6 < run["peak_bytes"] < 1e9
    assert "below the better rule" in capsys.readouterr().out


@pytest.mark.slow
def test_run_as_a_program_it_finds_its_functions_in_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    size = ["--huge-size", "6", "2", "--seconds", "0.1", "--workers", "1", "--out", str(path)]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.quality", "huge", *size], check=True, capture_output=True, cwd=ROOT
    )
    (run,) = read_json(path)["huge"]["runs"].values()
    assert run["total_tardiness"] is not None


def test_bad_input_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "quality.json")
    with pytest.raises(SystemExit):
        quality.main(["abov", "--out", out])
    assert "invalid choice: 'abov'" in capsys.readouterr().err
    assert quality.main(["above", "--instances", "absent", "--out", out]) == 2
    error = capsys.readouterr().err
    assert "the instance is 'absent'" in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_rival_below_search_is_named_in_the_table() -> None:
    head = {"date": "2026-01-01", "environment": {"processor": "P"}}
    runs = {str(total): {**searched("a-1", total)[0]} for total in (10, 20)}
    rival = {"instance": "a-1", "rival": "R", "total_tardiness": 16, "reason": ""}
    none = {"instance": "a-1", "rival": "S", "total_tardiness": None, "reason": "it ran past 3 s"}
    settings = {"seconds": 60, "workers": 2, "instances": {"a-1": ""}}
    document = {
        "above": {**head, "settings": {**settings, "seconds": [10], "seeds": 2}, "runs": runs},
        "rivals": {**head, "settings": settings, "runs": {"a-1, R": rival, "a-1, S": none}},
    }
    out = quality_tables(document)
    assert "R, below the worst seed of search with 10 s: 1 problems (a-1)" in out
    assert "R, below its mean: no problem" in out
    assert "S, below the worst seed of search with 10 s: no problem" in out
    assert "a-1, S: no schedule: it ran past 3 s" in out


def test_the_fifteen_problems_have_a_best_known() -> None:
    assert len(quality.PROBLEMS) == 15
    assert set(quality.PROBLEMS) <= set(best_known())


# Watched runs.


def test_a_watched_run_gives_a_checked_schedule() -> None:
    ended = run_watched(load_instance("tiny-pipeline"), "search", 1.0, 60.0, 4e9)  # its memory can be seen so long
    assert ended["total_tardiness"] is not None
    assert ended["reason"] == ""
    assert 0.5 < ended["seconds"] < 60
    assert ended["peak_bytes"] > 1e6


def test_a_watched_run_past_a_limit_is_killed_with_its_reason() -> None:
    instance = load_instance("small-1")
    seen: list[str] = []
    for limit, memory, method in ((60.0, 1e6, "search"), (0.5, 4e9, "search"), (60.0, 4e9, "absent")):
        ended = run_watched(instance, method, 60.0, limit, memory)
        assert ended["total_tardiness"] is None
        seen.append(ended["reason"])
    assert seen[:2] == ["it took over 0.000931323 GiB", "it ran past 0.5 s"]
    assert seen[2].startswith("the method is 'absent'; it must be one of")


def test_the_memory_of_a_process_that_is_gone_is_nothing() -> None:
    assert resident_bytes(2**22 - 3) == 0


# PyJobShop.

with_pyjobshop = pytest.mark.skipif(find_spec("pyjobshop") is None, reason="PyJobShop is not installed")
SMALL_OPTIMA = ("tiny-initial-setups", "tiny-single-batches", "tiny-large-order", "tiny-more-sites", "tiny-one-site",
                "tiny-overlap", "tiny-pipeline", "tiny-split-opening", "tiny-split-pipeline", "tiny-split-washing",
                "tiny-ties", "tiny-zero-setups", "tiny-zero-weight", "tiny-five-operations")  # fmt: skip


@with_pyjobshop
@pytest.mark.parametrize("name", SMALL_OPTIMA)
def test_pyjobshop_finds_the_optimum_of_enumeration(name: str) -> None:
    """The rival is given the right problem: its proved optimum is that over all schedules, split runs included."""
    instance = load_instance(name)
    outcome = pyjobshop(instance, np.random.default_rng(1), seconds=60)
    assert check_schedule(instance, outcome.schedule) == []
    assert outcome.status == "optimal"
    assert outcome.schedule.total_tardiness == outcome.lower_bound == optimum(instance).value


@with_pyjobshop
def test_no_batch_of_pyjobshop_slips_in_before_the_opening_of_a_site() -> None:
    """Batches that take a Site for no time could stand before the opening, at time 0, without their initial setup."""
    orders = (Order("a", 1, 0, (0, 2)), Order("b", 1, 0, (0, 3)))
    instance = Instance("instant", 1, orders, ((0, 0), (0, 0)), operations=("x", "y"), initial_setup_times=(5, 5))
    outcome = pyjobshop(instance, np.random.default_rng(1), seconds=60)
    assert outcome.schedule.total_tardiness == outcome.lower_bound == optimum(instance).value == 15


@with_pyjobshop
def test_pyjobshop_takes_integers_only() -> None:
    with pytest.raises(InputError, match="PyJobShop needs them"):
        pyjobshop(load_instance("tiny-halves"), np.random.default_rng(1), seconds=1)


@pytest.mark.skipif(find_spec("pyjobshop") is not None, reason="PyJobShop is installed")
def test_without_pyjobshop_the_sentence_names_the_extra() -> None:
    with pytest.raises(MissingPartError, match="extra 'peers'"):
        pyjobshop(load_instance("tiny-pipeline"), np.random.default_rng(1), seconds=1)


def test_sequences_are_decoded_by_starts_and_merged_into_runs() -> None:
    instance = load_instance("tiny-pipeline")

    class Task:
        def __init__(self, site: int, start: int) -> None:
            self.resources, self.start, self.end = [site], start, start + 1

    count = instance.total_batches
    orders = np.repeat(np.arange(len(instance.Q)), instance.Q).tolist()
    tasks = [Task(0, count - k) for k in range(count)] + [Task(0, 0)]
    schedule = decoded(instance, tasks, [*orders, -1])
    expected = [(order.id, order.batches) for order in reversed(instance.orders)]
    assert [tuple(run) for run in schedule.sites[0]] == expected
    assert not any(schedule.sites[1:])
    assert check_schedule(instance, schedule) == []


def test_the_progress_line_is_handed_to_the_runs() -> None:
    seen: list[str] = []
    run_missing("made-up", {"one": lambda line: {"title": line.title}}, keep=lambda _, kept: seen.append(kept["title"]))
    assert seen == ["made-up, one (1 of 1)"]
