"""Studies under attack: the real command, killed, starved and fed with damage."""

import resource
import signal
import time
from pathlib import Path

import psutil
import pytest

from cmo_kit.base.folder import locked
from tests.helpers.study_help import (
    begin,
    everything_below,
    results,
    run,
    run_alone,
    runs_of,
    table,
    wait_for,
    write_plan,
)

SHORT = '[[runs]]\nmethod = "expert"\n'
#: Eight runs of some tenths of a second.
MANY = '[[runs]]\nmethod = "ga"\nseeds = 8\nevaluations = 150000\nparameters = { patience = 1000000 }\n'
#: A run of a second, and one that never ends.
LONG = '[[runs]]\nmethod = "ga"\nlabel = "long"\nevaluations = 300000\nparameters = { patience = 1000000 }\n'
ENDLESS = '[[runs]]\nmethod = "ga"\nlabel = "endless"\nparameters = { patience = 1000000000 }\n'


def test_a_study_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """SIGKILL, then Ctrl-C half-way, then to the end: nothing lost, nothing twice, the table of a calm study."""
    plan, out = write_plan(tmp_path, MANY), tmp_path / "out"

    process = begin(plan, out, "--workers", "2")
    wait_for(lambda: len(results(out)) >= 2, "the second result")
    below = everything_below(process.pid)
    process.kill()
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(below, timeout=20)
    assert not alive, "a process outlived the study that it worked for"
    first = results(out)
    assert 2 <= len(first) < 8

    process = begin(plan, out, "--workers", "2")
    wait_for(lambda: len(results(out)) > len(first), "a new result")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    more = results(out)
    assert len(table(out)) == len(more) < 8
    assert f"stopped with {8 - len(more)} runs left" in errors
    assert table(out, "failures.csv") == []
    assert more.items() >= first.items(), "a run was done again"

    last = run(plan, out, "--workers", "2")
    assert last.returncode == 0, last.stderr
    assert results(out).items() >= more.items(), "a run was done again"
    calm = run(plan, tmp_path / "calm", "--workers", "2")
    assert calm.returncode == 0
    assert table(out) == table(tmp_path / "calm")
    assert len(table(out)) == 8


def test_a_folder_takes_one_study_at_a_time(tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path, SHORT), tmp_path / "out"
    with locked(out):
        second = run(plan, out)
    assert second.returncode == 2
    assert second.stderr.splitlines()[-1].endswith("another process is using the folder; wait for it or choose another")
    assert "Traceback" not in second.stderr
    assert [path.name for path in out.iterdir()] == [".lock"]
    assert run(plan, out).returncode == 0


def test_a_run_that_is_killed_is_recorded_and_retried(tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path, LONG + SHORT, '["small-1", "small-2"]'), tmp_path / "out"
    process = begin(plan, out, "--workers", "2")
    victims = wait_for(lambda: len(found := runs_of(process)) == 2 and found, "both runs")
    victims[0].kill()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1, errors
    assert "1 runs failed (the first: its process was killed by SIGKILL)" in errors
    assert [row["reason"] for row in table(out, "failures.csv")] == ["its process was killed by SIGKILL"]
    before = results(out)
    assert len(before) == 3

    again = run(plan, out)
    assert again.returncode == 1, "what failed stays failed until a retry is asked for"
    assert results(out) == before
    retried = run(plan, out, "--retry-failed")
    assert retried.returncode == 0, retried.stderr
    assert results(out).items() > before.items()
    assert table(out, "failures.csv") == []


def test_runs_that_raise_or_hang_do_not_stop_the_others(tmp_path: Path) -> None:
    raising = '[[runs]]\nmethod = "ga"\nlabel = "raises"\nparameters = { w = 0 }\n'
    plan, out = write_plan(tmp_path, raising + ENDLESS + SHORT, head="limit = 1"), tmp_path / "out"
    finished = run(plan, out, "--workers", "2")
    assert finished.returncode == 1
    assert [(row["label"], row["reason"]) for row in table(out, "failures.csv")] == [
        ("raises", "w is 0; it must be above 0, so that every fitness is (equation (16))"),
        ("endless", "it ran past its limit of 1 s and was killed"),
    ]
    assert [row["label"] for row in table(out)] == ["expert"]


def test_a_full_disk_fails_the_runs_that_need_it(tmp_path: Path) -> None:
    """With a limit on the size of files a long history cannot be written; short runs and the table can."""

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384))

    plan, out = write_plan(tmp_path, MANY.replace("seeds = 8", "seeds = 2") + SHORT), tmp_path / "out"
    finished = run_alone(plan, out, "--workers", "2", preexec_fn=starve)
    assert finished.returncode == 1, finished.stderr
    reasons = [row["reason"] for row in table(out, "failures.csv")]
    assert len(reasons) == 2
    assert all("history.json: the file cannot be written (File too large)" in reason for reason in reasons)
    assert [row["label"] for row in table(out)] == ["expert"]
    assert run(plan, out, "--retry-failed").returncode == 0
    assert len(table(out)) == 3


def test_damaged_files_are_noticed_and_their_runs_repeated(tmp_path: Path) -> None:
    """Half a result, a changed solution, a lost curve, an instance file that is another: the same table again."""
    few = MANY.replace("seeds = 8", "seeds = 5").replace("50000", "6000")
    plan, out = write_plan(tmp_path, few), tmp_path / "out"
    assert run(plan, out).returncode == 0
    expected, before = table(out), results(out)
    half, changed, lost, intruder, intact = sorted((out / "runs").iterdir())
    text = (half / "result.json").read_text(encoding="utf-8")
    (half / "result.json").write_text(text[: len(text) // 2], encoding="utf-8")
    text = (changed / "solution.json").read_text(encoding="utf-8")
    (changed / "solution.json").write_text(text.replace('"seed":', '"seed" :', 1), encoding="utf-8")
    (lost / "curve.json").unlink()
    (intruder / "result.json").write_text((intact / "result.json").read_text(encoding="utf-8"), encoding="utf-8")
    for path in (out / "instances").iterdir():
        path.write_text("{}", encoding="utf-8")
    finished = run(plan, out)
    assert finished.returncode == 0, finished.stderr
    assert table(out) == expected
    kept = {name for name, when in results(out).items() if before[name] == when}
    assert kept == {intact.name}


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_signal_is_told_by_the_code(signum: int, tmp_path: Path) -> None:
    """Before the first result there is nothing to report, and no traceback either; no run goes on."""
    plan, out = write_plan(tmp_path, ENDLESS), tmp_path / "out"
    process = begin(plan, out, "--workers", "1")
    wait_for(lambda: runs_of(process), "the run")
    below = everything_below(process.pid)
    began = time.perf_counter()
    process.send_signal(signum)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signum, errors
    assert "Traceback" not in errors
    assert time.perf_counter() - began < 60
    assert psutil.wait_procs(below, timeout=20)[1] == []
    assert results(out) == {}
    assert table(out, "failures.csv") == []
