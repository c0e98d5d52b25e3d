"""Lower bounds on total tardiness, and proofs that a schedule is optimal.

Read in this order: ``machine`` (a bound on one page), ``prices`` (the theorem behind the strong bound),
``classes`` and ``grid`` (what it needs), ``climb`` (how prices are found), ``branch`` (how a gap is closed),
``verify`` (how somebody else convinces himself).
"""

from cmo_kit.bounds.bound import lower_bound
from cmo_kit.bounds.prover import Bound
from cmo_kit.bounds.verify import verify

__all__ = ["Bound", "lower_bound", "verify"]
