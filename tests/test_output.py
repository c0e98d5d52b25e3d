"""Where the command line writes: what it says, and to whom."""

import sys
import time

import pytest

from cmo_kit.output import told_if_slow


@pytest.mark.parametrize("terminal", [True, False])
def test_who_waits_at_a_terminal_is_told_why(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What takes long says so, once; what is quick says nothing, and a log is not written to."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with told_if_slow("compiling", 60):
        pass
    with told_if_slow("compiling", 0.01):
        time.sleep(0.5)
    assert capsys.readouterr().err == ("compiling\n" if terminal else "")
