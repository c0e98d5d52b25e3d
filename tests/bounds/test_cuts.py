"""Cuts say how many batches of an order are in runs that end by a time: prover and verifier against all patterns."""

from collections.abc import Iterator
from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from cmo_kit.bounds.branch import PART, Node, restrict
from cmo_kit.bounds.certificate import prices_part
from cmo_kit.bounds.columns import split_runs
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.master import on_grid, price_at
from cmo_kit.bounds.patterns import NEVER
from cmo_kit.bounds.relaxation import Domain, Pricing, relax
from cmo_kit.bounds.verify import GridProblem, PriceSet
from cmo_kit.core.instance import Instance, Order

Pattern = list[tuple[int, int]]
Q, INSTANCE = 4, Instance("cuts", 2, (Order("a", 4, 3, (1, 1, 0)), Order("b", 1, 3, (1, 1, 1))), ((1, 1), (1, 1)))


def patterns(pricing: Pricing) -> Iterator[Pattern]:
    """All patterns of several runs, (batches, last start), of the first order."""
    for count in range(2, Q + 1):
        for sizes in combinations_with_replacement(range(1, Q), count):
            if sum(sizes) == Q:
                for ends in product(range(pricing.end + 1), repeat=count):
                    yield list(zip(sizes, ends, strict=True))


def obeys(pattern: Pattern, path: list[tuple[Node, bool]]) -> bool:
    """Whether a pattern is one of the case to which a path leads."""
    return all((sum(q for q, e in pattern if e <= node.at) < node.number) == second for node, second in path)


@pytest.mark.parametrize("seed", range(3))
def test_the_cheapest_pattern_that_obeys_cuts_is_priced(seed: int) -> None:
    rng, relaxation = np.random.default_rng(seed), relax(to_grid(INSTANCE), False)
    assert relaxation is not None
    pricing, domain, path = relaxation.pricing, Domain.all_of(relaxation), list[tuple[Node, bool]]()
    for _ in range(3):
        node = Node(rule=PART, order=0, at=int(rng.integers(1, pricing.end)), number=int(rng.integers(1, Q)))
        path.append((node, bool(rng.integers(2))))
        domain = restrict(domain, *path[-1])
    steps = rng.integers(0, 3, (pricing.reach.shape[1] + 2, pricing.steps + 1))
    curves = np.cumsum(steps, axis=1).astype(float)
    curves[-2:] = (0, 1, 3)[seed] * rng.integers(-1, 2, curves[-2:].shape)  # tolls
    curves[-2:, -1] = 0
    curves = on_grid(pricing, curves)
    _, priced = price_at(pricing, curves, domain)

    part = prices_part(relaxation, curves)
    prices = PriceSet(GridProblem(INSTANCE, part), part, 0)
    phi, psi, gap = prices.last_start_prices(0), prices.psi[0], int(pricing.own_gap[0])
    cheapest: dict[int, int] = {}
    for pattern in patterns(pricing):
        if obeys(pattern, path) and all(e - (q - 1) * gap >= pricing.ready[0] for q, e in pattern):
            end = max(e for _, e in pattern)
            paid = sum(int(phi[e] - psi[e - (q - 1) * gap]) for q, e in pattern)
            paid += prices.scale * max(0, end - int(pricing.due[0])) + int(prices.tau[end])
            cheapest[end] = min(cheapest.get(end, paid), paid)
    cuts: dict[int, tuple[int, int]] = {}
    for _, at, least, most in domain.cuts.tolist():
        before = cuts.get(at, (0, Q))
        cuts[at] = (max(before[0], least), min(before[1], most))
    _, several = prices.tables(0, cuts)
    verified = {first + n: value for first, price in several for n, value in enumerate(price.tolist())}
    for end in np.flatnonzero(domain.parts[0]).tolist():
        assert verified.get(end) == cheapest.get(end)
        found = float(priced.parts[0, end])
        assert found == cheapest[end] / prices.scale if end in cheapest else found > NEVER / 2

    ends = np.array([end for end in sorted(cheapest) if domain.parts[0, end]], dtype=np.int64)
    counts, runs = split_runs(pricing, priced.curves, domain.cuts, np.zeros_like(ends), ends)
    for end, count, row in zip(ends.tolist(), counts.tolist(), runs.tolist(), strict=True):
        pattern = [(q, e) for q, e in row[:count]]
        assert obeys(pattern, path) and max(e for _, e in pattern) == end and sum(q for q, _ in pattern) == Q
        paid = sum(int(phi[e] - psi[e - (q - 1) * gap]) for q, e in pattern)
        assert paid + prices.scale * max(0, end - int(pricing.due[0])) + int(prices.tau[end]) == cheapest[end]


@pytest.mark.parametrize("second", [False, True])
def test_a_case_of_batches_shares_out_patterns_of_one_run_by_their_last_start(second: bool) -> None:
    relaxation = relax(to_grid(INSTANCE), False)
    assert relaxation is not None
    found = restrict(Domain.all_of(relaxation), Node(rule=PART, order=0, at=5, number=2), second)
    assert found.whole[0].tolist() == [(end > 5) == second for end in range(relaxation.pricing.end + 1)]
    assert found.parts[0].tolist() == [end > 5 or not second for end in range(relaxation.pricing.end + 1)]
    assert found.whole[1].all() and len(found.cuts) == 1
