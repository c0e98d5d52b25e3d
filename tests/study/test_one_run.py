"""What the process of one run does: a run that is done is not done again, and what goes wrong is one line."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, load_instance, solve
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.library import notebooks_folder
from cmo_kit.study.execute import notebook, one_run
from cmo_kit.study.execute.record import RESULT, TASK
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.plan.task import Task
from tests.helpers.study_help import write_plan


@pytest.fixture
def place(tmp_path: Path) -> tuple[str, str]:
    (task,) = load_plan(write_plan(tmp_path, '[[runs]]\nmethod = "expert"\n', '["fig3"]')).tasks
    folder = tmp_path / "run"
    folder.mkdir()
    write_json(folder / TASK, task.to_dict())
    load_instance("fig3").save(tmp_path / "fig3.json")
    return str(folder), str(tmp_path / "fig3.json")


def test_a_run_that_is_done_is_not_done_again(place: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one_run.perform(*place)
    written = (Path(place[0]) / RESULT).stat().st_mtime_ns
    monkeypatch.setattr(one_run, "solve", None)
    one_run.perform(*place)
    assert (Path(place[0]) / RESULT).stat().st_mtime_ns == written


def test_a_solver_s_own_words_are_kept_beside_what_is_proved(
    place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On large numbers nothing of it is believed, and a table would have nothing to show."""
    told = {"solver_status": "feasible", "solver_bound": 3.5}
    found = replace(solve(load_instance("fig3"), "expert"), details=told | {"variables": 12})
    monkeypatch.setattr(one_run, "solve", lambda *arguments, **others: found)
    one_run.perform(*place)
    kept = read_json(Path(place[0]) / RESULT)
    assert {name: kept[name] for name in told} == told
    assert "variables" not in kept


def test_a_notebook_run_of_no_seconds_has_that_limit(place: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(**read_json(Path(place[0]) / TASK) | {"kind": "notebook", "seconds": 0})
    asked: list[dict[str, Any]] = []

    def execute(source: Path, target: Path, parameters: dict[str, Any]) -> None:
        asked.append(parameters)
        raise InputError("enough")

    monkeypatch.setattr(one_run, "execute", execute)
    with pytest.raises(InputError, match="enough"):
        one_run.run_notebook(task, "expert", load_instance("fig3"), Path(place[0]), Path(place[1]))
    assert asked[0]["limits"] == {"expert": {"seconds": 0}}


def test_an_instance_that_changed_is_refused(place: tuple[str, str]) -> None:
    replace(load_instance("fig3"), sites=2).save(place[1])
    with pytest.raises(InputError, match="the instance is not the one that the run was planned for"):
        one_run.perform(*place)
    assert not (Path(place[0]) / RESULT).exists()


def test_a_run_that_was_stopped_is_no_result(place: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = replace(solve(load_instance("fig3"), "expert"), status="stopped")
    monkeypatch.setattr(one_run, "solve", lambda *arguments, **others: stopped)
    with pytest.raises(InputError, match="the method was interrupted"):
        one_run.perform(*place)
    assert not (Path(place[0]) / RESULT).exists()


def test_a_parameter_that_the_notebook_does_not_have_is_refused(tmp_path: Path) -> None:
    """Papermill alone would only warn."""
    with pytest.raises(InputError, match=r"06_experiment\.ipynb has no parameter 'nothing'; it has "):
        notebook.execute(notebooks_folder() / one_run.EXPERIMENT, tmp_path / "out.ipynb", {"nothing": 1})
