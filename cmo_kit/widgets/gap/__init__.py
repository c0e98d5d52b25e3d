"""The gap explorer: drag a cleaning time and see the gap and the setup time move."""

from __future__ import annotations

from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.views.operations import order_index
from cmo_kit.widgets.gap.picture import render
from cmo_kit.widgets.gap.state import step, with_pair
from cmo_kit.widgets.stage.stage import Stage


def gap_explorer(instance: Instance | None = None, first: str | None = None, second: str | None = None) -> Stage:
    """A batch of ``first`` and, as early as it may start, one of ``second`` behind it.

    Parameters
    ----------
    instance : Instance, optional
        With cleaning times; ``fig1`` if None.
    first, second : str, optional
        Ids of orders; the first and the second order of the instance if None.

    Returns
    -------
    Stage
        ``stage.state.gaps`` is what each operation asks for, in time units, as the cleaning times are set.

    Raises
    ------
    InputError
        For an unknown order, or an instance without cleaning times.

    Examples
    --------
    >>> stage = gap_explorer(load_instance("fig1"), "A", "B")
    >>> max(stage.state.gaps, key=lambda gap: gap.gap).operation
    'main culture'
    """
    problem = load_instance("fig1") if instance is None else instance
    i = 0 if first is None else order_index(problem, first)
    j = min(1, len(problem.orders) - 1) if second is None else order_index(problem, second)
    return Stage(with_pair(problem, i, j), step, render, f"Gap explorer of {problem.name}")
