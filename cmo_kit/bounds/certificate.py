"""Certificates: everything that is needed to recompute a bound, as plain data for JSON.

``{"format": "cmo-bound/1", "instance", "digest", "lower_bound", "one_run_lower_bound", "parts"}``; each part
proves one number for schedules with any runs, or with one run per order and Site:

- ``{"kind": "machine", "runs": "any"}``: the single-machine bound, recomputed from the instance alone;
- ``{"kind": "prices", ...}``: price curves, the bound of :mod:`cmo_kit.bounds.prices`;
- ``{"kind": "tree", "beat", "nodes", ...}``: a refutation as in :mod:`cmo_kit.bounds.branch`.

The last two hold ``runs``, the ``classes`` and ``offsets`` of orders, ``resolution`` (parts of a
grid unit) and ``curves``: a list of sets, each with one list per class of the increments of its curve, in
parts. All parts state the grid, ``unit``, ``factor`` and ``slack``, as numerator and denominator.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from cmo_kit.bounds.branch import Tree
from cmo_kit.bounds.grid import Grid
from cmo_kit.bounds.prices import Prices, Relaxation

FORMAT = "cmo-bound/1"


def grid_part(grid: Grid) -> dict[str, Any]:
    """How the instance was put on a grid."""
    return {name: _pair(getattr(grid, name)) for name in ("unit", "factor", "slack")}


def machine_part(grid: Grid) -> dict[str, Any]:
    """The certificate of the single-machine bound."""
    return {"kind": "machine", "runs": "any", **grid_part(grid)}


def prices_part(relaxation: Relaxation, curves: Prices) -> dict[str, Any]:
    """The certificate of one set of price curves."""
    return {"kind": "prices", **_shared(relaxation, [curves])}


def tree_part(relaxation: Relaxation, tree: Tree) -> dict[str, Any]:
    """The certificate of a refutation."""
    nodes = [node.to_list() for node in tree.nodes]
    return {"kind": "tree", "beat": _pair(Fraction(tree.beat)), "nodes": nodes, **_shared(relaxation, tree.curves)}


def _shared(relaxation: Relaxation, curves: list[Prices]) -> dict[str, Any]:
    pricing = relaxation.pricing
    return {
        "runs": "one" if relaxation.one_run else "any",
        **grid_part(relaxation.grid),
        "classes": pricing.member.tolist(),
        "offsets": pricing.offset.tolist(),
        "resolution": int(pricing.resolution),
        "curves": [_increments(one, pricing.resolution) for one in curves],
    }


def _increments(curves: Prices, resolution: float) -> list[list[int]]:
    parts = np.rint(curves * resolution).astype(np.int64)
    increments: list[list[int]] = np.diff(parts, axis=1, prepend=0).tolist()
    return increments


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]
