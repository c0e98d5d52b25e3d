"""Hold what methods claim against exact optima: ``python -m tools.claims COUNT [SEED] [METHOD ...]``.

Random tiny problems as people type them: decimals of few or many places, at scales from a millionth to a thousand
million, with "forbidden" changes. Every schedule is enumerated in exact fractions. A claim is false where a schedule is
called optimal that is not, or a lower bound exceeds the optimum. Behind ``make claims``; the tests check fewer.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from benchmarks.runner import run_program
from cmo_kit.base.errors import InputError
from cmo_kit.base.progress import ProgressLine
from cmo_kit.bounds import lower_bound
from cmo_kit.core.instance import Instance, Order
from cmo_kit.methods.registry import solve
from tests.helpers.enumeration import exact_numbers, least_tardiness

#: What the times are multiples of; the last has more decimals than a double holds.
STEPS = {
    "whole": Fraction(1),
    "halves": Fraction(1, 2),
    "quarters": Fraction(1, 4),
    "tenths": Fraction(1, 10),
    "twelve decimals": Fraction(1_000_000_000_001, 10**12),
    "thirds": Fraction(1, 3),
}
SCALES = range(-6, 10)


class Claim(NamedTuple):
    """What a method says: None where it says nothing."""

    status: str
    total: float | None
    lower_bound: float
    one_run_lower_bound: float | None


Method = Callable[[Instance], Claim]


def solved_by(method: str, **parameters: Any) -> Method:
    """The claim of :func:`cmo_kit.solve` with these parameters."""

    def run(instance: Instance) -> Claim:
        result = solve(instance, method, seconds=10, **parameters)
        return Claim(result.status, result.total_tardiness, result.lower_bound, result.one_run_lower_bound)

    return run


def milp_with_big_v(instance: Instance) -> Claim:
    """[P] with a ``V`` that is a hundred times as large as need be, and no claim where it is refused."""
    try:
        return solved_by("milp", big_v=100 * instance.horizon + 1)(instance)
    except InputError:
        return Claim("refused", None, 0.0, None)


def bounded(instance: Instance) -> Claim:
    """Both bounds without any schedule."""
    found = lower_bound(instance, seconds=0.2)
    return Claim("no_solution", None, found.lower_bound, found.one_run_lower_bound)


METHODS: dict[str, Method] = {
    "milp": solved_by("milp"),
    "milp, big_v": milp_with_big_v,
    "run_milp": solved_by("run_milp"),
    "run_milp, no hint": solved_by("run_milp", hint="none"),
    "run_milp, big-M": solved_by("run_milp", timing="big-M", hint="none"),
    "run_milp, HiGHS": solved_by("run_milp", solver="highs", hint="none"),
    "cpsat": solved_by("cpsat", hint="none"),
    "lower_bound": bounded,
}
#: The package that a method needs beside those of the kit.
NEEDS = {"run_milp, HiGHS": "highspy", "cpsat": "ortools"}


def installed(names: Collection[str] = tuple(METHODS)) -> list[str]:
    """Those of the methods whose packages are here."""
    return [name for name in names if name not in NEEDS or find_spec(NEEDS[name])]


def random_problem(
    rng: np.random.Generator,
    scales: Collection[int] = SCALES,
    steps: Collection[str] = tuple(STEPS),
    forbid: bool = True,
) -> tuple[Instance, list[str]]:
    """Two or three orders on one or two Sites, with its traits."""
    I, L = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    Q = [1] * I
    for _ in range(int(rng.integers(0, 5 - I))):
        Q[int(rng.integers(I))] += 1
    step, exponent = str(rng.choice(list(steps))), int(rng.choice(list(scales)))
    unit = STEPS[step] * (Fraction(10) ** exponent)
    counts = rng.integers(0, 8, (I, I)).tolist()
    if rng.random() < 0.6:  # so that one run is enough, but for what is forbidden
        counts = [[0 if i == j else 4 + count // 2 for j, count in enumerate(row)] for i, row in enumerate(counts)]
    traits = [step, f"1e{exponent}"]
    forbidden = int(rng.integers(1, 10)) if forbid and rng.random() < 0.4 else 0
    if forbidden:
        i, j = rng.integers(I, size=2).tolist()
        counts[i][j] = 10**forbidden
        traits.append("forbidden")

    def times(row: list[int]) -> tuple[float, ...]:
        return tuple(float(count * unit) for count in row)

    due = times(rng.integers(1, 16, I).tolist())
    weights = rng.integers(1, 4, I).tolist() if rng.random() < 0.3 else [1] * I
    orders = tuple(
        Order(str(i), Q[i], due[i], times(rng.integers(0, 5, 3).tolist()), weights[i] / (2 if exponent % 2 else 1))
        for i in range(I)
    )
    opening = times(rng.integers(0, 6, I).tolist()) if rng.random() < 0.2 else None
    return Instance("claims", L, orders, tuple(map(times, counts)), initial_setup_times=opening), traits


def problems(count: int, seed: int, **kinds: Any) -> Iterator[tuple[Instance, list[str]]]:
    """So many random problems that the kit takes; ``kinds`` go to :func:`random_problem`."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        while True:
            try:
                yield random_problem(rng, **kinds)
            except InputError:  # too large to be an instance
                continue
            break


