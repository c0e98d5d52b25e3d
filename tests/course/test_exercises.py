"""Every exercise: its reference is right, a wrong answer is told why; copies have no solutions and are complete.

``make exercises`` does the rest: all answers, changed references, and copies worked through in kernels.
"""

import ast
import contextlib
import io
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from cmo_kit import InputError, load_instance
from cmo_kit.cli.parser import main
from cmo_kit.core.chromosome import decode
from cmo_kit.course import copies
from cmo_kit.course.codings_by_hand import children_of
from cmo_kit.course.exercises import check
from cmo_kit.course.exercises.decoding import MISREADINGS, decoder_cases, walk
from cmo_kit.course.exercises.the_problem import condition
from cmo_kit.course.exercises.verdict import CHAPTERS, Wrong, asked
from cmo_kit.course.predicting import asks
from cmo_kit.course.sources import exercises, prepared
from cmo_kit.views.paper import FIGURE_3_KEYS
from cmo_kit.widgets.serve.course import lab_arguments
from tests.helpers.copies import worked_through
from tests.helpers.servers import lab_command
from tests.helpers.spoiled import SPOILED
from tests.helpers.thorough import THOROUGH

EXERCISES = exercises()


@cache
def start(setup: str) -> dict[str, Any]:
    """What the cells for everybody define, once for all exercises behind them."""
    with contextlib.redirect_stdout(io.StringIO()):
        return prepared(setup)


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_is_right_the_stub_is_not_attempted_and_wrong_answers_are_told_why(name: str) -> None:
    one, names = EXERCISES[name], {**start(EXERCISES[name].setup)}
    assert str(one.answer(one.parts["stub"], names)) == f"{name} not attempted yet"
    exec(one.parts["solution"], names)
    verdict = one.answer("", names)
    assert verdict.right, verdict
    assert len(verdict.text) > 20
    for code in one.right if one.kind == "hand" else ():
        assert one.answer(code, start(one.setup)).right, code
    for reason, code in one.wrong[:1] if name in SPOILED else one.wrong:
        verdict = one.answer(code, start(one.setup))
        assert verdict.status == "wrong" and reason in verdict.text, (reason, verdict)
    for change, reason in SPOILED.get(name, ()):
        mine = names["mine"]
        verdict = check(name, {**mine, **(change(mine) if callable(change) else change)})
        assert verdict.status == "wrong" and reason in verdict.text, (reason, verdict)


def test_every_exercise_is_whole() -> None:
    for name, one in EXERCISES.items():
        assert set(one.parts) == {"question", "hints", "stub", "solution", "check", "say"}, name
        assert one.parts["hints"].count("<details>") == 3, name
        assert one.kind in {"hand", "code", "experiment"}, name
        assert len(one.right) >= 2, name
        assert len({reason for reason, _ in one.wrong}) >= 4, name
        assert one.parts["question"].startswith(f"## {name} "), name
        assert all(1 <= goal <= len(copies.goals(name[:2])) for goal in one.goals), name
    kinds = [one.kind for one in EXERCISES.values()]
    assert [kinds.count(kind) >= least for kind, least in (("hand", 12), ("code", 24), ("experiment", 12))] == [
        True
    ] * 3


def test_the_minutes_of_a_chapter_are_those_of_its_exercises() -> None:
    """Rounded to five."""
    for path in copies.exercises_folder().glob("*.ipynb"):
        stated = re.search(r"about (\d+) minutes", copies.read(path).cells[0].source)
        minutes = sum(one.minutes for name, one in EXERCISES.items() if name.startswith(path.name[:2]))
        assert stated and abs(int(stated[1]) - minutes) < 5, path.name


@pytest.mark.parametrize("chapter", sorted({name[:2] for name in EXERCISES}))
def test_every_goal_of_a_chapter_has_an_exercise(chapter: str) -> None:
    goals = {goal for name, one in EXERCISES.items() if name.startswith(chapter) for goal in one.goals}
    assert goals == set(range(1, len(copies.goals(chapter)) + 1))


def test_misreadings_of_the_decoder_all_differ_and_the_right_one_is_the_kits() -> None:
    """Two readings that agree on all cases could not be told apart."""
    cases = decoder_cases()
    results = [[walk(*case, **options) for case in cases] for options in ({}, *MISREADINGS.values())]
    assert all(first != second for k, first in enumerate(results) for second in results[:k])
    for (instance, keys), sites in zip(cases, results[0], strict=True):
        assert [[tuple(run) for run in site] for site in decode(instance, keys).sites] == sites


