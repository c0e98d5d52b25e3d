"""Where the command line writes: what it says, and to whom."""

import re
import sys
import time
from pathlib import Path

import pytest

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import write_text
from cmo_kit.base.output import check_place, told_if_slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("terminal", [True, False])
def test_who_waits_at_a_terminal_is_told_why(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with told_if_slow("compiling", 60):
        pass
    with told_if_slow("compiling", 0.01):
        time.sleep(0.5)
    assert capsys.readouterr().err == ("compiling\n" if terminal else "")


def test_every_program_of_the_makefile_answers_ctrl_c() -> None:
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    for module in set(re.findall(r"python -m ((?:benchmarks|tools)[\w.]*)", recipes)):
        place = ROOT / module.replace(".", "/")
        source = (place / "__main__.py" if place.is_dir() else place.with_suffix(".py")).read_text(encoding="utf-8")
        assert re.search(r"return run_program\(|sys\.exit\(run_program\(", source), module


def test_a_name_is_measured_in_bytes_before_the_work(tmp_path: Path) -> None:
    """Letters outside ASCII take several: 83 of Hangul fit, with their suffix, where 255 bytes do."""
    fits, too_long = tmp_path / ("\uac00" * 83 + ".json"), tmp_path / ("\uac00" * 84 + ".json")
    check_place(str(fits))
    write_text(fits, "{}")
    assert fits.read_text(encoding="utf-8") == "{}"
    with pytest.raises(InputError, match="its name has 257 bytes, and 255 is the most"):
        check_place(str(too_long))