def falsehoods(instance: Instance, claim: Claim, best: Fraction, best_one: Fraction) -> list[str]:
    """What is false of a claim, as one sentence each."""
    found = []
    if claim.status == "optimal":
        # where times are rounded only a tardiness of 0 is optimal, and a real one may be as small as the rounding
        nothing = claim.total == 0 and best * instance.per_unit <= instance.rounding
        if not nothing and claim.total != float(best):
            found.append(f"{claim.total!r} is called optimal; the optimum is {float(best)!r}")
    for name, bound, true in (("lower_bound", claim.lower_bound, best),
                              ("one_run_lower_bound", claim.one_run_lower_bound, best_one)):  # fmt: skip
        if bound is not None and bound > float(true):
            found.append(f"{name} is {bound!r}; the optimum is {float(true)!r}")
    return found


def check_many(count: int, seed: int, methods: Collection[str], say: Callable[[str], None] = lambda text: None,
               **kinds: Any) -> tuple[Counter[str], list[str]]:  # fmt: skip
    """Counts of problems, of what each method proved, and every false claim as a sentence.

    ``kinds`` go to :func:`random_problem`.
    """
    counts: Counter[str] = Counter()
    false: list[str] = []
    for number, (instance, traits) in enumerate(problems(count, seed, **kinds)):
        say(f"claims: {number} of {count} problems")
        given = exact_numbers(instance)
        best, best_one = least_tardiness(given), least_tardiness(given, merge=True)
        counts.update(traits)
        counts["positive optimum"] += best > 0
        for name in methods:
            claim = METHODS[name](instance)
            counts[f"optimal by {name}"] += claim.status == "optimal" and best > 0
            counts[f"bounded by {name}"] += max(claim.lower_bound, claim.one_run_lower_bound or 0) > 0
            false += [
                f"problem {number} of seed {seed}, {name}: {text}: {instance.to_dict()}"
                for text in falsehoods(instance, claim, best, best_one)
            ]
    return counts, false


def main() -> int:
    """Check as many problems as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tools.claims", description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("methods", nargs="*", choices=[[], *METHODS], help="all that are installed by default")
    given = parser.parse_args()
    methods = installed(given.methods or tuple(METHODS))
    with ProgressLine("claims") as line:
        counts, false = check_many(given.count, given.seed, methods, line.say)
    print("\n".join(f"{name:32}{number:8,}" for name, number in sorted(counts.items())))
    print("\n".join(false) or f"{given.count} problems, seed {given.seed}, {', '.join(methods)}: every claim is true")
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(run_program("claims", main))
