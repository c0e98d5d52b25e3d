"""Neighbourhoods are complete, keep every batch, and lead back."""

import pytest

from cmo_kit import Run, Schedule, load_instance, solve
from cmo_kit.course.neighbourhoods import Neighbourhood, moves, splits, swaps

FIG3 = load_instance("fig3")
PLANNED = solve(FIG3, "expert_orders").schedule
assert PLANNED is not None


def test_they_are_as_many_as_the_formulas_say() -> None:
    """Four runs on three Sites: 4 (4 + 3 - 2) moves, 4 * 3 / 2 swaps; a part goes to every place of the other Sites."""
    assert [sum(1 for _ in kind(PLANNED)) for kind in (moves, swaps)] == [20, 6]
    places = {0: 2 + 3, 1: 2 + 3, 2: 2 + 2}  # one more than runs, on the other two Sites
    assert sum(1 for _ in splits(PLANNED)) == sum(
        (run.batches - 1) * places[l] for l, site in enumerate(PLANNED.sites) for run in site
    )


@pytest.mark.parametrize("kind", [moves, swaps, splits])
def test_every_neighbour_has_all_batches(kind: Neighbourhood) -> None:
    for change in kind(PLANNED):
        other = PLANNED.changed(change)
        assert other.lacking == {} and other != PLANNED
        assert other.total_tardiness == Schedule(FIG3, other.sites).total_tardiness


@pytest.mark.parametrize("kind", [moves, swaps])
def test_a_move_can_be_taken_back(kind: Neighbourhood) -> None:
    for change in kind(PLANNED):
        other = PLANNED.changed(change)
        assert any(other.changed(back) == PLANNED for back in kind(other))


def test_runs_of_one_order_that_meet_become_one() -> None:
    apart = Schedule(FIG3, [[("1", 2), ("2", 1), ("1", 1)], [("2", 2), ("3", 3)], [("4", 2)]])
    there = {PLANNED.changed(change).sites[0] for change in moves(apart)}
    assert (Run("1", 3),) in there
