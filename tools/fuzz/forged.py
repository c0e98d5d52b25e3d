"""Forged certificates, made to prove the most of random tiny problems, whose optima are enumerated.

Genuine parts have numbers raised or exchanged such that they fit one another; others are made from nothing. None may
prove more than the optimum. Nothing is claimed, so that what is proved is on trial, not the claim.
"""

import copy
import json
import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits
from cmo_kit.bounds import verify
from cmo_kit.bounds.ascent import ascend, first_multipliers, price
from cmo_kit.bounds.branch import BEGUN, ENDED, PART, refute
from cmo_kit.bounds.certificate import prices_part, tree_part
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.relaxation import FINE_BITS, Domain, relax
from cmo_kit.bounds.residual import Search
from cmo_kit.bounds.shorten import shorten
from cmo_kit.bounds.verify import LARGEST, GridProblem
from cmo_kit.core.instance import Instance
from tests.helpers.enumeration import exact_optima
from tools.claims import divided_by, problems

Part = dict[str, Any]
#: What floats, 64-bit integers and a verifier's limits are about to hold, or not any more.
EDGES = (1, 2, 3, 1000, 2**31, 2**52, 2**53, 2**55, 2**56 - 1, 2**60, 2**61, 2**62 - 1, 2**62, 2**63 - 1, 2**64, 10**30)


class Victim(NamedTuple):
    """A problem, its optima, and genuine parts about it."""

    instance: Instance
    best: Fraction
    best_one: Fraction
    parts: list[Part]


def victim(seed: int, number: int) -> Victim:
    """A random problem that has parts with prices; every second one is hard."""
    for instance, _ in problems(1000, [seed, number], batches=6):
        best, best_one = exact_optima(instance)
        grid, parts = to_grid(instance, 200), list[Part]()
        for one_run in (False, True):
            if (relaxation := relax(grid, one_run)) is None:
                continue
            domain, start = Domain.all_of(relaxation), first_multipliers(relaxation)
            ascent = ascend(relaxation, start, domain, None, math.inf, Limits(), 30, 5)
            parts.append(prices_part(relaxation, price(relaxation.pricing, ascent.best, domain)[1].curves))
            beat = math.ceil((best_one if one_run else best) * instance.per_unit / grid.worth) - 1 - relaxation.always
            if (tree := refute(relaxation, ascent.best, float(beat), Limits(), 8)) is not None:
                parts.append(tree_part(relaxation, tree))
            fine = relax(grid, one_run, FINE_BITS)
            if fine is not None and find_spec("highspy"):
                search = Search(fine, ascent.best, float(beat))
                with divided_by(((), (PART,), (ENDED,), (BEGUN,))[number % 4]):
                    search.prove(Limits(2), lambda search: None)
                parts.append(tree_part(fine, shorten(fine, search.tree, search.proved, Limits(2))))
        if parts and len(json.dumps(parts)) < 100_000:
            break
    return Victim(instance, best, best_one, parts)


def pair(value: Fraction) -> list[int]:
    """A fraction as certificates hold it."""
    return [value.numerator, value.denominator]


def times(part: Part, name: str, factor: Fraction) -> None:
    """A number of the grid, times another one."""
    part[name] = pair(Fraction(*part[name]) * factor)


def some_factor(rng: random.Random) -> Fraction:
    """A little or a lot, up or down."""
    factor = Fraction(rng.choice((2, 3, 10, 1000, 10**6, 10**12, 10**18)), rng.choice((1, 1, 1, 7)))
    return factor if rng.random() < 0.5 else 1 / factor


def as_tree(part: Part, victim: Victim, rng: random.Random) -> None:
    """A goal far above the optimum, and a tree about it if there is none."""
    if part["kind"] != "tree":
        part |= {"kind": "tree", "nodes": [[[0] * rng.choice((1, 1, 2, 3))]]}
    part["beat"] = [rng.choice((*EDGES, int(victim.best) + 1, 2 * int(victim.best))), rng.choice((1, 1, 2, 1000))]


def raise_the_curves(part: Part, victim: Victim, rng: random.Random) -> None:
    """All prices times a number, or higher from somewhere on."""
    factor, place = rng.choice((2, 3, 10, 1000, 10**6, 10**9)), rng.random()
    for curves in part["curves"]:
        rows = [[step * factor for step in row] for row in curves]
        if rng.random() < 0.5:
            for row in rows:
                row[int(place * len(row))] += factor
        curves[:] = rows


