"""Ways of evaluating a schedule: two decoders, two evaluators, the checker, and three models with the schedule fixed.

A schedule with two runs of an order on a Site can only be told by those of the ways that know batches or lists of
runs: the decoders bring the batches of an order on a Site together (Section 4.1), and the run-level models and the
circuits of CP-SAT have one run, or none, for an order and a Site.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from unittest.mock import patch

import numpy as np

import cmo_kit
from cmo_kit import Instance, Schedule, check_schedule
from cmo_kit.base.cbc import run_cbc
from cmo_kit.base.errors import need
from cmo_kit.core.model import ModelP
from cmo_kit.core.schedule import from_indices
from cmo_kit.fast import FastDecoder, decoder
from cmo_kit.models import cpsat, run_model
from cmo_kit.models.deadlines import alone, latest_starts
from cmo_kit.models.run_model import BigMModel, FlowModel, RunModel
from cmo_kit.search.evaluate import evaluate_all
from cmo_kit.search.state import make_state
from tests.helpers.differential_cases import Case
from tests.helpers.enumeration import last_starts, numbers, runs, tardiness_of
from tests.helpers.strategies import with_times

Way = Callable[[Case], float]
Runs = list[list[tuple[int, int]]]


def by_hand(case: Case) -> float:
    """Lists, sums and maxima on the numbers of the instance's file."""
    return tardiness_of(numbers(case.instance), case.sites)


def readable(case: Case) -> float:
    return cmo_kit.decode(case.instance, case.keys).total_tardiness


def compiled(case: Case) -> float:
    """The compiled decoder on both its paths: one chromosome, and several side by side."""
    population = np.stack([case.keys] * decoder.FEWEST_SIDE_BY_SIDE)
    found = [cmo_kit.total_tardiness(case.instance, case.keys)]
    found += FastDecoder(case.instance).total_tardiness(population).tolist()
    assert len(set(found)) == 1, found
    return found[0]


def schedule(case: Case) -> float:
    return schedule_of(case).total_tardiness


def checker(case: Case) -> float:
    """The independent checker: to a schedule that claims to be on time it says by how much that is wrong."""
    document = schedule_of(case).to_dict() | {"total_tardiness": 0}
    wrong = check_schedule(case.instance, document)
    assert [violation.rule for violation in wrong] in ([], ["objective"]), wrong
    return wrong[0].amount if wrong else 0.0


def search(case: Case) -> float:
    """What the search evaluates its states with, in ticks; its arrays have room for one run of each order on a Site."""
    state = make_state(case.instance.whole, runs_per_site(case), np.random.SeedSequence(0), np.ones(8))
    evaluate_all(state)
    return float(state.now["total"][0]) / case.instance.per_unit


def paper_model(case: Case) -> float:
    """[P] with ``z`` fixed, which says what stands where; ``gamma`` and all times are left to CBC."""
    model = ModelP(case.instance)
    for (i, l, t), z in model.z.items():
        site = case.sites[l - 1]
        fix(z, i == (site[t - 1] + 1 if t <= len(site) else 0))
    return solved(model)


def run_level(kind: type[RunModel]) -> Way:
    """The run-level model with runs, their batches and their sequence fixed; all times are left to CBC.

    Its deadlines leave out schedules that no optimum needs. Such a one must be infeasible as the model is, and
    is evaluated with the deadlines that every schedule keeps.
    """

    def way(case: Case) -> float:
        if within_deadlines(case):
            return solved(fixed_runs(kind, case))
        status = run_cbc(fixed_runs(kind, case).problem, 60).status
        assert status == "infeasible", f"a schedule that ends too late for the deadlines is {status}"
        with deadlines_for_all():
            return solved(fixed_runs(kind, case))

    return way


