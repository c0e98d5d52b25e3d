"""Closed and full streams, narrow and dumb terminals, other encodings, and no place for caches."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from cmo_kit import load_instance
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.output import print_json
from cmo_kit.base.progress import ProgressLine
from tests.helpers.faults_disk import PLAN
from tests.project.test_faults_disk import NAMESPACE, can_mount

COMMAND = f"{sys.executable} -m cmo_kit"
SOLVE = f"{COMMAND} solve tiny-ties --method expert --out out.json"
DONE = "tiny-ties, expert, seed 1: total tardiness 15 days"


def shell(program: str, place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", program], cwd=place, env=os.environ | environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&- <&-", "| head -0", "2>&1 | head -0"])
def test_a_closed_stream_costs_nothing_but_its_words(closed: str, tmp_path: Path) -> None:
    (place := tmp_path / "place").mkdir()
    finished = shell(f"({SOLVE}; echo $? >../code) {closed}", place)
    assert (tmp_path / "code").read_text() == "0\n"  # its own: that of a pipe is its reader's
    assert finished.stderr == ""
    assert finished.stdout == "" or finished.stdout.startswith(DONE)
    assert read_json(place / "out.json")["total_tardiness"] == 15
    assert [path.name for path in place.iterdir()] == ["out.json"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_words_that_do_not_fit_are_an_error_and_the_file_is_there(tmp_path: Path) -> None:
    finished = shell(f"{SOLVE} > /dev/full", tmp_path)
    assert finished.returncode == 2
    assert finished.stderr == "cmo-kit: standard output: it cannot be used (No space left on device)\n"
    assert (tmp_path / "out.json").is_file()


@pytest.mark.parametrize(
    ("encoding", "option"),
    [({"PYTHONIOENCODING": "ascii"}, "--json"), ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "")],
)
def test_words_outside_the_encoding_are_escaped(encoding: dict[str, str], option: str, tmp_path: Path) -> None:
    document = load_instance("tiny-ties").to_dict() | {"name": "Zürich-工場"}
    write_json(tmp_path / "own.json", document)
    finished = shell(
        f"{COMMAND} solve own.json --method expert --json && {COMMAND} solve own.json", tmp_path, **encoding
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    first, second = finished.stdout.splitlines()
    assert json.loads(first)["instance"] == "Zürich-工場"
    assert "rich-" in second


def test_json_is_ascii_where_it_must_be() -> None:
    for encoding, expected in (("utf-8", '{"name": "Zürich"}\n'), ("ascii", '{"name": "Z\\u00fcrich"}\n')):
        raw = io.BytesIO()
        with contextlib.redirect_stdout(io.TextIOWrapper(raw, encoding=encoding)):
            print_json({"name": "Zürich"})
            sys.stdout.flush()
            assert raw.getvalue().decode(encoding) == expected


@contextlib.contextmanager
def terminal(columns: int) -> Iterator[tuple[TextIO, int]]:
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with open(theirs, "w", encoding="utf-8") as stream:
        yield stream, ours
    os.close(ours)


@pytest.mark.parametrize("columns", [20, 1, 0])
def test_the_progress_line_stays_on_its_line(columns: int) -> None:
    """A line that is too long would scroll; a terminal without a width, as some are, counts as one of 80 columns."""
    with terminal(columns) as (stream, shown):
        line = ProgressLine("search on an instance with a long name", stream=stream)
        line.interval = 0.0
        line(1234.5, 1_000_000, 12.0)
        line(123.5, 1_000_000, 12.5)
        text = os.read(shown, 4096).decode()
    assert "\n" not in text
    assert {len(part) for part in text.split("\r")[1:]} == {{20: 19, 1: 0, 0: 79}[columns]}


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with terminal(80) as (stream, shown):
        with ProgressLine("search", stream=stream) as line:
            assert line.interval >= 1
            line.write("search: best 7")
        assert os.read(shown, 4096) == b"search: best 7\r\n"  # the terminal's own line ends


def test_a_progress_line_that_nobody_reads_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = open(writer, "w", encoding="utf-8")  # noqa: SIM115
    with ProgressLine("search", stream=stream) as line:
        line.interval = 0.0
        line(7.0, 1, 0.1)
        line.finish("search: over")
    with contextlib.suppress(BrokenPipeError):
        stream.close()


def test_no_place_for_caches_nor_settings(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(PLAN, encoding="utf-8")
    program = f"{COMMAND} solve tiny-ties --method atcs --gantt out.png && {COMMAND} run study.toml --out study"
    finished = shell(program, tmp_path, HOME="/proc/none", XDG_CACHE_HOME="/proc/none", XDG_CONFIG_HOME="/proc/none")
    assert finished.returncode == 0, finished.stderr
    assert "Traceback" not in finished.stderr
    assert (tmp_path / "out.png").stat().st_size > 1000


def test_compiled_code_needs_no_place() -> None:
    """A package that cannot be written to and no home: all that is compiled can at least be imported."""
    if not can_mount():
        pytest.skip("a file system of its own cannot be mounted here")
    package = Path(__file__).resolve().parents[2] / "cmo_kit"
    modules = [
        ".".join(path.relative_to(package.parent).with_suffix("").parts)
        for path in package.rglob("*.py")
        if "stored" in (text := path.read_text(encoding="utf-8")) and "fast.compiled import" in text
    ]
    assert "cmo_kit.bounds.patterns" in modules
    mounted = f"mount --bind {package} {package} && mount -o remount,ro,bind {package}"
    program = (
        f"{mounted} && HOME=/proc/none XDG_CACHE_HOME=/proc/none {sys.executable} -c 'import {', '.join(modules)}'"
    )
    finished = subprocess.run([*NAMESPACE, "sh", "-c", program], cwd=package.parent, capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_no_folder_for_temporary_files() -> None:
    """CBC's model has nowhere to go: a sentence that says so."""
    if not can_mount():
        pytest.skip("a file system of its own cannot be mounted here")
    if any(Path(sys.prefix).is_relative_to(folder) for folder in ("/tmp", "/var/tmp")):
        pytest.skip("the kit itself lies among temporary files, which this test hides")
    mounts = "mount -t tmpfs -o ro tmpfs /tmp && mount -t tmpfs -o ro tmpfs /var/tmp"
    program = f"{mounts} && cd /proc && TMPDIR=/proc {COMMAND} solve fig3 --method milp"
    finished = subprocess.run([*NAMESPACE, "sh", "-c", program], capture_output=True, text=True)
    assert finished.returncode == 2, finished.stderr
    assert finished.stderr.count("\n") == 1
    assert "TMPDIR" in finished.stderr
