"""Hold what methods and bounds claim against exact optima: ``python -m tools.claims COUNT [SEED] [METHOD ...]``.

Random tiny problems as people type them: decimals of few or many places, at scales from a millionth to a thousand
million, with "forbidden" changes. Every schedule is enumerated in exact fractions. A claim is false where a schedule is
called optimal that is not, where a lower bound exceeds the optimum, and where a certificate proves less than it claims
or more than is true. Behind ``make claims`` and ``make bounds-check``; the tests check fewer.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks import runner
from benchmarks.runner import run_program
from cmo_kit.base.errors import InputError
from cmo_kit.base.progress import ProgressLine
from cmo_kit.bounds import lower_bound, prover, trials, verify
from cmo_kit.bounds.branch import BEGUN, ENDED, PART
from cmo_kit.core.instance import Instance
from cmo_kit.methods.registry import solve
from tests.helpers import strategies
from tests.helpers.enumeration import exact_optima
from tests.helpers.strategies import draws_of, make_instance

#: An instance and its traits.
Problem = tuple[Instance, list[str]]
KINDS = (*strategies.KINDS, "generator", "washing")


class Claim(NamedTuple):
    """What a method says: None where it says nothing."""

    status: str
    total: float | None
    lower_bound: float
    one_run_lower_bound: float | None
    certificate: dict[str, Any] | None = None


#: Given a problem and its optimum, which a proof of a bound may be told.
Method = Callable[[Instance, float], Claim]


def solved_by(method: str, **parameters: Any) -> Method:
    """The claim of :func:`cmo_kit.solve` with these parameters."""

    def run(instance: Instance, best: float) -> Claim:
        result = solve(instance, method, seconds=10, **parameters)
        return Claim(result.status, result.total_tardiness, result.lower_bound, result.one_run_lower_bound)

    return run


def milp_with_big_v(instance: Instance, best: float) -> Claim:
    """[P] with a ``V`` that is a hundred times as large as need be, and no claim where it is refused."""
    try:
        return solved_by("milp", big_v=100 * instance.horizon + 1)(instance, best)
    except InputError:
        return Claim("refused", None, 0.0, None)


@contextmanager
def divided_by(rules: Collection[str]) -> Iterator[None]:
    """Programs divide cases by one of the rules where they can, and compare it with nothing; without rules as ever."""
    promise = (lambda self, way: way.node.rule in rules) if rules else trials.Trials.promise
    with patch.object(trials.Trials, "promise", promise), patch.object(trials, "TRIED", 1 if rules else trials.TRIED):
        yield


def bounded(
    seconds: float | None, told: bool, rounds: int = prover.ASCENT_ROUNDS, programs: Collection[str] | None = None
) -> Method:
    """Both bounds; with hardly any ``rounds`` prices stay poor, and cases must prove what good prices would.

    Cases are guided by ascents, or by the linear ``programs`` of HiGHS, which divide them by certain rules first.
    """

    def run(instance: Instance, best: float) -> Claim:
        fine = prover.Prover.fine if programs is not None else lambda self, regime: None
        changes: dict[str, Any] = {"ASCENT_ROUNDS": rounds, "MOST_LEFT": float("inf")}
        with patch.multiple(prover, **changes), patch.object(prover.Prover, "fine", fine), divided_by(programs or ()):
            bound = lower_bound(instance, seconds, best if told else None)
        return Claim("bounded", None, bound.lower_bound, bound.one_run_lower_bound, bound.certificate)

    return run


METHODS: dict[str, Method] = {
    "milp": solved_by("milp"),
    "milp, big_v": milp_with_big_v,
    "milp, from the Expert": solved_by("milp", start="expert"),
    "milp, HiGHS": solved_by("milp", solver="highs"),
    "run_milp": solved_by("run_milp"),
    "run_milp, no hint": solved_by("run_milp", hint="none"),
    "run_milp, big-M": solved_by("run_milp", timing="big-M", hint="none"),
    "run_milp, HiGHS": solved_by("run_milp", solver="highs", hint="none"),
    "cpsat": solved_by("cpsat", hint="none"),
    "bound": bounded(None, told=True),
    "bound_by_cases": bounded(0.2, told=False),
    "bound_with_poor_prices": bounded(0.5, told=True, rounds=5),
    "bound_by_programs": bounded(2, told=True, rounds=5, programs=()),
    "bound_by_parts": bounded(2, told=True, rounds=5, programs=(PART,)),
    "bound_by_orders_ended": bounded(2, told=True, rounds=5, programs=(ENDED,)),
    "bound_by_runs_begun": bounded(2, told=True, rounds=5, programs=(BEGUN,)),
    "bound_by_programs, not told": bounded(0.5, told=False, rounds=5, programs=()),
}
#: The package that a method needs beside those of the kit.
NEEDS = {"milp, HiGHS": "highspy", "run_milp, HiGHS": "highspy", "cpsat": "ortools"} | dict.fromkeys(
    (name for name in METHODS if name.startswith("bound_by_") and name != "bound_by_cases"), "highspy"
)


def installed(names: Collection[str] = tuple(METHODS)) -> list[str]:
    """Those of the methods whose packages are here."""
    return [name for name in names if runner.installed(NEEDS.get(name))]


def random_problem(rng: np.random.Generator, batches: int, hard: bool) -> Problem:
    """At most so many batches, with the gaps of a random kind, and its traits; or such a problem made hard."""
    draw, kind, unit = draws_of(rng), str(rng.choice(KINDS)), int(rng.choice((1, 1, 2, 3, 4, 10)))
    I, L = draw(1, batches - 1), draw(1, batches // 2)
    due = (0, 18 + 30 // L)
    instance = make_instance(draw, kind, orders=I, batches=batches, sites=L, unit=unit, due=due, operations=(3, 3))
    if hard:
        return made_hard(instance, rng, batches)
    traits = {
        kind: True,
        "condition fails": instance.one_run_failure is not None,
        "weights": instance.weighted,
        "initial setups": instance.initial_setup_times is not None,
        "one Site": L == 1,
        "one batch each": instance.total_batches == I,
        "fractions": not instance.integral,
    }
    return instance, [trait for trait, there in traits.items() if there]


def made_hard(instance: Instance, rng: np.random.Generator, batches: int) -> Problem:
    """The problem with numbers far apart, finely divided, all 0 or many; raises ``InputError`` beyond the limits."""
    document, traits = instance.to_dict(), list[str]()

    def hard(trait: str, share: float) -> bool:
        traits.extend([trait] * (found := bool(rng.random() < share)))
        return found

    scales = ["86400", "1e9"] if hard("large scale", 0.15) else ["1e-6", "1e-3", "0.1", "0.25", "0.5", "0.333333", "1"]
    factor = Decimal(str(rng.choice(scales)))
    orders = document["orders"]
    tables = [document[name] for name in ("setup_times", "initial_setup_times") if name in document]
    tables += list(document.get("cleaning_times", {}).values()) + [order["processing_times"] for order in orders]
    for table in tables:
        for row in table if isinstance(table[0], list) else [table]:
            row[:] = [float(Decimal(repr(value)) * factor) for value in row]
    for order in orders:
        order["due_date"] = float(Decimal(repr(order["due_date"])) * factor)
        if hard("never due", 0.1):
            order["due_date"] = float(rng.choice([2**53 - 1, 10**12, 10**9]))
        if hard("overdue", 0.1):
            order["due_date"] = -float(rng.choice([1, 2.5, 1000, 10**9]))
        if hard("long tails", 0.1):
            order["processing_times"][2] = float(rng.choice([10**6, 10**9, 10**11]))
        if hard("odd weights", 0.1):
            order["weight"] = float(rng.choice([0.1, 1 / 3, 1000.0, 12345.678, 10**12]))
        if hard("twelve decimals", 0.1):
            order["processing_times"][0] += float(Decimal(int(rng.integers(10**12))) / 10**12)
    if "setup_times" in document and hard("forbidden", 0.3):
        row = document["setup_times"][int(rng.integers(len(orders)))]
        row[int(rng.integers(len(orders)))] = float(rng.choice([100, 10.0**4, 10.0**6, 10.0**9, 3100000000.5]))
    if "setup_times" in document and hard("no gaps", 0.1):
        document["setup_times"] = [[0] * len(orders)] * len(orders)
        for order in orders:
            order["processing_times"][0] = 0
    if batches > 4 and hard("many Sites", 0.1):  # too many for a model
        document["sites"] = int(rng.choice([1000, 10_000]))
    return Instance.from_dict(document), traits


def problems(count: int, seed: int | list[int], batches: int = 4, hard: float = 0.5) -> Iterator[Problem]:
    """So many random problems that the kit takes, a share of them hard."""
    rng = np.random.default_rng(seed)
    while count:
        try:
            yield random_problem(rng, batches, rng.random() < hard)
        except InputError:  # too large to be an instance
            continue
        count -= 1


def falsehoods(instance: Instance, claim: Claim, best: Fraction, best_one: Fraction) -> list[str]:
    """What is false of a claim, as one sentence each."""
    found, bounds = [], (claim.lower_bound, claim.one_run_lower_bound)
    if claim.status == "optimal":
        # where times are rounded only a tardiness of 0 is optimal, and a real one may be as small as the rounding
        nothing = claim.total == 0 and best * instance.per_unit <= instance.rounding
        if not nothing and claim.total != float(best):
            found.append(f"{claim.total!r} is called optimal; the optimum is {float(best)!r}")
    for name, bound, true in zip(("lower_bound", "one_run_lower_bound"), bounds, (best, best_one), strict=True):
        if bound is not None and bound > float(true):
            found.append(f"{name} is {bound!r}; the optimum is {float(true)!r}")
    if claim.certificate is not None:
        try:
            proved = verify(instance, json.loads(json.dumps(claim.certificate)))  # at least what it claims, or an error
            if proved[0] > float(best) or proved[1] > float(best_one):
                found.append(f"the optima are {float(best)!r} and {float(best_one)!r}; a certificate proves {proved}")
        except InputError as error:
            found.append(f"the bounds are {bounds}; their certificate proves nothing: {error}")
    return found


def check_many(count: int, seed: int, methods: Collection[str], say: Callable[[str], None] = lambda text: None,
               **kinds: Any) -> tuple[Counter[str], list[str]]:  # fmt: skip
    """Counts of problems, of what each method proved, and every false claim as a sentence.

    ``kinds`` go to :func:`problems`.
    """
    counts: Counter[str] = Counter()
    false: list[str] = []
    for number, (instance, traits) in enumerate(problems(count, seed, **kinds)):
        say(f"claims: {number} of {count} problems")
        best, best_one = exact_optima(instance)
        counts.update(
            {*traits, *(["positive optimum"] if best else []), *(["split runs pay"] if best < best_one else [])}
        )
        for name in methods:
            claim = METHODS[name](instance, float(best))
            counts[f"optimal by {name}"] += claim.status == "optimal" and best > 0
            counts[f"bounded by {name}"] += max(claim.lower_bound, claim.one_run_lower_bound or 0) > 0
            counts[f"tight by {name}"] += claim.lower_bound == float(best) > 0
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
    parser.add_argument("--batches", type=int, default=4, help="the most of a problem (4)")
    given = parser.parse_args()
    methods = installed(given.methods or tuple(METHODS))
    with ProgressLine("claims") as line:
        counts, false = check_many(given.count, given.seed, methods, line.say, batches=given.batches)
    print("\n".join(f"{name:32}{number:8,}" for name, number in sorted(counts.items())))
    print("\n".join(false) or f"{given.count} problems, seed {given.seed}, {', '.join(methods)}: every claim is true")
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(run_program("claims", main))
