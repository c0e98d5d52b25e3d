"""Orders that are late already: due dates below 0, by every way of telling and every method that seeks."""

import json
import xml.etree.ElementTree
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cmo_kit import Instance, check_schedule, decode, solve, total_tardiness
from cmo_kit.bounds import lower_bound
from cmo_kit.bounds.verify import verify
from cmo_kit.codings.compact import decode_compact
from cmo_kit.fast import FastDecoder
from cmo_kit.planning import client_rows
from cmo_kit.views import plot_gantt
from cmo_kit.views.gantt import alt_text_gantt
from cmo_kit.widgets.drawing.gantt import chart_of, foreground
from tests.helpers.enumeration import in_order, numbers, optimum, tardiness_of
from tests.helpers.strategies import late_instance
from tests.helpers.thorough import THOROUGH

SEEDS = range(400 if THOROUGH else 20)
MODELLED = range(60 if THOROUGH else 6)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_way_of_telling_agrees(seed: int) -> None:
    instance = late_instance(seed)
    assert Instance.from_dict(json.loads(json.dumps(instance.to_dict()))).digest == instance.digest
    given, rng = numbers(instance), np.random.default_rng(seed)
    population = rng.random((40, instance.key_count))
    compiled = FastDecoder(instance).total_tardiness(population)
    for keys, told in zip(population[:3], compiled, strict=False):
        schedule = decode(instance, keys)
        right = tardiness_of(given, in_order(schedule))
        assert schedule.total_tardiness == total_tardiness(instance, keys) == told == pytest.approx(right, rel=1e-12)
        assert check_schedule(instance, schedule) == []
        (wrong,) = check_schedule(instance, schedule.to_dict() | {"total_tardiness": right + 1})
        assert wrong.rule == "objective"
    listed = decode_compact(instance, rng.random(2 * len(instance.orders)))
    assert listed.total_tardiness == pytest.approx(tardiness_of(given, in_order(listed)), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_methods_and_bounds_hold_to_the_optimum(seed: int) -> None:
    instance = late_instance(seed)
    best = optimum(instance).value
    room = 1e-9 * max(1.0, best)
    for method in ("expert", "expert_orders", "atcs", "brkga", "sequence_sa", "sequence_ga", "ga", "search"):
        limit = {} if method.startswith("expert") else {"evaluations": 3000 if method == "search" else 200}
        found = solve(instance, method, seed=1, **limit)
        assert found.total_tardiness >= best - room
        assert found.status != "optimal" or found.total_tardiness <= best + room
        assert method != "search" or found.total_tardiness <= 1.01 * best + room
    bound = lower_bound(instance, upper_bound=best)
    assert bound.lower_bound <= best + room
    assert verify(instance, bound.certificate)[0] <= best + room
    if instance.one_run_failure is None:  # else split runs may pay
        assert bound.lower_bound >= 0.5 * best


@pytest.mark.slow
@pytest.mark.parametrize("method", ["milp", "run_milp", "cpsat"])
@pytest.mark.parametrize("seed", MODELLED)
def test_models_find_the_optimum(seed: int, method: str) -> None:
    """[P] with each order's own big V, and the models of runs where one run is enough."""
    if method == "cpsat":
        pytest.importorskip("ortools")
    instance = late_instance(seed)
    best = optimum(instance).value
    found = solve(instance, method, seconds=60)
    assert found.total_tardiness >= best - 1e-6 * max(1.0, best)
    assert found.lower_bound <= best + 1e-6 * max(1.0, best)
    if found.status == "optimal":
        assert found.total_tardiness == pytest.approx(best, rel=1e-9)


def test_pictures_and_dates_reach_into_the_past() -> None:
    instance = replace(late_instance(3), start_date="2027-01-04")
    schedule = solve(instance, "expert").schedule
    first = min(instance.orders, key=lambda order: order.due_date)
    assert first.due_date < -30
    assert str(client_rows(schedule)[0][2]) < "2027-01-04"
    ax = plot_gantt(schedule)
    left, right = ax.get_xlim()
    assert -0.4 * right < left < -0.1 * right
    for line in ax.get_lines():
        if str(line.get_gid()).startswith("due"):
            assert left <= np.min(line.get_xdata())
    plt.close("all")
    assert str(client_rows(schedule)[0][2]) in alt_text_gantt(schedule, dates=True)
    chart = chart_of(schedule)
    for mark in foreground(chart):
        for element in xml.etree.ElementTree.fromstring(f"<g>{mark}</g>").iter("line"):
            assert float(element.attrib["x1"]) >= chart.left
