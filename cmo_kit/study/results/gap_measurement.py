"""Both sides of the gap on one instance, measured: ever better schedules, ever higher bounds, and when."""

import time
from pathlib import Path

from cmo_kit.base.errors import about
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import Bound, lower_bound
from cmo_kit.core.expert import dispatch
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import from_indices
from cmo_kit.library import load_instance
from cmo_kit.methods.registry import solve
from cmo_kit.views.gap import GapHistory, Point


def measure_gap(instance: Instance, search_seconds: float, bound_seconds: float, seed: int = 1) -> GapHistory:
    """Search, then prove; each history is in seconds of its own clock.

    The schedules begin with the planners' rule, whole orders by due date, whose time counts. ``search`` has one thread,
    and the proof is told the best schedule found, which steers it. A search that ends on a proven optimum has
    nothing to gain from its remaining seconds, but it does not know that. Seconds are of wall clock, and the seed is
    that of the search.
    """
    began = time.perf_counter()
    first = from_indices(instance, dispatch(instance, whole_orders=True)).total_tardiness
    upper: list[Point] = [(time.perf_counter() - began, first)]
    lower: list[Point] = []

    def better(best: float, evaluations: int, seconds: float) -> None:
        if best < upper[-1][1]:
            upper.append((upper[0][0] + seconds, best))

    def higher(bound: Bound) -> None:
        if not lower or bound.lower_bound > lower[-1][1]:
            lower.append((bound.seconds, bound.lower_bound))

    result = solve(instance, "search", seed, seconds=search_seconds, progress=better, workers=1)
    if result.status == "stopped":
        raise KeyboardInterrupt
    assert result.total_tardiness is not None
    better(result.total_tardiness, result.evaluations, result.seconds)
    lower_bound(load_instance("fig3"))  # loads the compiled parts, so that the clock of the proof does not count that
    bound = lower_bound(instance, bound_seconds, upper[-1][1], higher)
    if bound.stopped:
        raise KeyboardInterrupt
    higher(bound)
    return GapHistory(instance.name, instance.time_unit, tuple(upper), tuple(lower))


def gap_history(folder: Path, instance: str, seconds: float) -> tuple[GapHistory, str]:
    """The stored history of an instance, or, where another or none is stored, one measured now; and which it is."""
    path = folder / "gap.json"
    if path.exists():
        document = read_json(path)
        with about(path):
            stored = GapHistory.from_dict(document)
        if stored.instance == instance:
            return stored, "stored"
    return measure_gap(load_instance(instance), seconds, seconds), "measured now"