def test_the_one_run_condition_is_the_kits() -> None:
    for name in ("tiny-ties", "tiny-split-washing", "tiny-split-pipeline", "fig1"):
        instance = load_instance(name)
        assert condition(instance.b.tolist()) == (instance.one_run_failure is None)


def test_whatever_seed_draws_the_pairs_of_a_crossing_their_share_is_right() -> None:
    """Seed 50 gives nearly twice the usual share."""
    schedule = decode(load_instance("fig3"), FIGURE_3_KEYS)
    share = children_of(schedule, "two random codes", 300, seed=50).same.mean()
    why = "a key means something among its own chromosome's keys only"
    assert check("08.3", {"random": share, "canonical": 1, "conclusion": why}).right


def test_a_function_that_changes_what_it_gets_or_fails_is_told_so() -> None:
    def spoils(instance: Any) -> int:
        object.__setattr__(instance, "sites", 9)
        return 1

    def writes(instance: Any) -> int:
        instance.p[0, 0] = 9
        return 1

    for function, words in (
        (spoils, "changes the instance"),
        (lambda i: 1 / 0, "^for fig1 your function stops with ZeroDivisionError: division by zero$"),
        (lambda i: sys.exit(), "^for fig1 your function stops with SystemExit$"),
        (5, "a function"),
    ):
        with pytest.raises(Wrong, match=words):
            asked(function, load_instance("fig1"))
    given = load_instance("fig1")
    assert given.p[0, 0] == 3
    with pytest.raises(Wrong, match="change"):
        asked(writes, given)
    assert given.p[0, 0] == 3
    with pytest.raises(Wrong, match="number 1"):
        asked(lambda values: values.sort() or 1, [3, 1])
    assert asked(lambda rng: rng.random(), np.random.default_rng(1)) == np.random.default_rng(1).random()


@pytest.mark.parametrize("name", ["99.1", "01.99", "x", 3])
def test_an_exercise_that_does_not_exist_is_refused(name: Any) -> None:
    with pytest.raises(InputError, match=r"such as '02\.3'"):
        check(name, 1)


def test_an_answer_of_any_form_is_answered() -> None:
    endless: list[Any] = []
    endless.append(endless)
    odd = [
        endless,
        {"a": endless},
        0,
        -1,
        "text",
        [],
        {},
        [[]],
        [None, 1],
        float("nan"),
        10**400,
        object(),
        lambda: 1,
        lambda *a: "x",
        lambda *a: sys.exit("for good"),
        b"",
        {1: 2},
    ]
    for number, name in enumerate(EXERCISES):
        for answer in odd if THOROUGH else odd[number % 3 :: 3]:
            assert check(name, answer).status in {"wrong", "not attempted yet"}, (name, answer)
    assert set(CHAPTERS) == {name[:2] for name in EXERCISES}


def trees(notebook: Any, inside: bool = True) -> set[str]:
    """Every statement of a notebook's code but imports, as syntax trees; those inside other ones too, if asked."""
    found = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            for node in ast.walk(tree) if inside else tree.body:
                if isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
                    found.add(ast.dump(node))
    return found


