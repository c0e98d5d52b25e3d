"""Files that are no files, too large, too deep: refused in one line, at once, by every reader."""

import contextlib
import gzip
import json
import lzma
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.best_known import read_certificate
from cmo_kit import InputError, Instance, Result, Schedule, load_instance
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.jsonfile import MAXIMUM_DEPTH, parse_json, read_json
from cmo_kit.planning import read_orders
from cmo_kit.study.execute.record import file_digest
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.results.gaps import read_best_known
from tests.helpers.refused import refused

READERS: dict[str, Callable[[Path], Any]] = {
    "instance": Instance.load,
    "by path": load_instance,
    "schedule": lambda path: Schedule.load(path, load_instance("fig3")),
    "result": Result.load,
    "keys": read_json,
    "plan": load_plan,
    "orders": lambda path: read_orders(path, 3, "2027-01-04"),
    "certificate": read_certificate,
    "table": read_csv,
    "best known": lambda path: read_best_known(path.parent),
}
EVERY = pytest.mark.parametrize("reader", READERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to stand; the name is the one that the table of best values must have."""
    return tmp_path / "best_known.csv"


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail instead of waiting for ever."""

    def late(signum: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def refusal(reader: str, path: Path) -> str:
    with within(20), pytest.raises(InputError) as caught:
        READERS[reader](path)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(str(path))
    assert len(line) < len(str(path)) + 300
    return line


@EVERY
def test_a_file_of_a_gigabyte_is_refused_by_its_size(reader: str, path: Path) -> None:
    """The file has no content at all, only a size: reading it would fill the memory with zeros."""
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    assert "the file has 1073741824 bytes; at most" in refusal(reader, path)
    assert file_digest(path) == ""


@EVERY
def test_a_folder_is_no_file(reader: str, path: Path) -> None:
    path.mkdir()
    assert "(Is a directory)" in refusal(reader, path)


@EVERY
def test_a_device_that_never_ends_is_read_to_the_limit(reader: str, path: Path) -> None:
    """/dev/zero behind a link has no size, and no end."""
    path.symlink_to("/dev/zero")
    assert "bytes; no more are read" in refusal(reader, path)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"orders":[', "[[[[{}, "])
def test_a_hundred_thousand_levels_are_too_deep(opening: str, path: Path) -> None:
    path.write_text(opening * 100_000, encoding="utf-8")
    assert "nested too deeply; at most 100 levels are read" in refusal("keys", path)
    path.write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    assert "nested too deeply" in refusal("instance", path)


def test_the_depth_is_limited_where_the_parser_would_go_on() -> None:
    for left, right in (("[", "]"), ('{"a":', "}")):
        parse_json(left * MAXIMUM_DEPTH + "1" + right * MAXIMUM_DEPTH)
        with pytest.raises(InputError, match="nested too deeply"):
            parse_json(left * (MAXIMUM_DEPTH + 1) + "1" + right * (MAXIMUM_DEPTH + 1))


def test_dotted_keys_may_not_be_deep_either(path: Path) -> None:
    path.write_text("name." + "a." * 150 + "a = 1", encoding="utf-8")
    assert "nested too deeply" in refusal("plan", path)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_certificate_does_not_blow_up(path: Path, pack: Callable[[bytes], bytes]) -> None:
    path.write_bytes(pack(b" " * 34_000_000))
    assert path.stat().st_size < 200_000
    assert "it has over 33554432 bytes" in refusal("certificate", path)
    whole = pack(json.dumps({"a": 1}).encode())
    for damaged in (whole[:-10] + b"\xff" * 10, whole[:-4], whole[:7]):
        path.write_bytes(damaged)
        assert "the certificate cannot be read" in refusal("certificate", path)


def test_a_certificate_that_asks_for_much_memory_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(lzma.compress(b"{}"))
    assert READERS["certificate"](path) == {}
    monkeypatch.setattr("cmo_kit.bounds.certificate.UNPACKING_BYTES", 1_000_000)
    assert "the certificate cannot be read" in refusal("certificate", path)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a/" * 3000, "\x00", "\udcff"])
def test_names_that_no_file_can_have_are_refused(name: str) -> None:
    with refused():
        load_instance(name)
