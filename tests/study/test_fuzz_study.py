"""Hostile studies: plans that explode, folders that lead elsewhere, records and tables that are damaged."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, load_instance, solve
from cmo_kit.base.jsonfile import write_json
from cmo_kit.library import instances_folder
from cmo_kit.study.execute.record import save_run
from cmo_kit.study.execute.run_study import run_study, survey
from cmo_kit.study.plan.experiment import run_methods
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.results.collect import collect, load_study
from cmo_kit.study.results.gaps import BEST_KNOWN, read_best_known
from tests.helpers.refused import refused
from tools.fuzz.readers import Template

HEAD = 'name = "own"\n[instances]\nnames = ["fig3"]\n'
GA = '[[runs]]\nmethod = "ga"\n'


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Template]:
    made = Template()
    made.make(tmp_path)
    yield made


def refuse_plan(folder: Path, text: str, *words: str) -> None:
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    with refused(*words) as caught:
        load_plan(folder / "plan.toml")
    assert len(str(caught.value)) < 700


# Plans.


@pytest.mark.parametrize(
    "name", ["../own", "/tmp/own", "a/b", "a\\\\b", "a\\nb", ".", "..", "a b", "a\\u0000b", "x" * 101]
)
def test_a_studys_name_is_no_path(name: str, tmp_path: Path) -> None:
    refuse_plan(tmp_path, HEAD.replace("own", name) + GA, "name is")


def test_a_grid_is_counted_before_it_is_made(tmp_path: Path) -> None:
    names = ("crossover_probability", "mutation_probability", "w", "patience", "generations", "target", "elitism")
    grid = ", ".join(f"{name} = {list(range(1, 11))}" for name in names)
    refuse_plan(tmp_path, f"{HEAD}{GA}parameters = {{ {grid} }}\n", "runs[0] stands for over 100000 runs")


def test_names_that_are_alike_in_a_path_keep_their_best_schedules_apart(tmp_path: Path) -> None:
    names = ("a b", "a_b", "a/b")
    for name, shipped in zip(names, ("fig1", "fig3", "tiny-ties"), strict=True):
        write_json(tmp_path / f"{shipped}.json", load_instance(shipped).to_dict() | {"name": name})
    files = 'files = ["fig1.json", "fig3.json", "tiny-ties.json"]'
    (tmp_path / "plan.toml").write_text(HEAD.replace('names = ["fig3"]', files) + '[[runs]]\nmethod = "expert"\n')
    plan = load_plan(tmp_path / "plan.toml")
    for task in plan.tasks:
        folder, problem = tmp_path / "out" / "runs" / task.folder, plan.instances[task.instance]
        folder.mkdir(parents=True)
        save_run(task, solve(problem, "expert"), problem, folder)
        (tmp_path / "out" / "instances").mkdir(exist_ok=True)
        problem.save(tmp_path / "out" / "instances" / f"{problem.digest}.json")
    collect(plan, tmp_path / "out", {})
    study = load_study(tmp_path / "out")
    assert study.check_best() == "3 best schedules checked: no violation"
    assert [study.best_path(name).name for name in names] == ["a_b.json", "a_b-2.json", "a_b-3.json"]


def test_entries_that_repeat_one_another_are_counted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same runs, but each is made to find that out."""
    monkeypatch.setattr("cmo_kit.study.plan.plan_file.MAXIMUM_RUNS", 100)
    refuse_plan(tmp_path, HEAD + (GA + "seeds = 60\n") * 2, "to over 100 runs")


def test_setup_times_of_all_problems_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmo_kit.study.plan.plan_file.MAXIMUM_SETUPS", 2000)
    drawn = HEAD.replace('names = ["fig3"]', 'generate = [{ set = "small", seeds = 3 }]')
    refuse_plan(tmp_path, drawn + GA, "instances.generate[0] brings the study to over 2000 setup times")
    for name in ("a", "b"):
        write_json(tmp_path / f"{name}.json", load_instance("fig3").to_dict() | {"name": name})
    monkeypatch.setattr("cmo_kit.study.plan.plan_file.MAXIMUM_SETUPS", 31)  # of two times 4 x 4
    read = HEAD.replace('names = ["fig3"]', 'files = ["a.json", "b.json"]')
    refuse_plan(tmp_path, read + GA, "instances.files brings the study to over")