def test_student_copies_have_no_output_no_solution_and_places_for_predictions() -> None:
    files = {path: nbformat.reads(content.decode(), 4) for path, content in copies.student_files()
             if path.endswith(".ipynb")}  # fmt: skip
    shown = set().union(*(trees(notebook, path.startswith("exercises/")) for path, notebook in files.items()))
    for path in sorted(copies.exercises_folder().glob("*.ipynb")):
        source = nbformat.read(path, as_version=4)
        common = [cell for cell in source.cells if "solution" not in copies.tags(cell)]
        only_there = trees(source) - trees(nbformat.from_dict({**source, "cells": common}))
        assert len(only_there) > 10
        assert not only_there & shown, path.name
    answers = [cell for path in copies.walkthroughs() for cell in nbformat.read(path, as_version=4).cells
               if "answer" in copies.tags(cell)]  # fmt: skip
    assert answers
    for notebook in files.values():
        nbformat.validate(notebook)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
        assert not {cell.source for cell in answers} & {cell.source for cell in notebook.cells}
        behind = [notebook.cells[k + 1].source for k, cell in enumerate(notebook.cells) if asks(cell)]
        assert all("my_prediction = None" in source and 'predict("' in source for source in behind)
    assert sum("my_prediction = None" in cell.source for notebook in files.values() for cell in notebook.cells) > 80


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the copies for work."""
    folder = tmp_path_factory.mktemp("copied")
    assert copies.copy_for_work(folder)[0] > 40
    return folder


def test_links_of_the_copies_lead_somewhere(copied: Path) -> None:
    for path in (copied / "student").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", cell.source) if cell.cell_type == "markdown" else []:
                assert "://" in target or (path.parent / target).exists(), (path.name, target)


def test_copying_again_keeps_what_a_learner_has_written(copied: Path, tmp_path: Path) -> None:
    """Their work, whole; what is missing comes back; no solution is ever copied."""
    shutil.copytree(copied, tmp_path, dirs_exist_ok=True)
    mine, gone = tmp_path / "student" / "01_the_problem.ipynb", tmp_path / "student" / "02_decoding_a_chromosome.ipynb"
    mine.write_text("mine")
    gone.unlink()
    assert copies.copy_for_work(tmp_path)[0] == 1
    assert mine.read_text() == "mine"
    assert gone.exists()
    assert not list(tmp_path.rglob("answers"))
    assert not any(b'"solution"' in path.read_bytes() for path in tmp_path.rglob("*.ipynb"))


def test_a_kernel_gives_the_three_verdicts(tmp_path: Path) -> None:
    (path,) = copies.exercises_folder().glob("01_*.ipynb")
    reason, wrong = EXERCISES["01.2"].wrong[0]
    answers = {"01.1": EXERCISES["01.1"].parts["solution"], "01.2": wrong}
    said = worked_through(copies.with_answers(copies.student_exercises(path), answers), tmp_path)
    assert said["01.1"].startswith("01.1 right: ")
    assert said["01.2"].startswith("01.2 wrong: ")
    assert reason in said["01.2"]
    assert [said[name] for name in ("01.3", "01.4")] == ["01.3 not attempted yet", "01.4 not attempted yet"]


def test_two_builds_are_equal_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also over an earlier build, of which nothing stays; one instructor's notebook stands for all, which take long."""

    def first_chapter(*_: object) -> copies.Made:
        (path,) = copies.exercises_folder().glob("01_*.ipynb")
        yield f"exercises/{path.name}", copies.written(copies.instructor_exercises(copies.read(path)))

    monkeypatch.setitem(copies.COPIES, "instructor", first_chapter)
    builds, said = [], io.StringIO()
    for _ in range(2):
        made = copies.build_course(tmp_path, said)
        builds.append({path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")})
        (tmp_path / "student" / "old.ipynb").write_text("{}")
    assert builds[0] == builds[1]
    assert len(said.getvalue().splitlines()) == 2 * sum(path.suffix == ".ipynb" for path in builds[0])  # progress
    assert made == {
        "student": len(copies.walkthroughs()) + made["solutions"],
        "instructor": 1,
        "solutions": len({name[:2] for name in EXERCISES}),
    }
    (run,) = (tmp_path / "instructor" / "exercises").iterdir()
    assert all(f'"{name} right: ' in run.read_text() for name in EXERCISES if name.startswith("01"))


def test_the_commands_copy_and_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", str(tmp_path / "mine"), "--only-copy"]) == 0
    assert re.search(r"\d+ files copied, 0 that were there are kept", capsys.readouterr().out)
    (tmp_path / "file").write_text("")
    for command in (["lab", "--only-copy"], ["course", "build", "--out"]):
        assert main([*command, str(tmp_path / "file")]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_jupyterlab_is_started_as_make_lab_does() -> None:
    line = [word for word in lab_command(8888) if not re.search("root_dir|default_url", word)]
    own = [word for word in lab_arguments(Path("mine")) if not re.search("root_dir|default_url", word)]
    assert sorted(own) == sorted(set(line) - {"--no-browser", "--port=8888", "--ServerApp.port_retries=0"})


def test_a_folder_with_other_things_is_not_built_into(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(InputError, match=r"holds 'thesis\.txt'"):
        copies.build_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
