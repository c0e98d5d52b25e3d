"""Damage: bytes of any file, values of JSON files, and words of command lines, changed at random."""

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

NUMBERS: tuple[Any, ...] = (
    0, -1, -0.0, 1, 0.1, 1e-320, 1e308, -1e308, 1e15 + 0.3, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**9, 10**400,
    10**4299, float("nan"), float("inf"), float("-inf"), True, False,
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    "", " ", "x", "1", "-1", "nan", "1e308", "é", "\u0663", "\U0001f9ea", "\ud800", "\x00", "a\nb", "a\u2028b",
    "\x1b[31m", "../../x", "/etc/passwd", "=1+1", "@x", "small-1", "fig3", "*", "[", "y" * 300, "z" * 100_000,
    "9" * 5000,
)  # fmt: skip


def nasty(rng: random.Random) -> Any:
    """A value that hardly any field allows."""
    deep, deeper = (json.loads("[" * depth + "]" * depth) for depth in (51, 301))
    others: tuple[Any, ...]
    others = (None, [], {}, [[]], [0], {"a": 1}, [None] * 3, deep, deeper, {"order": "1", "batches": 1})
    return rng.choice(rng.choice((NUMBERS, TEXTS, others)))


# Trees: documents as JSON has them.


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every (list or object, index or key) of a document."""
    found, waiting = [], [document]
    while waiting:
        value = waiting.pop()
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, entry in entries:
            found.append((value, key))
            waiting.append(entry)
    return found


def change_tree(document: Any, rng: random.Random) -> Any:
    """One change of a document: a value replaced, removed, renamed, repeated, exchanged or put into a list."""
    found = places(document)
    if not found or rng.random() < 0.02:
        return nasty(rng)
    holder, key = rng.choice(found)
    value = holder[key]
    kinds = ("replace", "replace", "shift", "shift", "shift", "remove", "rename", "repeat", "exchange", "wrap")
    kind = rng.choice(kinds)
    if kind == "replace":
        holder[key] = nasty(rng)
    elif kind == "shift" and isinstance(value, int | float):
        holder[key] = value + rng.choice((-1, 1, 0.5, 1e6, 2**40)) if rng.random() < 0.7 else value * -1
    elif kind == "remove":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict):
        holder[rng.choice((*TEXTS[:20], *holder))] = holder.pop(key)
    elif kind == "repeat" and isinstance(value, list):
        holder[key] = value * rng.choice((2, 3, 50))
    elif kind == "exchange":
        other, place = rng.choice(found)
        holder[key] = copy.deepcopy(other[place])
    else:
        holder[key] = [value]
    return document


# Bytes: files of any kind.

#: What a repeated line may come to.
LARGEST = 1 << 22


def flip(data: bytes, rng: random.Random) -> bytes:
    """A few bits."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    """A piece taken out, or everything from some place on."""
    first = rng.randrange(len(data) + 1)
    return data[:first] + (b"" if rng.random() < 0.5 else data[first + rng.randrange(1, 40) :])


def put(data: bytes, rng: random.Random) -> bytes:
    """Something put in: marks, controls, brackets, a deep nest, a long text."""
    piece = rng.choice((
        b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xfe\xff", b"\r\n", b"\r", b"\t", b'"', b"'", b",", b";",
        b"[", b"{", b"}", b"]", b"\\", b"=", b"#", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 100_000,
        b'{"a":' * 100_000, b"a." * 20_000, b'"' + b"x" * 300_000 + b'"', b"\xe9", b" " * 100_000, b"\n" * 50_000,
    ))  # fmt: skip
    place = rng.randrange(len(data) + 1)
    return data[:place] + piece + data[place:]


def repeat(data: bytes, rng: random.Random) -> bytes:
    """Lines or a piece many times over."""
    if rng.random() < 0.5:
        lines = data.splitlines(keepends=True) or [b""]
        k = rng.randrange(len(lines))
        lines[k] *= min(rng.choice((2, 3, 100, 3000)), 2 + LARGEST // (1 + len(lines[k])))
        return b"".join(lines)
    first = rng.randrange(len(data) + 1)
    last = min(len(data), first + rng.randrange(1, 60))
    return data[:last] + data[first:last] * rng.choice((1, 2, 1000)) + data[last:]


def recode(data: bytes, rng: random.Random) -> bytes:
    """Another encoding or other ends of lines."""
    text = data.decode("utf-8", errors="replace")
    return rng.choice((
        lambda: text.encode("utf-16"), lambda: text.encode("utf-16-be"), lambda: text.encode("utf-32"),
        lambda: b"\xef\xbb\xbf" + data, lambda: text.replace("a", "é").encode("latin-1", errors="replace"),
        lambda: text.replace("\n", "\r\n").encode(), lambda: text.replace("\n", "\r").encode(), lambda: b"",
        lambda: data + data,
    ))()  # fmt: skip


def retoken(data: bytes, rng: random.Random) -> bytes:
    """A number or a quoted text replaced by another value, as text."""
    found = list(re.finditer(rb'"[^"\n]*"|-?[0-9]+(\.[0-9]+)?', data))
    if not found:
        return data
    place = rng.choice(found)
    other = rng.choice(found).group() if rng.random() < 0.2 else json.dumps(nasty(rng)).encode()
    return data[: place.start()] + other + data[place.end() :]


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flip, cut, put, repeat, recode, retoken, retoken, retoken)


def damaged(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """``data`` after one to three changes of either kind; ``others`` are files to splice with."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if rng.random() < 0.6:
            try:
                data = json.dumps(change_tree(json.loads(data), rng)).encode()
                continue
            except (ValueError, RecursionError):  # no JSON, or none any more
                pass
        if rng.random() < 0.05:
            other = rng.choice(others)
            data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
        else:
            data = rng.choice(BYTES)(data, rng)
    return data


# Words: command lines as JSON lists.

WORDS = (
    "", " ", "-", "--", "-1", "0", "1", "1.5", "1e400", "nan", "inf", "-inf", "9" * 5000, "1_0", "\u0663", "x" * 300,
    "x" * 5000, "x/" * 3000, "\udcff", "\udcff.json", "a\nb", "a\tb", ".", "..", "../x", "/dev/null", "/dev/zero",
    "/dev/full", "plan.toml", "keys.json", "folder", "no/such", "fig3", "=", "a=b", "orders=0", "orders=1e9",
    "sites=10000000000", "name=\u0000", "name=../x", "w=[[[[", "w=" + "[" * 3000, "change=[[1,2]]", "2027-02-30",
    "batches=[1,1000000000]", "0000-00-00", "9999-12-31", "--help", "--set", "--out", "--method", "--json", "small",
    "solve", "expert", "*", "$(x)", "%s%n", "{}", "\u202e", "\U0001f9ea",
)  # fmt: skip


def damaged_line(data: bytes, rng: random.Random) -> bytes:
    """A word or two exchanged, removed, repeated or put in."""
    words = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        place = rng.randrange(1, len(words) + 1)
        kind = rng.choice(("change", "change", "change", "remove", "put", "join"))
        if kind == "put":
            words.insert(place, rng.choice(WORDS))
        elif place < len(words) and kind == "change":
            words[place] = rng.choice(WORDS)
        elif place < len(words) and kind == "remove":
            del words[place]
        elif place < len(words):
            words[place] += rng.choice(WORDS)
    if words[0] == "run" and "--dry-run" not in words:
        words.append("--dry-run")  # what a study runs would take its time
    return json.dumps(words).encode()
