"""What a study counts of its runs, and what it does when its executor or a folder is lost."""

import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cmo_kit.base.errors import InputError
from cmo_kit.base.process import close_server
from cmo_kit.base.progress import ProgressLine
from cmo_kit.study.execute.one_run import supervise
from cmo_kit.study.execute.run_study import Dispatch, StudyState, known_failure, run_study
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.plan.task import Task
from tests.helpers.study_help import run, table, write_plan

EXPERT = '[[runs]]\nmethod = "expert"\n'


def test_the_time_to_go_follows_from_the_runs_done_now() -> None:
    """Runs taken over from before took no time, so only those done or failed now say how long the others take."""
    state = StudyState(total=10, running=1, began=time.perf_counter() - 60)
    for _ in range(4):
        state.note_result({"instance": "p", "total_tardiness": 7}, skipped=True)
    assert state.line() == "study: 4 done, 1 running, 0 failed, 5 left; best so far p 7"
    state.note_result({"instance": "p", "total_tardiness": 3})
    state.note_failure("hash", "a reason")
    assert state.line() == "study: 5 done, 1 running, 1 failed, 3 left, about 120 s to go; best so far p 3"


def test_a_run_without_a_folder_fails_alone(tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path, EXPERT, '["small-1", "small-2"]'), tmp_path / "out"
    (out / "runs").mkdir(parents=True)
    (out / "runs" / load_plan(plan).tasks[0].folder).write_text("", encoding="utf-8")
    finished = run(plan, out, "--workers", "1")
    assert finished.returncode == 1, finished.stderr
    assert "1 runs failed (the first: its folder cannot be written" in finished.stderr
    assert [row["instance"] for row in table(out)] == ["small-2"]


class Lost(Executor):
    def submit(self, *arguments: Any, **others: Any) -> "Future[Any]":
        raise RuntimeError("cannot schedule new futures after shutdown")


def dispatched(folder: Path, make_executor: Callable[[], Executor]) -> tuple[StudyState, Task]:
    plan = load_plan(write_plan(folder, EXPERT, '["fig3"]'))
    plan.instances["fig3"].save(folder / "fig3.json")
    state = StudyState(total=1)
    dispatch = Dispatch(state, plan.tasks, folder, {"fig3": str(folder / "fig3.json")}, 1, make_executor, None)
    dispatch.run(ProgressLine("study", stream=io.StringIO()))
    return state, plan.tasks[0]


@pytest.mark.parametrize("losses", [2, 1000])
def test_a_lost_executor_is_replaced_a_few_times(losses: int, tmp_path: Path) -> None:
    """After two lost executors the third does the run; where all are lost the study ends, and no run is blamed."""
    made = []

    def make_executor() -> Executor:
        made.append(1)
        assert len(made) < 20, "the study never gives up"
        return Lost() if len(made) <= losses else ThreadPoolExecutor(1)

    state, _ = dispatched(tmp_path, make_executor)
    close_server()
    assert state.failures == {}
    assert (state.done, state.left) == ((1, 0) if losses == 2 else (0, 1))
    assert state.trouble == ("" if losses == 2 else "the executor broke again and again")


class Failing(Executor):
    def submit(self, *arguments: Any, **others: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_exception(ValueError("four workers died"))
        return future


class Elsewhere(Executor):
    def submit(self, *arguments: Any, **others: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(None)  # as if the result were there
        return future


def test_a_result_that_is_not_to_be_seen_here_does_not_end_the_study(tmp_path: Path) -> None:
    """A folder that machines share may show one of them late what another has written."""
    state, task = dispatched(tmp_path, Elsewhere)
    assert state.done == 0 and state.failures[task.hash].startswith("its result cannot be read (")


def test_a_run_whose_worker_died_is_blamed(tmp_path: Path) -> None:
    """What a cluster gives up is a failed run, and the study ends; the reason stands in the run's folder."""
    state, task = dispatched(tmp_path, Failing)
    assert list(state.failures.values()) == ["its worker was lost (ValueError)"]
    folder = tmp_path / "runs" / task.folder
    assert known_failure(task, folder) == "its worker was lost (ValueError)"
    (folder / "failure.json").write_text('{"hash": "of another run", "reason": "x"}', encoding="utf-8")
    assert known_failure(task, folder) is None


def test_a_cluster_that_does_not_come_back_ends_the_study(tmp_path: Path) -> None:
    """The sentence of the second connection is the study's trouble; its run is left, not failed."""
    made = []

    def make_executor() -> Executor:
        made.append(1)
        if len(made) > 1:
            raise InputError("no scheduler answers there")
        return Lost()

    state, _ = dispatched(tmp_path, make_executor)
    assert (state.trouble, state.left) == ("the executor broke (no scheduler answers there)", 1)


@pytest.mark.parametrize("server", ["#!/bin/sh\nexit 3\n", "no program"])
def test_a_server_that_does_not_start_is_the_run_s_reason(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_plan(write_plan(tmp_path, EXPERT, '["fig3"]'))
    close_server()
    program = tmp_path / "python"
    program.write_text(server, encoding="utf-8")
    program.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr("multiprocessing.spawn._python_exe", str(program).encode())
        found = supervise(str(tmp_path), "fig3.json", "hash", 60, ())
    assert found is not None and found.startswith("its process could not be started (")
    assert run_study(plan, tmp_path / "out", 1, stream=io.StringIO()).done == 1


def test_a_study_that_is_stopped_starts_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert supervise(str(tmp_path), "fig3.json", "hash", 60, (), stop) == "the study was stopped"
    assert list(tmp_path.iterdir()) == []
