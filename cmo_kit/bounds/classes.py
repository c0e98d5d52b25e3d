"""Successor classes: which orders may share one price curve, and at which offsets.

The bound of :mod:`cmo_kit.bounds.prices` prices the start of a run of order ``j`` at time
``t`` with a curve of its own, ``psi_j(t)``. Two orders whose columns of the gap matrix differ by a
constant, ``G_ij = G_ik + c`` for all ``i``, are alike to whatever stands before them, ``c`` steps
apart; they share a curve, ``psi_j(t) = Pi_k(t + u_j)``. Any grouping and any offsets give a valid
bound: good ones give a strong bound with few curves.

With one class only the offsets matter. They come from the dual of the assignment problem

    max sum_i (alpha_i + beta_i)    with    alpha_i + beta_j <= G_ij  for  i != j,

and ``u_j = max beta - beta_j``: the assignment's optimum is what all setups cost at least when every
order is followed by another one, and the dual shares it out between predecessor and successor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
#: Steps that no horizon reaches, and whose sums fit 64 bits.
FAR = 1 << 40
#: Orders up to which the cubic assignment is solved; above, mean gaps give offsets as valid, if not as good.
LARGEST_ASSIGNMENT = 400


class Classes(NamedTuple):
    """``member`` (I,): the class of each order; ``offset`` (I,): ``u_j >= 0`` in steps; ``number``: of classes."""

    member: Integers
    offset: Integers
    number: int


def assignment_duals(gap: Integers) -> tuple[Integers, Integers]:
    """Optimal ``alpha, beta`` of the assignment problem without its diagonal (Hungarian method).

    Rows enter one by one; each is matched along a shortest augmenting path over reduced costs,
    which keep non-negative (Kuhn 1955, doi:10.1002/nav.3800020109). Cubic in the number of orders.
    """
    n = len(gap)
    cost = gap.astype(np.int64).copy()
    np.fill_diagonal(cost, int(gap.max(initial=0)) * (n + 1) + 1)
    alpha, beta = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    row_of = np.full(n, -1)
    for row in range(n):
        distance, reached_from = np.full(n, FAR), np.full(n, -1)
        done = np.zeros(n, dtype=bool)
        column, current, length = -1, row, 0
        while True:
            through = length + cost[current] - alpha[current] - beta
            better = ~done & (through < distance)
            distance[better], reached_from[better] = through[better], column
            column = int(np.argmin(np.where(done, FAR, distance)))
            length, current = int(distance[column]), int(row_of[column])
            if current < 0:
                break
            done[column] = True
        alpha[row] += length
        matched = np.flatnonzero(done)
        alpha[row_of[matched]] += length - distance[matched]
        beta[matched] -= length - distance[matched]
        while column >= 0:
            before = int(reached_from[column])
            row_of[column] = row if before < 0 else row_of[before]
            column = before
    return alpha, beta


def successor_offsets(gap: Integers) -> Integers:
    """``u_j >= 0``: how much later than the nearest successor a run of ``j`` may follow, in steps; shape (I,)."""
    if len(gap) < 2:
        return np.zeros(len(gap), dtype=np.int64)
    small = len(gap) <= LARGEST_ASSIGNMENT
    beta = assignment_duals(gap)[1] if small else gap.mean(axis=0).astype(np.int64)
    offsets: Integers = beta.max() - beta
    return offsets


def successor_classes(gap: Integers, most: int) -> Classes:
    """Orders with columns of one shape in one class; a single class when there would be more than ``most``.

    The diagonal does not count, because a run is never followed by another run of its own order.
    """
    offset = successor_offsets(gap)
    n = len(gap)
    member = np.full(n, -1)
    heads: list[int] = []
    for j in range(n):
        for k, head in enumerate(heads):
            rows = np.ones(n, dtype=bool)
            rows[[j, head]] = False
            difference = (gap[:, head] - gap[:, j])[rows]
            if not len(difference) or difference.min() == difference.max():
                member[j] = k
                if len(difference):
                    offset[j] = offset[head] + difference[0]
                break
        else:
            if len(heads) == most:
                return Classes(np.zeros(n, dtype=np.int64), successor_offsets(gap), 1)
            member[j] = len(heads)
            heads.append(j)
    return Classes(member, offset - offset.min(), len(heads))


def reach(gap: Integers, classes: Classes) -> Integers:
    """``m_ik``: how far ahead a last start of order ``i`` looks on curve ``k``; shape (I, K), in steps.

    ``m_ik = min G_ij + u_j`` over the orders ``j != i`` of class ``k``; :data:`FAR` where there is none.
    """
    table = gap + classes.offset
    table = table.astype(np.int64)
    np.fill_diagonal(table, FAR)
    result = np.full((len(gap), classes.number), FAR)
    for k in range(classes.number):
        inside = table[:, classes.member == k]
        result[:, k] = inside.min(axis=1) if inside.size else FAR
    return result