def change_a_number(part: Part, victim: Victim, rng: random.Random) -> None:
    """What a price or a step is worth, how weights and times are rounded; curves may be stretched with the steps."""
    name = rng.choice(("resolution", "unit", "unit", "factor", "slack"))
    if name == "resolution":
        part[name] = max(1, int(part[name] * some_factor(rng))) if rng.random() < 0.6 else rng.choice(EDGES)
    elif name == "slack":
        part[name] = pair(Fraction(*part["unit"]) * rng.choice((1, 3, 1000)) / rng.choice((1, 2, 1000, 10**9)))
    elif name == "unit" and rng.random() < 0.3:
        stretch = rng.choice((2, 3))
        for curves in part["curves"]:
            curves[:] = [[row[0], *(v for step in row[1:] for v in (step, *[0] * (stretch - 1)))] for row in curves]
        times(part, name, Fraction(1, stretch))
    else:
        times(part, name, some_factor(rng))


def change_the_scales(part: Part, victim: Victim, rng: random.Random) -> None:
    """Curves in other multiples of a price's unit, all alike or each its own."""
    sets = len(part["curves"])
    part["scales"] = [rng.choice(EDGES)] * sets if rng.random() < 0.3 else [rng.choice(EDGES[:6]) for _ in range(sets)]
    if rng.random() < 0.3:
        as_tree(part, victim, rng)


def change_the_places(part: Part, victim: Victim, rng: random.Random) -> None:
    """Orders look further ahead, or at other curves."""
    name = rng.choice(("offsets", "classes"))
    most = len(part["curves"][0]) if name == "classes" else rng.choice((2, 50, 10**6, 10**7 - 1))
    part[name] = [rng.randrange(most) for _ in part[name]]


def change_the_end(part: Part, victim: Victim, rng: random.Random) -> None:
    """Curves go on, higher or not, or stop early."""
    more = [rng.choice((0, 1, part["resolution"])) for _ in range(rng.choice((1, 5, 300)))]
    cut = rng.randrange(1, 10) if rng.random() < 0.4 else 0
    for curves in part["curves"]:
        curves[:] = [row[: max(1, len(row) - cut)] if cut else row + more for row in curves]
        highest = max(sum(row) for row in curves)
        for row in curves:
            row[-1] += highest - sum(row)


def change_the_cases(part: Part, victim: Victim, rng: random.Random) -> None:
    """Cases that do not share out what is open, or do so elsewhere."""
    as_tree(part, victim, rng)
    orders, sets = len(part["classes"]), len(part["curves"])
    nodes = part["nodes"]
    while len(nodes) < 3:
        nodes.append([[rng.randrange(sets)]])
    for _ in range(rng.choice((1, 2, 3))):
        number = rng.randrange(len(nodes))
        applied = [rng.randrange(sets) for _ in range(rng.randrange(3))]
        at = rng.choice((-1, 0, 1, 5, rng.randrange(200), 10**6, 2**63, -(2**63)))
        cases = [rng.randrange(len(nodes)), rng.randrange(len(nodes))]
        rule = rng.choice(("last start", "runs", "batches", "batches", "orders ended", "runs begun", "x"))
        numbered = [rng.choice((-1, 0, 1, 2, 3, 10**6))] * rng.choice((0, 1, 1, 1, 1, 2))
        more = [] if rule in ("last start", "runs", "x") else numbered
        nodes[number] = [applied, rule, rng.randrange(orders), at, *cases, *more]


def change_the_tolls(part: Part, victim: Victim, rng: random.Random) -> None:
    """Tolls on last and first starts, larger, elsewhere, of the other sign or from nothing; the goal may be far."""
    sets, steps = len(part["curves"]), len(part["curves"][0][0])
    values = (*EDGES[:8], part["resolution"], 3 * part["resolution"], 10 * part["resolution"], rng.choice(EDGES))
    tolls = part.get("tolls", [[[], []] for _ in range(sets)])
    for both in tolls:
        for pairs in both:
            if pairs and rng.random() < 0.5:
                factor = rng.choice((-1, 2, 10, -1000, 10**6))
                pairs[:] = [[t, step * factor] for t, step in pairs]
            for _ in range(rng.choice((0, 1, 1, 3))):
                t = rng.choice((0, rng.randrange(steps), rng.randrange(steps), steps - 1, steps, -1))
                pairs.append([t, rng.choice((1, -1)) * rng.choice(values)])
    part["tolls"] = tolls
    if rng.random() < 0.5:
        as_tree(part, victim, rng)
    if rng.random() < 0.3:
        change_the_cases(part, victim, rng)


def change_the_runs(part: Part, victim: Victim, rng: random.Random) -> None:
    """A proof about one run per order and Site, as one about all schedules."""
    part["runs"] = rng.choice(("any", "any", "one", "all", None))
    if rng.random() < 0.5:
        as_tree(part, victim, rng)


