"""Cases of what all orders do together: how many have ended by a time, and how many runs have begun."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from cmo_kit import generate_instance
from cmo_kit.base.limits import Limits
from cmo_kit.bounds.branch import BEGUN, COUNTED, ENDED, Node, restrict
from cmo_kit.bounds.certificate import prices_part
from cmo_kit.bounds.grid import to_grid
from cmo_kit.bounds.master import Master, on_grid, price_at
from cmo_kit.bounds.relaxation import FINE_BITS, Domain, Relaxation, relax
from cmo_kit.bounds.trials import by_counts
from cmo_kit.bounds.verify import GridProblem, PriceSet
from cmo_kit.core.instance import Instance, Order
from tests.helpers.enumeration import Numbers, Sites, arrangements, cut, last_starts, numbers, runs, tardiness_of

ORDERS = (Order("a", 3, 4, (2, 1, 0)), Order("b", 1, 2, (1, 2, 1)), Order("c", 2, 5, (1, 1, 1), 2))
INSTANCE = Instance("counts", 2, ORDERS, ((1, 2, 1), (3, 1, 1), (1, 2, 2)))


@pytest.fixture(scope="module")
def relaxation() -> Relaxation:
    found = relax(to_grid(INSTANCE), False, FINE_BITS)
    assert found is not None and found.grid.unit == 1
    return found


def starts_of_runs(given: Numbers, sites: Sites) -> Iterator[float]:
    """When the runs of a schedule begin, every batch as early as it can."""
    for site in sites:
        start, before = 0.0, None
        for i, count in runs(site):
            start = given.opening[i] if before is None else start + given.gap[before][i]
            yield start
            start, before = start + (count - 1) * given.gap[i][i], i


def events(given: Numbers, sites: Sites, rule: str) -> list[float]:
    return last_starts(given, sites) if rule == ENDED else [*starts_of_runs(given, sites)]


@pytest.fixture(scope="module")
def schedules() -> list[tuple[float, dict[str, list[float]]]]:
    """Of every schedule its total tardiness, and when its orders end and its runs begin."""
    given = numbers(INSTANCE)
    found = {cut(sequence) for sequence in arrangements(given.batches, given.sites - 1)}
    timed = [(tardiness_of(given, one), {rule: events(given, one, rule) for rule in COUNTED}) for one in sorted(found)]
    return sorted(timed, key=lambda pair: pair[0])


def some_case(
    rng: np.random.Generator, whole: Domain, when: dict[str, list[float]]
) -> tuple[Domain, list[tuple[Node, bool]]]:
    """A case of one to three counts to which a schedule belongs."""
    domain, path = whole, list[tuple[Node, bool]]()
    for _ in range(rng.integers(1, 4)):
        node = Node(rule=str(rng.choice(COUNTED)), at=int(rng.integers(0, 12)), number=int(rng.integers(0, 4)))
        path.append((node, belongs(node, when)))
        domain = restrict(domain, *path[-1])
    return domain, path


def belongs(node: Node, when: dict[str, list[float]]) -> bool:
    """Whether a schedule belongs to the second case."""
    return sum(t <= node.at for t in when[node.rule or ""]) > node.number


def proved_by_verifier(relaxation: Relaxation, curves: np.ndarray, domain: Domain) -> float:
    """What the verifier says of a case of counts: it reads the curves as a certificate holds them."""
    part = prices_part(relaxation, curves)
    prices = PriceSet(GridProblem(INSTANCE, part), part, 0)
    few, most = domain.counted[:, 0], domain.counted[:, 1]
    counts = {
        (rule, t): (int(few[n, t]), int(most[n, t])) for n, rule in enumerate(COUNTED) for t in range(few.shape[1])
    }
    tables = [prices.tables(i, {}) for i in range(len(ORDERS))]
    found = prices.bound(tables, prices.all_open(), counts)
    assert found is not None
    return float(found[0])


@pytest.mark.parametrize("seed", range(6))
def test_prover_and_verifier_agree_on_tolls_of_either_sign(
    seed: int, relaxation: Relaxation, schedules: list[tuple[float, dict[str, list[float]]]]
) -> None:
    rng, pricing = np.random.default_rng(seed), relaxation.pricing
    domain, _ = some_case(rng, Domain.all_of(relaxation), schedules[seed][1])
    curves = np.cumsum(rng.integers(0, 3, (pricing.reach.shape[1] + 2, pricing.steps + 1)), axis=1).astype(float)
    curves[-2:] = rng.integers(-4, 5, curves[-2:].shape) / 4
    curves[-2:, -1] = 0
    priced = on_grid(pricing, curves)
    assert priced[-2:].any()
    bound, _ = price_at(pricing, priced, domain)
    assert bound + float(relaxation.always) == proved_by_verifier(relaxation, priced, domain)


def test_no_more_is_proved_of_a_case_than_its_best_schedule_has(
    relaxation: Relaxation, schedules: list[tuple[float, dict[str, list[float]]]]
) -> None:
    """Every schedule is enumerated; prices are the best, and often prove all that is true."""
    pytest.importorskip("highspy")
    rng, whole, master = np.random.default_rng(1), Domain.all_of(relaxation), Master(relaxation)
    without = master.solve(whole, math.inf, Limits())
    assert without is not None
    tight = more = with_tolls = 0
    for _ in range(60):
        domain, path = some_case(rng, whole, schedules[int(rng.integers(150))][1])
        least = min(value for value, when in schedules if all(belongs(node, when) == second for node, second in path))
        solved = master.solve(domain, math.inf, Limits())
        assert solved is not None
        proved = solved.bound + float(relaxation.always)
        assert proved <= least
        assert proved == proved_by_verifier(relaxation, solved.priced.curves, domain)
        tight += proved > least - 1
        more += solved.bound > without.bound + 0.5
        with_tolls += bool(solved.priced.curves[-2:].any())
    assert tight >= 3 and more >= 10 and with_tolls >= 20


@pytest.mark.parametrize("rule", COUNTED)
def test_two_cases_of_a_count_leave_nothing_out_and_share_nothing(rule: str, relaxation: Relaxation) -> None:
    whole = Domain.all_of(relaxation)
    first, second = (restrict(whole, Node(rule=rule, at=3, number=1), later) for later in (False, True))
    n = COUNTED.index(rule)
    assert whole.counted[n, :, 3].tolist() == [0, {ENDED: 3, BEGUN: 6}[rule]]
    assert first.counted[n, :, 3].tolist() == [0, 1]
    assert second.counted[n, :, 3].tolist() == [2, whole.counted[n, 1, 3]]
    again = restrict(first, Node(rule=rule, at=3, number=4), False)
    assert again.counted[n, :, 3].tolist() == [0, 1]  # a case never takes back what was said above it
    for case in (first, second):
        others = np.ones(case.counted.shape, dtype=bool)
        others[n, :, 3] = False
        np.testing.assert_array_equal(case.counted[others], whole.counted[others])
        assert case.whole.all() and (case.parts == whole.parts).all()


def test_what_is_no_whole_number_is_divided() -> None:
    """At the whole number below; how much has to move is what is above it, and what it lacks to the next."""
    pytest.importorskip("highspy")
    relaxation = relax(to_grid(generate_instance("small", 1, orders=8, sites=3, due_date=(5, 40))), False, FINE_BITS)
    assert relaxation is not None
    master = Master(relaxation)
    domain = Domain.all_of(relaxation)
    solved = master.solve(domain, math.inf, Limits())
    assert solved is not None
    ways = by_counts(master, domain, solved)
    assert {way.node.rule for way in ways} == set(COUNTED)
    for node, first, second in ways:
        happens = 0.0
        for n, share in enumerate(solved.share):
            times = [master.last[n]] if node.rule == ENDED else master.first_starts(master.order[n], master.runs[n])
            happens += share * sum(t <= node.at for t in times)
        assert node.number < happens < node.number + 1
        assert (first, second) == pytest.approx((happens - node.number, node.number + 1 - happens))
        for later in (False, True):  # whose solution this is not: it would be divided into itself and nothing
            assert node not in [way.node for way in by_counts(master, restrict(domain, node, later), solved)]
