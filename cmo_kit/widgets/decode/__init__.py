"""The decode explorer: a chromosome, its decoding step by step, and the schedule that follows."""

from __future__ import annotations

from numpy.typing import ArrayLike

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import check_keys_of
from cmo_kit.core.instance import Instance
from cmo_kit.library import load_instance
from cmo_kit.views.paper import example_keys
from cmo_kit.widgets.decode.picture import MOST_BOXES, render
from cmo_kit.widgets.decode.state import DecodeState, step
from cmo_kit.widgets.stage.stage import Stage

MOST_GENES = 300  # as many as have stripes that can be seen


def decode_explorer(instance: Instance | None = None, keys: ArrayLike | None = None) -> Stage:
    """Play, step and scrub through decoding; pick a bar or a gene; edit a key and watch everything follow.

    Parameters
    ----------
    instance : Instance, optional
        With at most 300 keys; Figure 3's problem if None. Of more than 40 genes those around the step have boxes.
    keys : (n,) array of finite numbers in 0..1, optional
        Figure 3's keys for an instance of its shape, else uniform random ones.

    Returns
    -------
    Stage
        ``stage.state`` holds the keys, the step and its schedule.

    Raises
    ------
    InputError
        For keys that do not fit the instance, or an instance with too many.

    Examples
    --------
    >>> from cmo_kit.widgets import Event
    >>> stage = decode_explorer()
    >>> stage.send_event(Event("click", "next"))
    >>> print(stage.state.current.sentence)
    Key 0.11 is order 2, batch 1: it opens run 1 of Site 1.
    """
    problem = load_instance("fig3") if instance is None else instance
    if problem.key_count > MOST_GENES:
        raise InputError(
            f"{problem.name!r} has {problem.key_count} keys; the explorer shows problems of at most {MOST_GENES}"
        )
    values = example_keys(problem) if keys is None else check_keys_of(problem, keys)
    if values.ndim != 1:
        raise InputError(f"keys has shape {values.shape}; the explorer takes one chromosome, shape (n,)")
    first = tuple(float(key) for key in values)
    state = DecodeState(problem, first, first, code=len(first) <= MOST_BOXES)
    return Stage(state, step, render, f"Decode explorer of {problem.name}")