def from_nothing(part: Part, victim: Victim, rng: random.Random) -> None:
    """Curves of its own on a step of its own that keep every condition, as high as numbers may be; any goal."""
    tails = zip(victim.instance.tails.tolist(), victim.instance.D.tolist(), strict=True)
    late = max([Fraction(tail) - Fraction(due) for tail, due in tails if tail > due], default=Fraction(1))
    genuine = part["unit"]
    part.pop("scales", None)
    part |= {"unit": pair(late / rng.choice((1, 2, 7, 64))), "slack": [0, 1], "runs": rng.choice(("any", "one"))}
    if max(GridProblem(victim.instance, part).ready) > 2000:
        part["unit"] = genuine
    grid = GridProblem(victim.instance, part)
    T = max(grid.ready) + rng.choice((0, 0, 1, 20))
    end = max(1, T + max((Q - 1) * grid.G[i][i] for i, Q in enumerate(grid.Q)))
    R = rng.choice((1, 1000, 2**31, max(1, (LARGEST - 1) // max(1, *grid.W) // end)))  # the last: lateness as high
    highest = min((LARGEST - 1 - W * R * end) // Q for W, Q in zip(grid.W, grid.Q, strict=True))
    places = [rng.randrange(T + 1) for _ in range(rng.choice((1, 1, 2, 5)))]
    rows = [[0] * (T + 1) for _ in range(rng.choice((1, 2)))]
    for row in rows:
        for place in places:
            row[place] += max(0, highest // rng.choice((1, 1, 2, 10**6))) // len(places)
        row[-1] += max(0, highest) - sum(row)
    count = len(part["classes"])
    part |= {"classes": [rng.randrange(len(rows)) for _ in range(count)], "curves": [rows], "resolution": R}
    part["offsets"] = [rng.choice((0, 0, T, rng.randrange(T + 1))) for _ in range(count)]
    part |= {"nodes": [[[0] * rng.choice((1, 1, 3))]], "beat": [rng.choice((int(victim.best) + 1, *EDGES)), 1]}
    part["kind"] = rng.choice(("tree", "tree", "prices"))


def at_the_limit(part: Part, victim: Victim, rng: random.Random) -> None:
    """A resolution with which the largest number is just within 64 bits, or just beyond."""
    as_tree(part, victim, rng)
    curves = part["curves"][0]
    highest, steps = sum(curves[0]), len(curves[0])
    sizes = (max(1, steps), max(1, highest), steps * 100, highest + steps)
    part["resolution"] = max(1, rng.choice((2**60, 2**62, 2**63, 2**64)) // rng.choice(sizes) + rng.choice((-1, 0, 1)))
    if rng.random() < 0.5:
        factor = max(1, rng.choice((2**59, 2**61, 2**62)) // max(1, highest) // rng.choice((1, 2, 7)))
        part["curves"] = [[[step * factor for step in row] for row in rows] for rows in part["curves"]]


def several_at_once(part: Part, victim: Victim, rng: random.Random) -> None:
    """Two to four of the others."""
    for _ in range(rng.choice((2, 3, 4))):
        rng.choice(KINDS[:-1])(part, victim, rng)


KINDS: tuple[Callable[[Part, Victim, random.Random], None], ...] = (
    as_tree, raise_the_curves, change_a_number, change_the_scales, change_the_places, change_the_end, change_the_cases,
    change_the_tolls, change_the_runs, from_nothing, at_the_limit, several_at_once,
)  # fmt: skip


def try_to_prove(victim: Victim, parts: list[Part]) -> bool:
    """Whether the parts are accepted; they may not prove too much."""
    instance, nothing = victim.instance, {"lower_bound": 0, "one_run_lower_bound": 0}
    document = {"format": "cmo-bound/1", "instance": instance.name, "digest": instance.digest, "parts": parts} | nothing
    try:
        proved = verify(instance, document)
    except InputError:
        return False
    most = (float(victim.best), float(victim.best_one))
    assert proved[0] <= most[0] and proved[1] <= most[1], (instance.to_dict(), parts)
    return True


def forge_many(count: int, seed: int, say: Callable[[str], None] = lambda text: None) -> Counter[str]:
    """Try every kind ``count`` times, some on each problem; how many of each kind were accepted for what is true."""
    found: Counter[str] = Counter()
    for number in range(-(-count // 5)):
        attacked, rng = victim(seed, number), random.Random(f"{seed} {number}")
        say(f"forged: {5 * number} certificates of each kind, none of which proves what is false")
        assert try_to_prove(attacked, copy.deepcopy(attacked.parts)), "a genuine certificate is refused"
        for forge in KINDS:
            for _ in range(5):
                part = copy.deepcopy(rng.choice(attacked.parts))
                forge(part, attacked, rng)
                found[f"{forge.__name__} {'accepted' if try_to_prove(attacked, [part]) else 'refused'}"] += 1
    return found
