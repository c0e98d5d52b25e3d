"""Proofs by cases: what is closed, and what a case leaves open."""

import numpy as np
import pytest

from cmo_kit.bounds.branch import HOW, WHEN, Node, close, restrict
from cmo_kit.bounds.patterns import Priced
from cmo_kit.bounds.relaxation import Domain


def domain(whole: list[int], parts: list[int]) -> Domain:
    return Domain(np.array([whole], dtype=np.bool_), np.array([parts], dtype=np.bool_))


def open_ends(found: Domain) -> tuple[list[int], list[int]]:
    return found.whole[0].astype(int).tolist(), found.parts[0].astype(int).tolist()


def test_only_ends_that_lift_the_bound_above_the_goal_are_closed() -> None:
    """With a bound 4 below the goal an end may cost 4 more than the cheapest; what was closed stays closed."""
    whole, parts = np.array([[2.0, 3.0, 7.0, 2.0]]), np.array([[3.0, 6.0, 4.0, 6.5]])
    no_prices, last_start, in_parts = np.zeros((1, 5)), np.array([0]), np.array([False])
    priced = Priced(no_prices, whole, parts, np.array([2.0]), last_start, in_parts, no_prices)
    found = domain([1, 0, 1, 1], [1, 1, 0, 1])
    assert close(priced, found, room=4.0) == 2
    assert open_ends(found) == ([1, 0, 0, 1], [1, 1, 0, 0])
    assert close(priced, found, room=4.0) == 0


@pytest.mark.parametrize("node", [Node(rule=WHEN, order=0, at=1), Node(rule=HOW, order=0)])
def test_two_cases_share_out_what_is_open(node: Node) -> None:
    parent = domain([1, 1, 0, 1], [0, 1, 1, 1])
    first, second = (restrict(parent, node, later) for later in (False, True))
    assert open_ends(parent) == ([1, 1, 0, 1], [0, 1, 1, 1])
    for name in ("whole", "parts"):
        np.testing.assert_array_equal(getattr(first, name) ^ getattr(second, name), getattr(parent, name))
        assert not (getattr(first, name) & getattr(second, name)).any()
    assert open_ends(first) == (([1, 1, 0, 0], [0, 1, 0, 0]) if node.rule == WHEN else ([1, 1, 0, 1], [0, 0, 0, 0]))
