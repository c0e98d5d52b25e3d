"""Studies with methods of one's own: the file's contents identify a run, and everything holds for them too."""

import signal
from pathlib import Path

import pytest

from cmo_kit import InputError, load_instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.library import notebooks_folder
from cmo_kit.study.execute.record import SOLUTION
from cmo_kit.study.plan.estimate import estimates
from cmo_kit.study.plan.experiment import run_methods
from cmo_kit.study.plan.plan_file import load_plan
from tests.helpers.study_help import begin, results, run, table, wait_for, write_plan

FILE = """
def walk(budget, rng, size=10):
    while True:
        budget.total_tardiness(rng.random((size, budget.instance.key_count)))
"""
RUNS = """
[[runs]]
method = "mine.py:walk"
label = "mine"
seeds = 2
evaluations = 60
parameters = { size = [5, 10] }

[[runs]]
method = "ga"
seeds = 2
evaluations = 60
"""


def written(folder: Path, file: str = FILE, runs: str = RUNS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mine.py").write_text(file, encoding="utf-8")
    return write_plan(folder, runs)


def test_the_file_s_contents_and_nothing_else_of_it_identify_a_run(tmp_path: Path) -> None:
    """Moved with its plan, or named from elsewhere, it is the same method; edited it is another."""
    plan = load_plan(written(tmp_path / "a"))
    moved = load_plan(written(tmp_path / "b"))
    from_elsewhere = written(tmp_path / "c", runs=RUNS.replace("mine.py", "../a/mine.py"))
    assert [task.hash for task in plan.tasks] == [task.hash for task in moved.tasks]
    assert [task.hash for task in plan.tasks] == [task.hash for task in load_plan(from_elsewhere).tasks]
    edited = load_plan(written(tmp_path / "d", FILE + "# edited\n"))
    same = [a.hash == b.hash for a, b in zip(plan.tasks, edited.tasks, strict=True)]
    assert same == [task.method == "ga" for task in plan.tasks] == [False] * 4 + [True] * 2
    assert [task.label for task in plan.tasks[::2]] == ["mine, size=5", "mine, size=10", "ga"]
    found = estimates(plan, plan.tasks)
    assert all(estimate.high < 5 for estimate in found.values())


@pytest.mark.slow
def test_a_study_is_killed_goes_on_and_repeats_only_what_was_edited(tmp_path: Path) -> None:
    plan, out = written(tmp_path / "plan", runs=RUNS.replace("seeds = 2", "seeds = 3")), tmp_path / "out"
    process = begin(plan, out, "--workers", "1")
    wait_for(lambda: len(results(out)) >= 2, "two runs")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = results(out)
    finished = run(plan, out, "--workers", "2")
    assert finished.returncode == 0, finished.stderr
    assert len(results(out)) == 9
    assert before.items() <= results(out).items()
    rows = table(out)
    assert {row["method"] for row in rows} == {"mine.py:walk", "ga"}
    assert all(row["evaluations"] == "60" for row in rows)
    (copy,) = (out / "methods").glob("*/mine.py")
    assert copy.read_text(encoding="utf-8") == FILE
    done = results(out)
    written(tmp_path / "plan", FILE + "# edited\n", RUNS.replace("seeds = 2", "seeds = 3"))
    assert run(plan, out, "--workers", "2").returncode == 0
    assert done.items() <= results(out).items()
    assert sorted(name.split("-")[2] for name in results(out).keys() - done.keys()) == ["mine_py_walk"] * 6
    again = [{key: value for key, value in row.items() if key != "hash"} for row in table(out)]
    assert again == [{key: value for key, value in row.items() if key != "hash"} for row in rows]


@pytest.mark.slow
def test_a_method_that_fails_in_a_study_is_one_sentence_and_what_it_found_is_kept(tmp_path: Path) -> None:
    file = FILE.replace("while True:", "for _ in range(3):") + "    raise ValueError('no more')\n"
    plan, out = written(tmp_path / "plan", file), tmp_path / "out"
    finished = run(plan, out, "--workers", "2")
    assert finished.returncode == 1
    assert "4 runs failed (the first: mine.py:walk raised ValueError" in finished.stderr
    (kept, *_) = (out / "runs").glob(f"small-1-mine_py_walk-*/{SOLUTION}")
    assert read_json(kept)["evaluations"] == 15 or read_json(kept)["evaluations"] == 30
    assert len(results(out)) == 2


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("absent.py:walk", "runs[0].method: "),
        ("mine.py:run", "mine.py has no function 'run'; it has walk"),
        ("mine.py", "runs[0].method: the method is 'mine.py'; it must be one of expert"),
    ],
)
def test_a_plan_with_a_method_that_is_not_there_is_one_sentence(method: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_plan(written(tmp_path, runs=RUNS.replace("mine.py:walk", method)))
    assert words in str(caught.value)


def test_the_experiment_s_notebook_runs_methods_of_one_s_own(tmp_path: Path) -> None:
    """By the path of a file, as papermill hands it, with files of results that carry no path."""
    path = f"{notebooks_folder() / 'my_methods.py'}:tabu"
    instance = load_instance("fig3")
    limits, settings = {path: {"evaluations": 40}}, {path: {"tries": 4}}
    (result,) = run_methods(instance, path, 3, limits, settings, str(tmp_path / "results"))
    assert (result.method, result.parameters["tries"], result.evaluations) == ("my_methods.py:tabu", 4, 40)
    names = {file.name for file in (tmp_path / "results").iterdir()}
    assert names == {"fig3-my_methods_py_tabu-3.json", "fig3-my_methods_py_tabu-3.history.json"}
