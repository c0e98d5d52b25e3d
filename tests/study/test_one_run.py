"""What the process of one run does: a run that is done is not done again, and what goes wrong is one line."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, load_instance, solve
from cmo_kit.base.jsonfile import write_json
from cmo_kit.library import notebooks_folder
from cmo_kit.study.execute import notebook, one_run
from cmo_kit.study.execute.record import RESULT, TASK
from cmo_kit.study.plan.plan_file import load_plan
from tests.helpers.study_help import write_plan


@pytest.fixture
def place(tmp_path: Path) -> tuple[str, str]:
    """A run's folder, with its task, and the file of its instance."""
    (task,) = load_plan(write_plan(tmp_path, '[[runs]]\nmethod = "expert"\n', '["fig3"]')).tasks
    folder = tmp_path / "run"
    folder.mkdir()
    write_json(folder / TASK, task.to_dict())
    load_instance("fig3").save(tmp_path / "fig3.json")
    return str(folder), str(tmp_path / "fig3.json")


def test_a_run_that_is_done_is_not_done_again(place: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process finds the result and leaves it as it is."""
    assert one_run.perform(*place) == 0
    written = (Path(place[0]) / RESULT).stat().st_mtime_ns
    monkeypatch.setattr(one_run, "solve", None)
    assert one_run.perform(*place) == 0
    assert (Path(place[0]) / RESULT).stat().st_mtime_ns == written


def test_an_instance_that_changed_is_refused(place: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A run belongs to the problem that it was planned for."""
    replace(load_instance("fig3"), sites=2).save(place[1])
    assert one_run.perform(*place) == 1
    assert capsys.readouterr().err.endswith("the instance is not the one that the run was planned for\n")
    assert not (Path(place[0]) / RESULT).exists()


@pytest.mark.parametrize(
    ("error", "line"),
    [(ValueError("first\n\nlast\n"), "ValueError: last\n"), (MemoryError(), "MemoryError: \n")],
)
def test_what_a_run_raises_is_one_line(
    error: Exception, line: str, place: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The kind of error and the last line of what it says, for the table of failures."""

    def fail(*arguments: Any, **others: Any) -> None:
        raise error

    monkeypatch.setattr(one_run, "solve", fail)
    assert one_run.perform(*place) == 1
    assert capsys.readouterr().err == line


def test_a_run_that_was_stopped_is_no_result(
    place: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The best so far of an interrupted method is not what the study asked for."""
    stopped = replace(solve(load_instance("fig3"), "expert"), status="stopped")
    monkeypatch.setattr(one_run, "solve", lambda *arguments, **others: stopped)
    assert one_run.perform(*place) == 1
    assert capsys.readouterr().err == "the method was interrupted\n"
    assert not (Path(place[0]) / RESULT).exists()


def test_a_parameter_that_the_notebook_does_not_have_is_refused(tmp_path: Path) -> None:
    """Papermill alone would only warn."""
    with pytest.raises(InputError, match=r"06_experiment\.ipynb has no parameter 'nothing'; it has "):
        notebook.execute(notebooks_folder() / one_run.EXPERIMENT, tmp_path / "out.ipynb", {"nothing": 1})


@pytest.mark.parametrize("before", [None, "somewhere"])
def test_the_surroundings_of_kernels_are_put_back(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels get a profile of their own for the time being."""
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    if before is not None:
        monkeypatch.setenv("IPYTHONDIR", before)
    with notebook.quiet_kernels():
        assert (Path(os.environ["IPYTHONDIR"]) / "profile_default" / "ipython_kernel_config.py").is_file()
    assert os.environ.get("IPYTHONDIR") == before
