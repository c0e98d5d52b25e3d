"""Leave an equation of [P] out and see what a solver makes of it."""

from __future__ import annotations

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance
from cmo_kit.core.model import CONSTRAINTS, model_size
from cmo_kit.course.model_by_hand import without
from cmo_kit.library import load_instance
from cmo_kit.widgets.constraint.picture import render
from cmo_kit.widgets.constraint.state import Broken, step
from cmo_kit.widgets.stage.stage import Stage

MOST_CONSTRAINTS = 3000  # of [P]; CBC needs minutes for more


def break_a_constraint(instance: Instance | None = None, seconds: float = 5) -> Stage:
    """Let the reader leave out one equation of [P] at a time, and show the claim and the checker's verdict.

    CBC solves all ten models when the picture is made, so that every click is answered at once: about 4 seconds
    for the default problem on one core, at most ten times ``seconds``.

    Parameters
    ----------
    instance : Instance, optional
        A tiny problem; ``tiny-pipeline`` by default.
    seconds : float
        For each of the ten models; what CBC has by then is shown as ``feasible``.

    Returns
    -------
    Stage
        ``stage.state`` holds the ten answers.

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
    answers = {number: without(chosen, *([number] if number else []), seconds=seconds) for number in (0, *CONSTRAINTS)}
    return Stage(Broken(chosen, answers), step, render, f"Break a constraint of [P] on {chosen.name}")
