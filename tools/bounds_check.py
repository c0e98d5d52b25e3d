"""Hold both lower bounds against the optima of random tiny problems: ``python -m tools.bounds_check COUNT SEED``.

Every schedule of a problem is enumerated. Behind ``make bounds-check``; the test run checks a few hundred problems.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from unittest.mock import patch

import numba
import numpy as np

from benchmarks.runner import run_program
from cmo_kit.base.errors import InputError
from cmo_kit.base.progress import ProgressLine
from cmo_kit.bounds import lower_bound, prover, verify
from cmo_kit.core.instance import Instance
from tests.helpers import strategies
from tests.helpers.enumeration import optimum
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


def scaled(value: float, factor: Decimal) -> float:
    """A time as the decimal that it is, times another one."""
    return float(Decimal(repr(value)) * factor)


def hard_problem(rng: np.random.Generator) -> tuple[Instance, list[str]]:
    """A random problem whose numbers are far apart, finely divided, all 0 or many; what is hard about it."""
    while True:
        instance, _ = random_problem(rng)
        document, traits = instance.to_dict(), list[str]()

        def hard(trait: str, share: float, noted: list[str] = traits) -> bool:
            noted.extend([trait] * (found := bool(rng.random() < share)))
            return found

        scales = (
            ["86400", "1e9"] if hard("large scale", 0.15) else ["1e-6", "1e-3", "0.1", "0.25", "0.5", "0.333333", "1"]
        )
        factor = Decimal(str(rng.choice(scales)))
        orders = document["orders"]
        tables = [document[name] for name in ("setup_times", "initial_setup_times") if name in document]
        tables += list(document.get("cleaning_times", {}).values()) + [order["processing_times"] for order in orders]
        for table in tables:
            for row in table if isinstance(table[0], list) else [table]:
                row[:] = [scaled(value, factor) for value in row]
        for order in orders:
            order["due_date"] = scaled(order["due_date"], factor)
            if hard("never due", 0.1):
                order["due_date"] = float(rng.choice([2**53 - 1, 10**12, 10**9]))
            if hard("overdue", 0.1):
                order["due_date"] = -float(rng.choice([1, 2.5, 1000, 10**9]))
            if hard("long tails", 0.1):
                order["processing_times"][2] = float(rng.choice([10**6, 10**9, 10**11]))
            if hard("weights", 0.1):
                order["weight"] = float(rng.choice([0.1, 1 / 3, 1000.0, 12345.678, 10**12]))
            if hard("twelve decimals", 0.1):
                order["processing_times"][0] += float(Decimal(int(rng.integers(10**12))) / 10**12)
        if "setup_times" in document and hard("forbidden", 0.3):
            row = document["setup_times"][int(rng.integers(len(orders)))]
            row[int(rng.integers(len(orders)))] = float(rng.choice([10.0**6, 10.0**9, 3100000000.5]))
        if "setup_times" in document and hard("no gaps", 0.1):
            document["setup_times"] = [[0] * len(orders)] * len(orders)
            for order in orders:
                order["processing_times"][0] = 0
        if hard("many Sites", 0.1):
            document["sites"] = int(rng.choice([1000, 10_000]))
        try:
            instance = Instance.from_dict(document)
        except InputError:  # beyond the limits of an instance
            continue
        if sums_are_exact(instance.whole) or instance.total_batches <= 4:  # others take Python's integers too long
            return instance, traits


def sums_are_exact(whole: Instance) -> bool:
    """Whether floats add up the total tardiness of any schedule of an instance in ticks without rounding."""
    most = float(whole.w.sum()) * (whole.horizon + float(np.abs(whole.D).max()))
    return most < 2**53 and bool((whole.w == np.rint(whole.w)).all())


def exact_optima(instance: Instance) -> tuple[float, float]:
    """Both optima by enumeration, as the numbers that a schedule with so much shows."""
    document = instance.whole.to_dict()
    document["sites"] = min(document["sites"], instance.total_batches)  # on no more Sites there is a batch
    whole = Instance.from_dict(document)
    both = optima(whole) if sums_are_exact(whole) else (optimum(whole).value, optimum(whole, merge=True).value)
    return both[0] / instance.per_unit, both[1] / instance.per_unit


def check_hard(count: int, seed: int, say: Callable[[str], None] = lambda text: None) -> Counter[str]:
    """Bound ``count`` hard problems: never above an optimum, and every certificate proves what it claims."""
    rng = np.random.default_rng([seed, 1])
    found: Counter[str] = Counter()
    for number in range(count):
        say(f"bounds: {number} of {count} hard problems hold")
        instance, traits = hard_problem(rng)
        best, best_one = exact_optima(instance)
        with patch.object(prover, "ASCENT_ROUNDS", 5 if number % 3 == 0 else prover.ASCENT_ROUNDS):
            bound = lower_bound(instance, 0.2 if number % 3 == 0 else None, best if number % 4 else None)
        case = (number, instance.to_dict(), bound, best, best_one)
        assert bound.lower_bound <= best, case
        assert bound.one_run_lower_bound <= best_one, case
        proved = verify(instance, json.loads(json.dumps(bound.certificate)))
        assert proved == (bound.lower_bound, bound.one_run_lower_bound), case
        found.update(set(traits))
        found["hard and positive"] += best > 0
        found["hard and tight"] += best > 0 and bound.lower_bound == best
    return found


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
        case, room = (number, instance.to_dict(), bound, best, best_one), 1e-9 * max(1.0, best_one)  # of the floats
        assert bound.lower_bound <= best + room, case
        assert bound.one_run_lower_bound <= best_one + room, case
        proved = verify(instance, bound.certificate)
        assert proved == (bound.lower_bound, bound.one_run_lower_bound), case
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
        found = check_many(count, seed, line.say) + check_hard(count, seed, line.say)
    print(", ".join(f"{trait} {number}" for trait, number in sorted(found.items())))
    print(
        f"{count} problems and {count} hard ones, seed {seed}: no bound exceeds an optimum, and every certificate holds"
    )


if __name__ == "__main__":
    sys.exit(run_program("bounds", main))
