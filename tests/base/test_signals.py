"""The handler of signals, by real signals to this process."""

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from cmo_kit.base import signals as interrupt
from cmo_kit.base.folder import temporary_folder
from cmo_kit.base.signals import (
    INTERRUPTED,
    exit_code,
    signals_handled,
    signals_interrupt,
    signals_wait,
    signals_wait_for_next_run,
)


@pytest.fixture
def each_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each signal is a wish of its own, however soon it follows."""
    monkeypatch.setattr(interrupt, "AGAIN", 0.0)


@pytest.mark.usefixtures("each_counts")
def test_a_run_is_interrupted_and_what_follows_is_not() -> None:
    with signals_handled(own=False):
        with pytest.raises(KeyboardInterrupt), signals_interrupt():
            os.kill(os.getpid(), signal.SIGTERM)
        assert exit_code() == 143
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), signals_interrupt():
            pytest.fail("the block began although a signal waited")
        assert exit_code() == INTERRUPTED == 130


@pytest.mark.usefixtures("each_counts")
def test_a_block_that_holds_is_finished_first() -> None:
    done: list[int] = []
    with signals_handled(own=False), pytest.raises(KeyboardInterrupt), signals_interrupt():
        with signals_wait():
            with signals_wait():
                os.kill(os.getpid(), signal.SIGINT)
                done.append(1)
            done.append(2)
        done.append(3)
    assert done == [1, 2]


@pytest.mark.usefixtures("each_counts")
@pytest.mark.parametrize("moment", ["made", "used", "removed"])
def test_a_temporary_folder_goes_whenever_a_signal_comes(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def strike(now: str) -> None:
        if now == moment:
            os.kill(os.getpid(), signal.SIGINT)

    class Struck(tempfile.TemporaryDirectory[str]):
        def __init__(self, **others: Any) -> None:
            super().__init__(**others)
            made.append(Path(self.name))
            strike("made")

        def cleanup(self) -> None:
            strike("removed")
            super().cleanup()

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Struck)
    with (
        signals_handled(own=False),
        pytest.raises(KeyboardInterrupt),
        signals_interrupt(),
        temporary_folder() as folder,
    ):
        (folder / "file").touch()
        strike("used")
    assert [path.exists() for path in made] == [False]


@pytest.mark.usefixtures("each_counts")
def test_what_is_put_together_is_not_interrupted() -> None:
    with signals_handled(own=False):
        with signals_interrupt(), signals_wait_for_next_run():
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), signals_interrupt():
            pytest.fail("the block began although a signal waited")


@pytest.mark.usefixtures("each_counts")
def test_threads_hold_nothing() -> None:
    """Signals reach the main thread only, so another one's block is not waited for."""
    inside, over = threading.Event(), threading.Event()

    def work() -> None:
        with signals_wait():
            inside.set()
            over.wait(10)

    thread = threading.Thread(target=work)
    with signals_handled(own=False):
        thread.start()
        inside.wait(10)
        with pytest.raises(KeyboardInterrupt), signals_interrupt():
            os.kill(os.getpid(), signal.SIGINT)
        over.set()
        thread.join()


@pytest.mark.usefixtures("each_counts")
def test_what_was_ignored_stays_so_and_handlers_come_back() -> None:
    """``nohup`` and shells in the background ignore signals for good reason; a caller's handlers are its own."""
    mine: list[int] = []
    before = [signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.signal(signal.SIGTERM, lambda n, f: mine.append(n))]
    try:
        with signals_handled(own=False), signals_interrupt():
            os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        assert mine == [signal.SIGTERM]
    finally:
        for number, handler in zip((signal.SIGHUP, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)


def test_a_second_signal_soon_after_the_first_is_the_same() -> None:
    with signals_handled(own=False), signals_interrupt():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        assert exit_code() == 130
