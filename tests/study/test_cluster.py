"""Studies on a real Dask cluster on this machine: the same table, and a worker that is killed."""

import logging
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

import cmo_kit
from cmo_kit.base.errors import InputError
from cmo_kit.cli import main
from cmo_kit.study.execute.cluster import dask_cluster
from tests.helpers.study_help import begin, results, run, run_alone, table, wait_for, write_plan

RUNS = '[[runs]]\nmethod = "ga"\nseeds = 4\nevaluations = 120000\nparameters = { patience = 1000000 }\n'


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def test_a_killed_worker_costs_nothing_but_time(cluster: Any, tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path, RUNS), tmp_path / "out"
    process = begin(plan, out, "--dask", cluster.scheduler_address)
    wait_for(lambda: results(out) or process.poll() is not None, "the first result")
    first = results(out)
    os.kill(next(iter(cluster.workers.values())).process.process.pid, signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert results(out).items() >= first.items(), "a run was done again"
    local = run(plan, tmp_path / "local", "--workers", "2")
    assert local.returncode == 0, local.stderr
    assert table(out) == table(tmp_path / "local")
    assert len(table(out)) == 4


def test_a_run_killed_on_a_worker_is_recorded(cluster: Any, tmp_path: Path) -> None:
    hanging = '[[runs]]\nmethod = "ga"\nlabel = "hangs"\nparameters = { patience = 1000000000 }\n'
    plan = write_plan(tmp_path, hanging + '[[runs]]\nmethod = "expert"\n', head="limit = 1")
    finished = run_alone(plan, tmp_path / "out", "--dask", cluster.scheduler_address)
    assert finished.returncode == 1, finished.stderr
    (failure,) = table(tmp_path / "out", "failures.csv")
    assert (failure["label"], failure["reason"]) == ("hangs", "it ran past its limit of 1 s and was killed")
    assert [row["label"] for row in table(tmp_path / "out")] == ["expert"]


def test_runs_that_are_cancelled_with_their_cluster_are_no_news(cluster: Any, tmp_path: Path) -> None:
    """Dask's loop may meet a cancelled run before the study has ended; another error of a loop is still told."""
    from distributed.client import FutureCancelledError

    log, told = logging.getLogger("tornado.application"), list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        with dask_cluster(cluster.scheduler_address, tmp_path):
            for error in (FutureCancelledError("run-1", None), OSError("gone")):
                log.error("%s", type(error).__name__, exc_info=error)
    finally:
        log.removeHandler(handler)
    assert told == ["OSError"]


def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    plan = write_plan(tmp_path, RUNS)
    assert main(["run", str(plan), "--out", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "--dask needs the extra 'dask': pip install 'cmo-kit[dask]'" in capsys.readouterr().err


def test_an_address_that_is_none_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    plan = write_plan(tmp_path, RUNS)
    assert main(["run", str(plan), "--out", str(tmp_path / "out"), "--dask", "nowhere"]) == 2
    assert "--dask is 'nowhere'; no scheduler answers there" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["run", str(plan), "--dask", "tcp://127.0.0.1:1", "--workers", "2"])
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("threads", "probe", "sentence"),
    [
        ({}, None, "the cluster there has no workers"),
        ({"w": 2}, ImportError("No module named 'cmo_kit'"), "its workers cannot import cmo_kit (No module"),
        ({"w": 2}, {"w": ("0.0.0", True)}, "worker w has cmo_kit 0.0.0; it must be"),
        ({"w": 2}, {"w": (cmo_kit.__version__, False)}, "worker w does not see the folder"),
    ],
)
def test_a_cluster_that_cannot_do_the_runs_is_one_sentence(
    threads: dict[str, int], probe: Any, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    client = Mock()
    client.nthreads.return_value = threads
    client.run.side_effect = [probe]
    monkeypatch.setattr("distributed.Client", Mock(return_value=client))
    with pytest.raises(InputError, match=re.escape(sentence)), dask_cluster("tcp://127.0.0.1:1", tmp_path):
        pass
    client.close.assert_called_once()


def test_the_last_worker_s_death_ends_the_study(cluster: Any, tmp_path: Path) -> None:
    """Nobody waits for ever: after a few seconds without workers one line says so, and what is done is kept.

    The last test of this cluster, which has no workers then.
    """
    plan = write_plan(tmp_path, '[[runs]]\nmethod = "expert"\n' + RUNS.replace("120000", "90000000"))
    process, out = begin(plan, tmp_path / "out", "--dask", cluster.scheduler_address), tmp_path / "out"
    wait_for(lambda: results(out) or process.poll() is not None, "the first result")
    cluster.scale(0)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    assert "the cluster has had no workers for" in errors and "runs are left" in errors
    assert results(out)