@pytest.mark.parametrize(
    ("instances", "words"),
    [
        ('generate = [{ set = "small", seeds = 1001 }]', "instances has 1001 entries; it may have at most 1000"),
        ('files = ["\\u0001"]', "instances.files[0] is '\\x01'; it must be text on one line"),
        (f'files = ["{"x" * 256}"]', "the file cannot be read (File name too long)"),
        ('files = ["/dev/zero"]', "no more are read"),
        ('files = ["."]', "Is a directory"),
    ],
)
def test_what_a_plan_asks_for_has_limits(instances: str, words: str, tmp_path: Path) -> None:
    refuse_plan(tmp_path, f'name = "own"\n[instances]\n{instances}\n{GA}', words)


def test_globs_that_match_alike_load_a_problem_once(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        HEAD.replace('["fig3"]', str(["fig3"] * 9999 + ["fig?"])) + GA, encoding="utf-8"
    )
    assert list(load_plan(tmp_path / "plan.toml").instances) == ["fig3", "fig1"]


def test_a_seed_that_no_folders_name_can_hold_is_refused(tmp_path: Path) -> None:
    words = ("runs[0].seeds[0] is 1000", "at most 18446744073709551615")
    refuse_plan(tmp_path, f"{HEAD}{GA}seeds = [{10**300}]\n", *words)


@pytest.mark.parametrize("name", ["../../out", "/tmp/out", "a/b", "..", "x" * 500])
def test_results_stay_in_their_folder_whatever_the_problem_is_called(name: str, tmp_path: Path) -> None:
    """What notebook 06 writes for a problem called ../../out is no file two folders up."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    document = load_instance("fig3").to_dict() | {"name": name}
    write_json(tmp_path / "problem.json", document)
    run_methods(load_instance(tmp_path / "problem.json"), ["expert"], [1], {}, {}, str(folder))
    assert len(list(folder.iterdir())) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "problem.json"]


# Folders.


@pytest.mark.parametrize(
    "place", [".lock", "table.csv", "runs", "best", "report.html", "runs/x", "runs/x/log.txt", "a/b"]
)
def test_nothing_is_written_through_a_link_that_leads_out(place: str, study: Template, tmp_path: Path) -> None:
    """A folder from elsewhere may hold a link to a file of the user's: it is refused and the file kept."""
    victim = tmp_path / "victim"
    folder = tmp_path / "folder"
    (folder / place).parent.mkdir(parents=True)
    victim.write_text("precious", encoding="utf-8")
    (folder / place).symlink_to(victim)
    with pytest.raises(InputError, match="it is a link that leads out of the folder; remove it first"):
        run_study(study.plan, folder)
    assert victim.read_text(encoding="utf-8") == "precious"


def test_links_within_and_to_the_folder_are_no_trouble(study: Template, tmp_path: Path) -> None:
    (study.folder / "runs" / "old").symlink_to(study.folder / "best")
    (tmp_path / "link").symlink_to(study.folder)
    state = run_study(study.plan, tmp_path / "link")
    assert (state.skipped, len(state.failures)) == (4, 2)


def test_a_pipe_in_a_folder_is_refused(study: Template) -> None:
    os.mkfifo(study.folder / "pipe")
    with pytest.raises(InputError, match="pipe: it is neither a file nor a folder"):
        run_study(study.plan, study.folder)


def test_a_file_where_a_folder_belongs_is_named(study: Template) -> None:
    for path in (study.folder / "best").iterdir():
        path.unlink()
    (study.folder / "best").rmdir()
    (study.folder / "best").write_text("here", encoding="utf-8")
    with pytest.raises(InputError, match="best: the folder cannot be used"):
        collect(study.plan, study.folder, {})


# Records.


@pytest.mark.parametrize(
    "change",
    [
        {"seed": []}, {"seed": None}, {"cpu": "\ud800"}, {"cpu": ["x"]}, {"label": "a\nb"}, {"host": "\x00"},
        {"more": {}}, {"total_tardiness": "1"}, {"total_tardiness": -1}, {"lower_bound": True}, {"evaluations": 1.5},
        {"status": {}},
    ],
)  # fmt: skip
def test_a_damaged_record_is_a_run_to_be_repeated(change: dict[str, object], study: Template) -> None:
    path = next(study.folder.glob("runs/fig3-expert-*/result.json"))
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    state, waiting = survey(study.plan, study.folder, False)
    assert (state.skipped, [task.method for task in waiting]) == (3, ["expert"])
    assert len(collect(study.plan, study.folder, state.failures)) == 3


