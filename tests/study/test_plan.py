"""Plans: what they list, what identifies a run, and the estimate of a dry run."""

import re
from pathlib import Path

import numpy as np
import pytest

from cmo_kit import generate_instance
from cmo_kit.base.errors import InputError
from cmo_kit.library import notebooks_folder
from cmo_kit.study.plan.estimate import Estimate, duration, estimates, total
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.plan.task import Task
from cmo_kit.study.results.grid import by_methods, find_grids
from tests.helpers.refused import refused
from tests.helpers.study_help import run, write_plan

GA = '[[runs]]\nmethod = "ga"\n'


def test_lists_make_a_grid_and_names_say_which(tmp_path: Path) -> None:
    runs = GA + 'seeds = 3\nparameters = { population_size = [20, 40], w = [1, 10], elitism = "none" }\n'
    plan = load_plan(write_plan(tmp_path, runs, '["small-?", "fig3"]'))
    assert len(plan.tasks) == 6 * 3 * 4
    assert len({task.hash for task in plan.tasks}) == len({task.folder for task in plan.tasks}) == 72
    labels = {task.label for task in plan.tasks}
    assert "ga, population_size=20, w=10" in labels
    assert len(labels) == 4
    assert all(task.parameters["elitism"] == "none" for task in plan.tasks)


def test_a_run_that_is_listed_twice_is_one_run(tmp_path: Path) -> None:
    """What two entries share is run once, under the first one's label; the limit does not make another run."""
    runs = GA + 'label = "first"\nseeds = 3\n' + GA + 'label = "second"\nseeds = [2, 3, 4]\n'
    plan = load_plan(write_plan(tmp_path, runs, head="limit = 10"))
    assert [(task.label, task.seed) for task in plan.tasks] == [
        ("first", 1), ("first", 2), ("first", 3), ("second", 4),
    ]  # fmt: skip
    other = load_plan(write_plan(tmp_path, runs, head="limit = 20"))
    assert [task.hash for task in plan.tasks] == [task.hash for task in other.tasks]


@pytest.mark.parametrize(
    ("parameters", "labels", "spoken"),
    [
        ("", ["[P] with CBC"], "[P] with CBC"),
        ('solver = "cbc"', ["[P] with CBC"], "[P] with CBC"),
        ('solver = "highs", start = "ga"', ["[P] with HiGHS"], "[P] with HiGHS"),
        ('start = ["ga", "atcs"]', ["[P] with CBC, start=ga", "[P] with CBC, start=atcs"], "[P] with CBC"),
        ('solver = ["cbc", "highs"]', ["milp, solver=cbc", "milp, solver=highs"], "[P]"),
    ],
)
def test_the_label_of_p_names_the_solver(tmp_path: Path, parameters: str, labels: list[str], spoken: str) -> None:
    """Where the plan gives none; tables call it so, and a grid of solvers [P] alone. It identifies no run."""
    runs = f'[[runs]]\nmethod = "milp"\nparameters = {{ {parameters} }}\n'
    tasks = load_plan(write_plan(tmp_path, runs, '["small-1"]')).tasks
    assert [task.label for task in tasks] == labels
    rows = [
        {"label": t.label, "method": t.method} | {f"parameters.{k}": v for k, v in t.parameters.items()} for t in tasks
    ]
    assert {row["label"] for row in by_methods(rows, find_grids(rows))} == {spoken}
    named = load_plan(write_plan(tmp_path, runs + 'label = "x"\n', '["small-1"]')).tasks
    assert [task.hash for task in named] == [task.hash for task in tasks]


def test_seeds_may_come_from_one_entropy(tmp_path: Path) -> None:
    plan = load_plan(write_plan(tmp_path, GA + "seeds = { entropy = 7, count = 4 }\n"))
    spawned = [int(child.generate_state(1)[0]) for child in np.random.SeedSequence(7).spawn(4)]
    assert [task.seed for task in plan.tasks] == spawned
    assert len(set(spawned)) == 4


def test_instances_come_from_names_files_and_the_generator(tmp_path: Path) -> None:
    generate_instance("small", 9, orders=3, name="mine").save(tmp_path / "mine.json")
    text = (
        'name = "own"\n[instances]\nnames = ["fig*"]\nfiles = ["mine.json"]\n'
        'generate = [{ set = "small", seeds = [11], changes = { sites = 4 } }]\n' + GA
    )
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    plan = load_plan(tmp_path / "plan.toml")
    assert list(plan.instances) == ["fig1", "fig3", "mine", "small-11"]
    assert plan.instances["small-11"].digest == generate_instance("small", 11, sites=4).digest