def circuits(case: Case) -> float:
    """CP-SAT on circuits with runs, batches and sequence fixed; it counts in integers, so in parts of a day."""
    cp_model = need(cpsat.CPSAT, cpsat.NO_CPSAT)

    def parts(value: float) -> int:
        return round(value * case.unit)

    with deadlines_for_all():
        built = cpsat.CircuitModel(with_times(case.instance, parts, weight=parts))
    here, arcs = sequences(case)
    for (i, l), x in built.x.items():
        built.model.add(x == ((i, l) in here))
        built.model.add(built.q[i, l] == here.get((i, l), 0))
    for arc, y in built.y.items():
        built.model.add(y == (arc in arcs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(built.model) == cp_model.OPTIMAL
    return float(solver.objective_value) / case.unit**2


#: Cheap enough for a thousand schedules in every test run; the solvers see fewer there.
CHEAP: dict[str, Way] = {
    "by hand": by_hand,
    "readable decoder": readable,
    "compiled decoder": compiled,
    "Schedule": schedule,
    "checker": checker,
    "search's evaluation": search,
}
SOLVERS: dict[str, Way] = {
    "[P], CBC": paper_model,
    "run-level by flow, CBC": run_level(FlowModel),
    "run-level by big-M, CBC": run_level(BigMModel),
    "circuits, CP-SAT": circuits,
}
#: Those that can tell a schedule with two runs of an order on a Site.
SPLIT = ("by hand", "Schedule", "checker", "[P], CBC")


def missing(name: str) -> str | None:
    """Why a way cannot be gone here, None where it can."""
    return cpsat.NO_CPSAT if name.endswith("CP-SAT") and find_spec("ortools") is None else None


def runs_per_site(case: Case) -> Runs:
    return [runs(site) for site in case.sites]


def schedule_of(case: Case) -> Schedule:
    return from_indices(case.instance, runs_per_site(case))


def within_deadlines(case: Case) -> bool:
    """Whether a schedule starts all batches by the deadlines of the run-level models."""
    latest = np.array(last_starts(numbers(case.instance), case.sites))
    return bool((latest <= latest_starts(case.instance) + 1e-9).all())


def sequences(case: Case) -> tuple[dict[tuple[int, int], int], set[tuple[int, int, int]]]:
    """Batches by (order, Site), and arcs (order, next order, Site), -1 the depot; Sites in the order of the models.

    The models number the Sites by the least order on each, empty ones last.
    """
    sites = sorted(runs_per_site(case), key=lambda site: min((i for i, _ in site), default=len(case.instance.orders)))
    here = {(i, l): batches for l, site in enumerate(sites) for i, batches in site}
    paths = [[-1, *(i for i, _ in site), -1] for site in sites]
    return here, {(i, j, l) for l, path in enumerate(paths) for i, j in pairwise(path)}


def fixed_runs(kind: type[RunModel], case: Case) -> RunModel:
    """The run-level model of a schedule; there orders and Sites count from 1 and 0 is the depot."""
    model = kind(case.instance)
    here, arcs = sequences(case)
    for (i, l), x in model.x.items():
        fix(x, (i - 1, l - 1) in here)
        fix(model.q[i, l], here.get((i - 1, l - 1), 0))
    for (i, j, l), y in model.y.items():
        fix(y, (i - 1, j - 1, l - 1) in arcs)
    return model


def fix(variable: object, value: int) -> None:
    variable.lowBound = variable.upBound = int(value)  # type: ignore[attr-defined]


def solved(model: ModelP | RunModel) -> float:
    """The least total tardiness that CBC finds and proves with what is left free."""
    answer = run_cbc(model.problem, 60)
    assert answer.status == "optimal", answer
    late = sum(w * model.tau[i].value() for i, w in enumerate(model.instance.w.tolist(), start=1))
    assert abs(late - answer.objective) <= 1e-6 * max(1.0, late), (late, answer.objective)
    return float(late)


@contextmanager
def deadlines_for_all() -> Iterator[None]:
    """Models with deadlines that every schedule keeps, those of a Site that does all the work."""

    def latest(instance: Instance, known: float | None = None) -> np.ndarray:
        return np.array(alone(instance)) / instance.time_ticks.per_unit

    with patch.object(run_model, "latest_starts", latest), patch.object(cpsat, "latest_starts", latest):
        yield
