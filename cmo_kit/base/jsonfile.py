"""Strict JSON in, whole JSON out: what every file format of the kit shares."""

import codecs
import json
import math
import os
import select
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.signals import signals_wait
from cmo_kit.base.values import MAXIMUM_SHOWN, shown

MAXIMUM_BYTES = 32 * 1024 * 1024
#: The kit's own files have six levels of lists and objects; what is deeper ends the recursion of those who write it.
MAXIMUM_DEPTH = 100
LINE_LENGTH = 120
#: Seconds in which somebody must open a pipe to write into it; whoever has opened it may take any time.
PATIENCE = 10.0
TOO_DEEP = f"lists or objects are nested too deeply; at most {MAXIMUM_DEPTH} levels are read"


#: How a file begins that says its encoding; the longer marks first, for one begins with another.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe too without waiting for somebody who opens its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_bytes(path: str | os.PathLike[str], maximum: int = MAXIMUM_BYTES) -> bytes:
    """All of a file, or of a pipe, that has at most ``maximum`` bytes.

    Raises
    ------
    InputError
        When the file cannot be read or is larger, and for a pipe that nobody opens to write.
    """
    if not isinstance(path, str | os.PathLike):  # a number would be a file that is open already
        raise InputError(f"the path is {shown(path)}; it must be a text")
    try:
        with open(path, "rb", opener=_at_once) as file:
            found, begun = os.fstat(file.fileno()), b""
            if found.st_size > maximum:
                raise InputError(f"{path}: the file has {found.st_size} bytes; at most {maximum} are read")
            if stat.S_ISFIFO(found.st_mode) and not select.select([file], [], [], PATIENCE)[0]:
                begun = file.read(1)  # None if somebody has opened it
                if begun == b"":
                    raise InputError(f"{path}: it is a pipe that nobody writes to")
            if hasattr(os, "O_NONBLOCK"):
                os.set_blocking(file.fileno(), True)
            # a pipe or a device has no size
            raw = file.read() if found.st_size else (begun or b"") + file.read(maximum + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: the file cannot be read ({reason})") from None
    if len(raw) > maximum:
        raise InputError(f"{path}: the file has over {maximum} bytes; no more are read")
    return raw


def read_text(path: str | os.PathLike[str], maximum: int = MAXIMUM_BYTES) -> str:
    """The text of a file in UTF-8, or in what the mark at its front says, without the mark.

    Errors as :func:`read_bytes`, and an :class:`InputError` for another encoding.
    """
    raw = read_bytes(path, maximum)
    encoding = next((name for mark, name in MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not {encoding.upper().removesuffix('-SIG')}") from None


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read a JSON file, refusing duplicate keys, NaN, infinities, deep nesting and files over 32 MB.

    Raises
    ------
    InputError
        When the file cannot be read or breaks one of these rules.
    """
    text = read_text(path)
    with about(path):
        return parse_json(text)


def parse_json(text: str) -> Any:
    """Parse JSON text under the same rules as :func:`read_json`."""
    try:
        document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse, parse_float=_finite)
        check_depth(document)
        return document
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise InputError(TOO_DEEP) from None
    except InputError:
        raise
    except ValueError as error:  # an integer with thousands of digits
        raise InputError(f"not JSON that the kit reads: {str(error).split(';')[0]}") from None


def check_depth(document: object) -> None:
    """Refuse lists and objects that lie more than :data:`MAXIMUM_DEPTH` levels deep in one another."""
    inside: list[Iterator[Any]] = [iter([document])]  # where the walk is, in every list and object around it
    while inside:
        for value in inside[-1]:
            if isinstance(value, dict | list):
                inside.append(iter(value.values() if isinstance(value, dict) else value))
                break
        else:
            inside.pop()
        if len(inside) > MAXIMUM_DEPTH + 1:
            raise InputError(TOO_DEEP)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key {shown(key)} stands twice in one object; every key may stand once")
        found[key] = value
    return found


def _refuse(constant: str) -> Any:
    raise InputError(f"{constant} is not a number that JSON allows; numbers must be finite")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise InputError(f"the number {text[:MAXIMUM_SHOWN]} is too large; numbers must be finite")
    return value


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` in UTF-8, as :func:`write_bytes` does."""
    try:
        content = text.encode("utf-8")
    except ValueError as error:  # halves of surrogate pairs
        raise InputError(f"{path}: the file cannot be written ({error})") from None
    write_bytes(path, content)


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write ``content`` under a temporary name beside ``path``, then rename: whole or absent, never half.

    Raises
    ------
    InputError
        When the file cannot be written; what stood there before is kept.
    """
    try:
        target = Path(os.path.realpath(path))  # a link keeps pointing to what is written
        if target.exists() and not target.is_file():
            raise OSError("it is a folder or a device")
        with signals_wait():  # a signal waits for the end
            temporary = target.with_name(f".{target.name[:30]}.{os.urandom(8).hex()}.tmp")
            try:
                with open(temporary, "xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: the file cannot be written ({reason})") from None


def write_json(path: str | os.PathLike[str], value: object) -> None:
    """Write ``value`` as readable JSON, whole or not at all."""
    write_text(path, _laid_out(value) + "\n")


def _laid_out(value: object, indent: str = "") -> str:
    """JSON text in which whatever fits on a line stands on one."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(indent) + len(text) <= LINE_LENGTH or not isinstance(value, dict | list | tuple):
        return text
    inner = indent + " "
    if isinstance(value, dict):
        entries = [
            f"{json.dumps(str(key), ensure_ascii=False)}: {_laid_out(entry, inner)}" for key, entry in value.items()
        ]
        return "{\n" + ",\n".join(inner + entry for entry in entries) + f"\n{indent}}}"
    entries = [_laid_out(entry, inner) for entry in value]
    return "[\n" + ",\n".join(inner + entry for entry in entries) + f"\n{indent}]"
