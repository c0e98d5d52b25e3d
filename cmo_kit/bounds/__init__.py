"""Lower bounds on total tardiness, and proofs that a schedule is optimal.

How a bound comes about. The instance is put on a grid of whole numbers, so that nothing is rounded afterwards
(``grid``). A first bound takes all Sites as one fast machine (``machine``). A stronger one lets orders choose their
runs one by one at prices for the time of Sites (``relaxation``): compiled code prices all patterns of runs
(``patterns``) and moves the prices to where the bound is greatest (``ascent``). As long as there is time, trees of
cases then raise what is proved: step by step (``branch``) or, with HiGHS, by one tree (``residual``) in which a linear
program over the patterns that are left (``master``, ``columns``) finds the best prices of every case; ``trials`` say
how to divide a case, and one with nothing to divide is a schedule (``whole``). ``prover`` takes these steps in turn and
is right at any moment, ``certificate`` writes down what it proved, as short as ``shorten`` makes it, and ``bound`` is
the one call for all this.

Whoever doubts a bound reads ``verify``, and nothing else: it states the theorems with their proofs and recomputes a
bound from the instance and its certificate. To understand how bounds are found, read ``verify`` up to its code, then
``machine``, ``relaxation``, ``ascent``, ``branch``, ``residual`` and ``prover``; the others as they are needed.

What needs numba (``patterns``, ``ascent`` and all that is above them) is imported by the first call of
:func:`lower_bound`, not by this package.
"""

from cmo_kit.bounds.bound import lower_bound
from cmo_kit.bounds.certificate import Bound
from cmo_kit.bounds.verify import verify

__all__ = ["Bound", "lower_bound", "verify"]
