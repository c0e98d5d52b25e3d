"""How far from optimal a schedule can be at most: the kit's best lower bound, with its proof.

Three steps, each starting from what the one before has proved: the single-machine bound, the ascent
of price curves, and, as long as there is time, proofs by cases: one tree guided by the linear programs of HiGHS
(extra ``highs``), or trees guided by ascents, which raise the proven bound step by step.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from cmo_kit.base.signals import signals_wait_for_next_run
from cmo_kit.base.values import check_number
from cmo_kit.bounds.certificate import Bound
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import Instance


def lower_bound(
    instance: Instance,
    seconds: float | None = None,
    upper_bound: float | None = None,
    progress: Callable[[Bound], None] | None = None,
    close_gap: bool = False,
) -> Bound:
    """A proven lower bound on the total tardiness of ``instance``.

    Parameters
    ----------
    instance : Instance
    seconds : float, optional
        Wall-clock limit, counted after the compiled code is loaded. Without one the bound is that of the
        price curves alone, and the same every time, its certificate to the last byte; with one, proofs by cases
        raise it as long as there is time, or until ``upper_bound`` is met.
    upper_bound : float, optional
        Total tardiness of a known schedule, in time units. It steers the steps and ends the proof when it is met; a
        wrong one costs time but never validity.
    progress : callable, optional
        Called with the :class:`Bound` proved so far (without certificate) several times a second; its ``how`` says
        what is being done.
    close_gap : bool
        Without ``seconds``, prove by cases as well where few patterns are left that could make a better schedule than
        ``upper_bound`` (most problems of 50 orders), for half an hour at most. Needs the extra ``highs``.

    Returns
    -------
    Bound
        The best bound proved so far also when the user interrupts (``KeyboardInterrupt``); ``stopped`` says so.

    Raises
    ------
    InputError
        For negative ``seconds`` or ``upper_bound``, or what is no finite number.

    Notes
    -----
    Lagrangian relaxation of the Sites' time, and Lawler's theorem (1977, doi:10.1016/S0167-5060(08)70742-8);
    :mod:`cmo_kit.bounds.verify` states what is proved, with the proofs.

    Examples
    --------
    >>> lower_bound(load_instance("tiny-one-site")).lower_bound
    11.0
    """
    from cmo_kit.bounds.prover import Prover

    if upper_bound is not None:
        check_number(upper_bound, "upper_bound")
    warm_up()
    prover = Prover(instance, seconds, upper_bound, progress, close_gap)
    stopped = False
    try:
        prover.prove()
    except KeyboardInterrupt:
        stopped = True
    with signals_wait_for_next_run():
        return replace(prover.bound(), stopped=stopped)


@cache
def warm_up() -> None:
    """Load (or compile) what is compiled, so that no limit counts it."""
    from cmo_kit.bounds.columns import split_runs
    from cmo_kit.bounds.patterns import nothing_priced
    from cmo_kit.bounds.prover import Prover
    from cmo_kit.bounds.relaxation import NO_CUTS

    late = generate_instance("small", 1, orders=2, sites=1, due_date=(1, 2))  # without tardiness nothing is priced
    prover = Prover(late)
    prover.prove()
    for regime in prover.regimes:
        nothing = np.zeros(0, dtype=np.int64)
        pricing = regime.relaxation.pricing
        split_runs(pricing, nothing_priced(pricing).curves, NO_CUTS, nothing, nothing)
    prover.bound()  # numba, interrupted while it loads a function, is of no use afterwards
