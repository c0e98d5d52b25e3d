"""Hold both lower bounds against the optima of random tiny problems: ``python -m tools.bounds_check COUNT SEED``.

Every schedule of a problem is enumerated. Behind ``make bounds-check``; the test run checks a few hundred problems.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable
from unittest.mock import patch

import numba
import numpy as np

from benchmarks.runner import run_program
from cmo_kit.base.progress import ProgressLine
from cmo_kit.bounds import lower_bound, prover, verify
from cmo_kit.core.instance import Instance
from tests.helpers import strategies
from tests.helpers.strategies import draws_of, make_instance

KINDS = (*strategies.KINDS, "generator", "washing")
Floats = np.ndarray


@numba.njit(cache=True)
def enumerate_schedules(
    labels: Floats, g: Floats, tails: Floats, D: Floats, w: Floats, sigma: Floats
) -> tuple[float, float]:
    """The least total tardiness of all schedules, and of those with one run per order and Site.

    ``labels`` holds the order of every batch and I for every Site change, ascending; all its distinct
    permutations are visited in lexicographic order.
    """
    count, n = len(D), len(labels)
    best, best_one = np.inf, np.inf
    latest, seen = np.zeros(count), np.zeros(count, np.int64)
    while True:
        latest[:] = -1.0
        seen[:] = -1
        site, before, start, one = 0, -1, 0.0, True
        for position in range(n):
            i = labels[position]
            if i == count:
                site, before = site + 1, -1
                continue
            start = sigma[i] if before < 0 else start + g[before, i]
            if i != before and seen[i] == site:
                one = False
            seen[i], before = site, i
            latest[i] = max(latest[i], start + tails[i])
        total = 0.0
        for i in range(count):
            total += w[i] * max(0.0, latest[i] - D[i])
        best = min(best, total)
        if one:
            best_one = min(best_one, total)
        k = n - 2
        while k >= 0 and labels[k] >= labels[k + 1]:
            k -= 1
        if k < 0:
            return best, best_one
        m = n - 1
        while labels[m] <= labels[k]:
            m -= 1
        labels[k], labels[m] = labels[m], labels[k]
        labels[k + 1 :] = labels[k + 1 :][::-1].copy()


def optima(instance: Instance) -> tuple[float, float]:
    """Both optima by enumeration."""
    labels = np.repeat(np.arange(len(instance.Q) + 1), [*instance.Q, instance.sites - 1])
    best, best_one = enumerate_schedules(labels, instance.g, instance.tails, instance.D, instance.w, instance.sigma)
    return float(best), float(best_one)


def random_problem(rng: np.random.Generator) -> tuple[Instance, list[str]]:
    """A random instance of at most 6 batches, with the gaps of a random kind; the kind and its traits."""
    draw, kind, unit = draws_of(rng), str(rng.choice(KINDS)), int(rng.choice((1, 1, 1, 2, 3, 10)))
    I, L = draw(1, 5), draw(1, 3)
    days = 18 + 30 // L
    instance = make_instance(draw, kind, orders=I, batches=6, sites=L, unit=unit, due=(0, days), operations=(3, 3))
    traits = {
        kind: True,
        "condition fails": instance.one_run_failure is not None,
        "condition holds": instance.one_run_failure is None,
        "weights": instance.weighted,
        "initial setups": instance.initial_setup_times is not None,
        "one Site": L == 1,
        "one batch each": instance.total_batches == I,
        "fractions": not instance.integral,
    }
    return instance, [trait for trait, there in traits.items() if there]


def check_many(count: int, seed: int, say: Callable[[str], None] = lambda text: None) -> Counter[str]:
    """Bound ``count`` problems, compare with enumeration and verify; a count of traits and of tight bounds."""
    rng = np.random.default_rng(seed)
    found: Counter[str] = Counter()
    for number in range(count):
        say(f"bounds: {number} of {count} problems hold")
        instance, traits = random_problem(rng)
        best, best_one = optima(instance)
        # with hardly any ascent the prices stay poor, and cases must prove what good prices would
        with patch.object(prover, "ASCENT_ROUNDS", 5 if number % 6 == 0 else prover.ASCENT_ROUNDS):
            seconds = 0.5 if number % 3 == 0 else None
            bound = lower_bound(instance, seconds=seconds, upper_bound=best if number % 4 else None)
        case, room = (number, instance.to_dict(), bound, best, best_one), 1e-9 * max(1.0, best_one)
        assert bound.lower_bound <= best + room, case
        assert bound.one_run_lower_bound <= best_one + room, case
        proved = verify(instance, bound.certificate)
        for value, stated in zip(proved, (bound.lower_bound, bound.one_run_lower_bound), strict=True):
            assert math.isclose(value, stated, rel_tol=1e-12, abs_tol=1e-12), case
        found.update(traits)
        found["positive optimum"] += best > 0
        found["tight"] += best > 0 and bound.lower_bound >= best - 1e-6 * max(1.0, best)
        found["one-run tight"] += best_one > 0 and bound.one_run_lower_bound >= best_one - 1e-6 * max(1.0, best_one)
        found["split runs pay"] += best < best_one - 1e-9
        found["trees"] += any(part["kind"] == "tree" for part in bound.certificate["parts"])
    return found


def main() -> None:
    """Check as many problems as the command line says, with its seed."""
    count, seed = (int(text) for text in sys.argv[1:])
    with ProgressLine("bounds") as line:
        found = check_many(count, seed, line.say)
    print(", ".join(f"{trait} {number}" for trait, number in sorted(found.items())))
    print(f"{count} problems, seed {seed}: no bound exceeds an optimum, and every certificate holds")


if __name__ == "__main__":
    sys.exit(run_program("bounds", main))
