"""What a proof leaves behind: two bounds, and the certificate from which they can be recomputed.

:mod:`cmo_kit.bounds.verify` states the certificate's format and what each of its parts proves.
"""

import json
import math
import os
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from cmo_kit.base.errors import InputError, need
from cmo_kit.base.jsonfile import MAXIMUM_BYTES, parse_json, read_bytes
from cmo_kit.bounds.grid import Grid, Integers
from cmo_kit.bounds.relaxation import Prices, Relaxation
from cmo_kit.core.schedule import Schedule

if TYPE_CHECKING:
    from cmo_kit.bounds.branch import Tree

FORMAT = "cmo-bound/1"
#: How a file begins that is packed.
GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
#: Bytes that unpacking xz may take: a file says itself how many it needs.
UNPACKING_BYTES = 100_000_000
NO_LZMA = "files packed with xz need Python's module lzma, without which this Python was built"


@dataclass(frozen=True)
class Bound:
    """A proven lower bound on total tardiness, equation (1), in time units.

    Parameters
    ----------
    lower_bound : float
        Holds for every schedule that [P] allows, split runs included.
    one_run_lower_bound : float
        Holds for schedules with one run per order and Site; never less than ``lower_bound``.
    seconds : float
        Wall-clock time that finding it took.
    how : str
        One sentence on how it was found.
    certificate : dict
        Plain data from which :func:`cmo_kit.bounds.verify` recomputes both numbers; empty in reports
        of progress.
    stopped : bool
        Whether the user ended the proof early.
    schedule : Schedule, optional
        A schedule better than the one that the proof was told of, where it met one.

    Examples
    --------
    >>> from cmo_kit.bounds import lower_bound
    >>> bound = lower_bound(load_instance("fig3"))
    >>> bound.lower_bound, bound.one_run_lower_bound, bound.stopped
    (4.0, 4.0, False)
    """

    lower_bound: float
    one_run_lower_bound: float
    seconds: float
    how: str
    certificate: dict[str, Any] = field(default_factory=dict, repr=False)
    stopped: bool = False
    schedule: Schedule | None = None


def read_certificate(path: str | os.PathLike[str]) -> Any:
    """A certificate as it was stored, plain or packed with gzip or xz.

    Raises :class:`InputError` when the file cannot be read, is no JSON or is over 32 MB, unpacked.
    """
    raw = read_bytes(path)
    try:
        if raw.startswith(GZIP):
            raw = _unpacked(zlib.decompressobj(wbits=31), raw, zlib.error)
        elif raw.startswith(XZ):
            lzma = need("lzma", NO_LZMA)
            raw = _unpacked(lzma.LZMADecompressor(lzma.FORMAT_XZ, UNPACKING_BYTES), raw, lzma.LZMAError)
        return parse_json(raw.decode("utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: the certificate cannot be read ({error})") from None


def _unpacked(unpacker: Any, raw: bytes, failure: type[Exception]) -> bytes:
    """What ``raw`` holds packed; the unpacker makes no more of it than is looked at."""
    try:
        found: bytes = unpacker.decompress(raw, MAXIMUM_BYTES + 1)
    except failure as error:
        raise InputError(str(error)) from None
    if len(found) > MAXIMUM_BYTES:
        raise InputError(f"it has over {MAXIMUM_BYTES} bytes")
    if not unpacker.eof:
        raise InputError("it ends in the middle")
    return found


def packed(certificate: dict[str, Any]) -> bytes:
    """A certificate packed with xz, the same bytes every time."""
    lzma = need("lzma", NO_LZMA)
    found: bytes = lzma.compress(
        json.dumps(certificate, separators=(",", ":")).encode(), preset=9 | lzma.PRESET_EXTREME
    )
    return found


def machine_part(grid: Grid) -> dict[str, Any]:
    """The part of the single-machine bound."""
    return {"kind": "machine", "runs": "any", **_grid(grid)}


def prices_part(relaxation: Relaxation, curves: Prices) -> dict[str, Any]:
    """The part of one set of price curves."""
    return {"kind": "prices", **_priced(relaxation, [curves])}


def tree_part(relaxation: Relaxation, tree: "Tree") -> dict[str, Any]:
    """The part of a refutation by cases."""
    nodes, beat = [node.to_list() for node in tree.nodes], Fraction(tree.beat) + relaxation.always
    part = {"kind": "tree", "beat": _pair(beat), "nodes": nodes, "scales": [], **_priced(relaxation, tree.curves)}
    for number, rows in enumerate(part["curves"]):
        tolls = [pair for pairs in part["tolls"][number] for pair in pairs] if "tolls" in part else []
        scale = math.gcd(*(step for row in rows for step in row), *(step for _, step in tolls)) or 1
        part["scales"].append(scale)
        for row in rows:
            row[:] = [step // scale for step in row]
        for pair in tolls:
            pair[1] //= scale
    return part


def _priced(relaxation: Relaxation, sets: list[Prices]) -> dict[str, Any]:
    pricing = relaxation.pricing
    whole = [np.rint(curves * pricing.resolution).astype(np.int64) for curves in sets]
    tolls = [[_steps_down(row) for row in rows[-2:]] for rows in whole]
    return {
        "runs": "one" if relaxation.one_run else "any",
        **_grid(relaxation.grid),
        "classes": pricing.member.tolist(),
        "offsets": pricing.offset.tolist(),
        "resolution": int(pricing.resolution),
        "curves": [np.diff(rows[:-2], axis=1, prepend=0).tolist() for rows in whole],
        **({"tolls": tolls} if any(pairs for both in tolls for pairs in both) else {}),
    }


def _steps_down(row: Integers) -> list[list[int]]:
    """After which times the row's numbers change, and by how much they fall."""
    falls = row[:-1] - row[1:]
    return [[t, int(falls[t])] for t in np.flatnonzero(falls).tolist()]


def _grid(grid: Grid) -> dict[str, Any]:
    return {"unit": _pair(grid.unit), "factor": _pair(grid.factor), "slack": [0, 1]}


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
