"""Leave an equation of [P] out and see what a solver makes of it."""

from __future__ import annotations

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.models.model_size import model_size
from cmo_kit.widgets.constraint.picture import render
from cmo_kit.widgets.constraint.state import Answers, Broken, step
from cmo_kit.widgets.stage.stage import Stage

MOST_CONSTRAINTS = 3000  # of [P]; CBC needs minutes for more


def break_a_constraint(instance: Instance | None = None, seconds: float = 5) -> Stage:
    """Let the reader leave out one equation of [P] at a time, and show the claim and the checker's verdict.

    CBC solves a model when it is first looked at: some tenths of a second for the default problem, at most ``seconds``.

    Parameters
    ----------
    instance : Instance, optional
        A tiny problem; ``tiny-pipeline`` by default.
    seconds : float
        For each model; what CBC has by then is shown as ``feasible``.

    Returns
    -------
    Stage
        ``stage.state.answers`` has the answers by the number of the equation, 0 for the whole model.

    Raises
    ------
    InputError
        For a problem whose [P] is too large for CBC to be fast.
    MissingPartError
        When there is no CBC.

    Examples
    --------
    >>> from cmo_kit.widgets import Event
    >>> stage = break_a_constraint(load_instance("tiny-one-batch"))
    >>> stage.send_event(Event("click", "without-3"))  # equation (3): every order gets its batches
    >>> [violation.message for violation in stage.state.violations]
    ['Order 1 has 0 batches scheduled and asks for 1: 1 too few.']
    """
    chosen = load_instance("tiny-pipeline") if instance is None else instance
    check_number(seconds, "seconds")
    constraints = model_size(chosen).constraints
    if constraints > MOST_CONSTRAINTS:
        raise InputError(
            f"[P] has {constraints} constraints for {chosen.name!r}; for this picture it may have {MOST_CONSTRAINTS}"
        )
    return Stage(Broken(chosen, Answers(chosen, seconds)), step, render, f"Break a constraint of [P] on {chosen.name}")
