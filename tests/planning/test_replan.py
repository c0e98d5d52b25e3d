"""A plan made anew: what has begun stays, nothing is worse, and on tiny problems nothing better exists."""

import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cmo_kit import InputError, Instance, Order, Schedule, check_schedule, decode, load_instance, solve
from cmo_kit.cli import main
from cmo_kit.core.schedule import from_indices
from cmo_kit.planning import replan
from tests.helpers.enumeration import continuations, numbers, runs, tardiness_of
from tests.helpers.strategies import late_instance
from tests.helpers.thorough import THOROUGH

pytestmark = pytest.mark.slow

SEEDS = range(400 if THOROUGH else 20)


def least(plan: Schedule, frozen: float) -> float:
    """The least total tardiness of all schedules that keep what the plan starts before ``frozen``."""
    given = numbers(plan.instance)
    kept = continuations(plan, frozen, plan.instance)
    return min(tardiness_of(given, sites, begun, frozen) for sites, begun in kept)


def decoded(seed: int) -> Schedule:
    instance = late_instance(seed)
    return decode(instance, np.random.default_rng(seed).random(instance.key_count))


def scattered(seed: int) -> Schedule:
    """Every batch on any Site, so that orders have several runs there."""
    instance, rng, sites = late_instance(seed), np.random.default_rng(seed), defaultdict[int, list[int]](list)
    for i in rng.permutation(instance.gene_orders[: instance.total_batches]).tolist():
        sites[int(rng.integers(instance.sites))].append(i)
    return from_indices(instance, [runs(sites[l]) for l in range(instance.sites)])


@pytest.mark.parametrize(("made_by", "share", "places"), [(decoded, 0.0, 0), (decoded, 0.3, 0), (scattered, 0.3, 2)])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rest_is_solved_as_well_as_it_can_be(
    seed: int, made_by: Callable[[int], Schedule], share: float, places: int
) -> None:
    """Never worse than the plan; what has begun stands where it stood; no schedule that keeps it is better."""
    plan = made_by(seed)
    frozen = math.floor(share * float(plan.order_completions.max()) * 10**places) / 10**places
    per_unit = plan.instance.time_ticks.per_unit
    right = least(plan, math.ceil(frozen * per_unit) / per_unit)
    room = 1e-9 * max(1.0, right)
    try:
        for moves in (3000, 100_000):  # a search may miss the best with few
            found = replan(plan, frozen, evaluations=moves)
            assert found.result.total_tardiness is not None
            if found.result.total_tardiness <= right + room:
                break
    except InputError as error:
        assert "all batches of the plan have begun" in str(error)
        assert all((starts < frozen).all() for starts in plan.starts)
        return
    made = found.result.schedule
    assert check_schedule(plan.instance, made) == []
    assert made.total_tardiness <= found.result.total_tardiness <= plan.total_tardiness
    assert found.early or made.total_tardiness == found.result.total_tardiness
    kept = early = 0
    for old, new, starts, again in zip(plan.batch_orders, made.batch_orders, plan.starts, made.starts, strict=True):
        stay = int((starts < frozen).sum())
        assert old[:stay].tolist() == new[:stay].tolist()
        assert starts[:stay].tolist() == again[:stay].tolist()
        kept, early = kept + stay, early + int((again[stay:] < frozen).sum())
    assert (found.kept, found.early) == (kept, early)
    assert abs(found.result.total_tardiness - right) <= room
    assert found.result.lower_bound <= right + room


def test_what_is_drawn_before_the_day_begins_on_it() -> None:
    """A idles the second Site until day 5, from which it takes 10 days; the drawing has it there from day 0 on."""
    orders = (Order("B", 1, 99, (10,)), Order("A", 1, 10, (10,)))
    plan = Schedule(Instance("two", 2, orders, ((0, 0), (0, 0)), ("make",)), [[("B", 1), ("A", 1)], []])
    found = replan(plan, 5, evaluations=1000)
    assert found.result.schedule.total_tardiness == 0
    assert (found.result.total_tardiness, found.result.status, found.early) == (5, "feasible", 1)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_what_is_proved_of_the_open_part_is_told(share: float) -> None:
    """It is the optimum of the whole plan only where nothing is frozen, or where nobody is late."""
    proved = 0
    for seed in range(4):
        plan = decoded(seed)
        frozen = math.floor(share * float(plan.order_completions.max()))
        found = replan(plan, frozen, "run_milp", seconds=60)
        total, status = found.result.total_tardiness, found.result.status
        assert total is not None and total > 0
        proved += found.best_of_open
        if found.best_of_open:
            assert total <= least(plan, frozen) * (1 + 1e-9)
        assert status == ("optimal" if found.best_of_open and frozen == 0 else "feasible")
        assert found.result.lower_bound == (total if status == "optimal" else 0)
    assert proved >= 3


def test_a_plan_in_which_nobody_is_late_is_optimal_whatever_has_begun() -> None:
    instance = load_instance("tiny-on-time")
    for frozen in (0, 1):
        found = replan(solve(instance, "expert").schedule, frozen, evaluations=100)
        assert (found.result.total_tardiness, found.result.lower_bound) == (0, 0)
        assert (found.kept > 0, found.result.status, found.best_of_open) == (frozen > 0, "optimal", True)


def test_a_plan_that_lacks_something_is_refused() -> None:
    instance = load_instance("tiny-pipeline")
    plan = solve(instance, "expert").schedule
    with pytest.raises(InputError, match=r"the plan must be feasible: Order .* too few"):
        replan(Schedule(instance, [plan.sites[0], []]))
    with pytest.raises(InputError, match="frozen_until is 1000; all batches of the plan have begun by then"):
        replan(plan, 1000)
    with pytest.raises(InputError, match="frozen_until is -1; it must be at least 0"):
        replan(plan, -1)


def test_the_command_line_starts_from_the_present_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, plan, better = tmp_path / "p.json", tmp_path / "plan.json", tmp_path / "better.json"
    Instance.from_dict(load_instance("small-1").to_dict() | {"start_date": "2027-01-04"}).save(problem)
    assert main(["solve", str(problem), "--method", "expert", "--out", str(plan)]) == 0
    command = ["solve", str(problem), "--method", "search", "--evaluations", "5000", "--from", str(plan)]
    written = []
    for day in ("2027-01-24", "20270124", "20"):
        assert main([*command, "--frozen-until", day, "--out", str(better)]) == 0
        written.append(better.read_bytes())
    assert written[0] == written[1] == written[2]
    assert "6 batches have begun and stay; the present plan has 1834 days" in capsys.readouterr().err
    assert main(["check", str(problem), str(better)]) == 0
    capsys.readouterr()
    for options, words in [
        (["--frozen-until", "20"], "--frozen-until needs --from"),
        (["--from", str(plan), "--frozen-until", "1/24/2027"], "is '1/24/2027'; it must be a number of days or a date"),
        (["--from", str(plan), "--frozen-until", "2026-12-24"], "in days after the start, is -11; it must be at"),
        (["--from", str(plan), "--frozen-until", "nan"], "--frozen-until is nan; it must be finite"),
        (["--from", str(problem)], "p.json: "),
    ]:  # fmt: skip
        assert main(["solve", str(problem), "--method", "search", *options]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert words in line
    assert main(["solve", "small-1", "--method", "search", "--from", str(plan), "--frozen-until", "2027-01-24"]) == 2
    assert "start_date is missing" in capsys.readouterr().err