def test_a_record_of_a_hundred_thousand_keys_takes_no_time(study: Template) -> None:
    """Each key used to be looked for among all others."""
    path = next(study.folder.glob("runs/fig3-expert-*/result.json"))
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | {f"k{k}": k for k in range(100_000)}), encoding="utf-8")
    assert survey(study.plan, study.folder, False)[0].skipped == 4


@pytest.mark.parametrize(
    "failure",
    [[], "hash", 5, None, {}, {"reason": "x"}, {"reason": "x", "hash": []}]
    + [{"hash": ..., "reason": reason} for reason in ("", 5, None, ["x"], "\ud800", "a\nb")],
)
def test_a_damaged_failure_is_no_failure(failure: Any, study: Template) -> None:
    """Of this run: a reason is one line, for it stands in a table and in a message."""
    path = next(study.folder.glob("runs/fig3-atcs-*/failure.json"))
    if isinstance(failure, dict) and failure.get("hash") is ...:
        failure["hash"] = json.loads(path.read_text(encoding="utf-8"))["hash"]
    path.write_text(json.dumps(failure), encoding="utf-8")
    assert len(survey(study.plan, study.folder, False)[1]) == 1


# Tables.


def test_names_that_look_like_numbers_stay_names(tmp_path: Path) -> None:
    """A problem called 2027 is in the table what it is in the study."""
    write_json(tmp_path / "problem.json", load_instance("fig3").to_dict() | {"name": "2027"})
    text = 'name = "own"\n[instances]\nfiles = ["problem.json"]\n[[runs]]\nmethod = "expert"\nlabel = "1e5"\n'
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    plan = load_plan(tmp_path / "plan.toml")
    assert run_study(plan, tmp_path / "out").done == 1
    collect(plan, tmp_path / "out", {})
    (row,) = load_study(tmp_path / "out").rows
    assert (row["instance"], row["label"], row["total_tardiness"]) == ("2027", "1e5", 7)


@pytest.mark.parametrize("table", ["table.csv", "convergence.csv", "failures.csv"])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed", "sead", "the column 'seed' stands 0 times; it must stand once"),
        ("seed", "label", "the column 'label' stands 2 times"),
        ("\n", ",1\n", "cells; it must have"),
        (",1,", ",,", "seed is None; it must be a number"),
        (",1,", ",one,", "seed is 'one'; it must be a number"),
        (",1,", ",nan,", "seed is 'nan'; it must be a number"),
        (",1,", ",1e400,", "seed is '1e400'; it must be a number"),
        (",1,", ",-1,", "seed is -1; it must be at least 0"),
        (",1,", f",{10**400},", "it must be finite"),
        ("fig3,", ",", "instance is None; it must be a non-empty string"),
        ("fig3,", '"fig3,', "it is not CSV"),
    ],
)
def test_tables_are_refused_with_the_row(table: str, old: str, new: str, words: str, study: Template) -> None:
    path = study.folder / table
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    text = f"{head.replace(old, new)}\n{rest}" if old == "seed" else f"{head}\n{rest.replace(old, new, 1)}"
    path.write_text(text, encoding="utf-8")
    with refused(str(path), words):
        load_study(study.folder)


def test_evaluations_that_no_history_can_count_are_refused(study: Template) -> None:
    path = study.folder / "convergence.csv"
    head, first, *rest = path.read_text(encoding="utf-8").split("\n")
    cells = dict(zip(head.split(","), first.split(","), strict=True)) | {"evaluations": str(2**63)}
    path.write_text("\n".join([head, ",".join(cells.values()), *rest]), encoding="utf-8")
    with refused(str(path), "row 1: evaluations is 9223372036854775808; it must be at most"):
        load_study(study.folder)


# The table of the best values known.


def test_the_shipped_table_is_read_as_it_is_written() -> None:
    lines = (instances_folder() / BEST_KNOWN).read_text(encoding="utf-8").splitlines()
    rows = read_best_known(instances_folder()).values()
    assert [",".join(row.values()) for row in rows] == lines[1:]