BASE: dict[str, object] = {"instance": "a", "digest": "d", "method": "ga", "label": "GA", "seed": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"instance": "b"}, {"digest": "e"}, {"method": "expert"}, {"seed": 2}, {"seconds": 1.0}, {"evaluations": 5},
        {"kind": "notebook"}, {"parameters": {"w": 2}}, {"version": "0"}, {"source": "a"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_everything_that_matters_changes_the_hash(change: dict[str, object]) -> None:
    assert Task(**{**BASE, **change}).hash != Task(**BASE).hash  # type: ignore[arg-type]
    assert Task(**{**BASE, "label": "x", "limit": 1}).hash == Task(**BASE).hash  # type: ignore[arg-type]


def test_the_order_of_parameters_makes_no_other_run() -> None:
    first, second = {"w": 2, "patience": 9}, {"patience": 9, "w": 2}
    assert Task(**BASE, parameters=first).hash == Task(**BASE, parameters=second).hash  # type: ignore[arg-type]


def test_a_folder_name_means_no_path() -> None:
    task = Task(**{**BASE, "instance": "../../etc/" + "x" * 300})  # type: ignore[arg-type]
    assert "/" not in task.folder and "." not in task.folder
    assert len(task.folder) < 120


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (GA + "seeds = []\n", "runs[0].seeds is []; there must be at least one seed"),
        (GA + "seeds = [1, -1]\n", "runs[0].seeds[1] is -1"),
        (GA + "seeds = true\n", "runs[0].seeds is True"),
        (GA + "seeds = { entropy = 1 }\n", "runs[0].seeds has no 'count'"),
        (GA + "seeds = 200000\n", "runs[0].seeds is 200000; it must be at most 100000"),
        (GA + "parameters = { w = [1, 2], target = [] }\n", "runs[0].parameters.target is []; there must be at least"),
        (GA + "parameters = { w = 2026-01-01 }\n", "runs[0].parameters.w is datetime.date(2026, 1, 1); it must be"),
        (GA + "parameters = { w = [1, nan] }\n", "runs[0].parameters.w is nan; it must be finite"),
        (GA + "parameters = { w = { a = 1 } }\n", "runs[0].parameters.w is {'a': 1}; it must be a text"),
        (GA + GA + "evaluations = 5\n", "gives the label 'ga' to different runs on small-1 with seed 1"),
        (GA + "parameters = 5\n", "runs[0].parameters is 5"),
        (GA + "label = 5\n", "runs[0].label is 5"),
        (GA + "seconds = inf\n", "runs[0].seconds is inf; it must be finite"),
        ("runs = 5\n", "the plan has no 'runs'"),
        ("", "the plan has no 'runs'"),
    ],
)
def test_bad_plans_are_one_sentence(runs: str, words: str, tmp_path: Path) -> None:
    with refused(words):
        load_plan(write_plan(tmp_path, runs))


def test_changes_of_generated_problems_must_be_an_object(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('name = "own"\n[instances]\ngenerate = [{ set = "small", seeds = [1], changes = 5 }]\n' + GA)
    with pytest.raises(InputError, match=r"instances\.generate\[0\]\.changes is 5; it must be an object"):
        load_plan(path)


def test_a_key_of_a_hundred_thousand_parts_is_too_deep(tmp_path: Path) -> None:
    with refused("nested too deeply; at most 100 levels are read"):
        load_plan(write_plan(tmp_path, f"{'a.' * 100_000}a = 1"))


@pytest.mark.parametrize("key", ["seed", "test_set"])
def test_changes_do_not_say_again_what_the_entry_says(key: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    entry = f'{{ set = "small", seeds = [1], changes = {{ {key} = 4 }} }}'
    path.write_text(f'name = "own"\n[instances]\ngenerate = [{entry}]\n' + GA)
    with refused(f"instances.generate[0].changes has '{key}'"):
        load_plan(path)


@pytest.mark.parametrize("path", sorted((notebooks_folder() / "studies").glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_plans_are_valid(path: Path) -> None:
    plan = load_plan(path)
    assert plan.name == path.stem
    assert {"table4": 15, "quick": 5}.get(plan.name, 1) <= len(plan.instances)


# Estimates


def test_a_dry_run_lists_runs_and_writes_nothing(tmp_path: Path) -> None:
    runs = '[[runs]]\nmethod = "expert"\n' + GA + "seeds = 2\n" + '[[runs]]\nmethod = "milp"\nseconds = 7\n'
    plan = write_plan(
        tmp_path, runs + GA + 'label = "long"\nevaluations = 90000000\nparameters = { patience = 90000000 }\n'
    )
    finished = run(plan, tmp_path / "out", "--dry-run", "--workers", "2")
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "small-1, expert, seed 1", "small-1, ga, seed 1", "small-1, ga, seed 2", "small-1, [P] with CBC, seed 1",
        "small-1, long, seed 1",
    ]  # fmt: skip
    assert re.search(r": (about|at least) \d+\.\d s$", lines[0])  # about 0.0 s where nothing else is done
    assert lines[3].endswith((" 7.0 s", " 7.1 s"))  # from the pilot's seconds, on a busy machine all of them
    assert " s to " in lines[4]
    assert lines[-1].startswith("own: 5 runs on 2 workers: ")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.toml"]


def test_a_dry_run_knows_what_is_done(tmp_path: Path) -> None:
    """After the study nothing is left; a failed run counts with --retry-failed only."""
    plan, out = (
        write_plan(tmp_path, '[[runs]]\nmethod = "expert"\n' + GA + "parameters = { w = 0 }\n"),
        tmp_path / "out",
    )
    assert run(plan, out, "--workers", "1").returncode == 1
    before = sorted(path.name for path in out.rglob("*"))
    told = run(plan, out, "--dry-run").stdout
    assert "small-1, expert, seed 1: done" in told
    assert "small-1, ga, seed 1: failed before (w is 0" in told
    assert told.splitlines()[-1] == "own: nothing is left to be run"
    assert sorted(path.name for path in out.rglob("*")) == before


def test_a_run_that_only_patience_ends_is_at_least(tmp_path: Path) -> None:
    plan = load_plan(write_plan(tmp_path, GA + "parameters = { patience = 100000000 }\n"))
    found = estimates(plan, plan.tasks)
    (estimate,) = found.values()
    assert estimate.low > 0.5
    assert estimate.high == np.inf
    assert str(estimate).startswith("at least ")
    assert "the whole takes longer" in total(found, plan.tasks, 2)


def test_durations_are_rounded_for_readers() -> None:
    assert [duration(value) for value in (0.04, 9.9, 100, 600, 9000)] == ["0.0 s", "9.9 s", "100 s", "10 min", "2.5 h"]
    assert [str(Estimate(3, high)) for high in (3, 90, np.inf)] == ["about 3.0 s", "3.0 s to 90 s", "at least 3.0 s"]
