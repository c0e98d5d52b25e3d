"""Recompute the bounds that a certificate proves, with nothing taken from the code that found them.

A referee reads this file alone: the theorems with their proofs, the certificate's format, the code that checks it. It
computes in Python's integers and fractions and in numpy's 64-bit integers with room to spare, so there is no
rounding. Speed does not matter here: prices follow their definitions order by order.

The problem
-----------
``Q_i`` batches of each order ``i`` stand in sequences on ``L`` Sites. The first batch of a Site starts no earlier
than its initial setup ``sigma_i``, and a batch of ``j`` behind one of ``i`` at least ``g_ij`` after its start. Let
``F_i`` be the last start of order ``i``. Its last batch is complete ``sum_o p_io`` later, so its tardiness is
``max(0, F_i - d_i)`` with ``d_i = D_i - sum_o p_io``, and total tardiness is ``sum_i w_i max(0, F_i - d_i)``.

Theorem 1: on a grid
--------------------
Take any step ``u > 0``, any ``factor > 0`` and any ``slack >= 0``, and measure, in steps and whole weights,

    gaps G_ij = floor((g_ij + slack) / u),    openings floor((sigma_i + slack) / u),
    due dates ceil((d_i - slack) / u),        weights W_i = floor(w_i factor).

In a left-shifted schedule of that problem every start is a whole number. If its optimum is ``B`` or more, total
tardiness is at least ``B u / factor - slack (N + 1) sum_i w_i``, where ``N = sum_i Q_i``. *Proof.* Let the numbers be
``slack`` further from the instance in the unfavourable direction: every batch of a left-shifted schedule then starts
at most ``N slack`` later and is due ``slack`` earlier, so no order is tardier by more than ``(N + 1) slack``.
Rounding gaps, openings and weights down and due dates up never raises the optimum. QED. ``slack`` stands for rounding
errors in the floats of ``g`` and ``d``, which are sums and differences of given numbers. Where all given numbers are
multiples of 1/1024 below ``2**40`` there are none; if then ``slack`` is 0 and ``u`` and ``factor`` round nothing, the
instance's optimum is a whole number of grid units, and a bound may be rounded up to one.

From here on gaps, openings and due dates are those of the grid. No batch of ``j`` starts before ``ready_j``, the
length of a shortest path over gaps from the opening of a Site: it opens the Site, or is behind other orders of which
each was ready.

Theorem 2: one machine (kind ``machine``)
-----------------------------------------
Let ``a_i = min_j G_ij`` be the least gap behind a batch of order ``i``, ``o_i = min_{j != i} G_ij`` the least behind
the last batch of a run, and give each order the work ``P_i = (Q_i - 1) a_i + o_i``. Let ``Delta`` be the sum of the
``L`` largest numbers among the ``o_i`` and, ``min(Q_i - 1, L)`` times each, the ``a_i``. With equal weights ``W``,

    sum_i W max(0, F_i - d_i)  >=  (W / L)  (optimum of 1 || sum T with lengths P_i and due dates L d_i + Delta).

*Proof.* Take any set ``S`` of orders. The last start of ``S`` on a Site is at least the sum of the gaps behind its
earlier batches of ``S``. Over all Sites these are all gaps of ``S`` but those behind the last batch of ``S`` on each
Site, at most ``Delta`` together. So some order of ``S`` has a last start of at least ``(sum_S P_i - Delta) / L``.
With the orders numbered by last start this holds for every set of the first ``k``: ``L F_(k) + Delta >= P_(1) + ... +
P_(k)``, so ``L`` times the tardiness is at least that of the jobs on one machine in this sequence. QED. The single
machine is solved by Lawler's theorem (1977, doi:10.1016/S0167-5060(08)70742-8): with jobs numbered by due date and
``j`` the longest, some optimal sequence has exactly the jobs up to some ``k >= j`` ahead of ``j`` or at its place.
Whatever the weights, ``F_i >= ready_i + (ceil(Q_i / L) - 1) a_i``, because some Site makes at least ``ceil(Q_i / L)``
batches of ``i``.

Theorem 3: prices (kind ``prices``)
-----------------------------------
A run is ``q`` batches of one order whose last one starts at ``e`` and whose first one at ``s = e - (q - 1) G_ii``.
For every order ``j`` let ``psi_j(s)`` be a number for a first start at ``s``, where ``0 <= psi_j(s) <= V`` and
``psi_j`` never falls with ``s``. For a last start define

    phi_i(e) = min( V,  min_{j != i} psi_j(e + G_ij) ).

A run pays ``phi_i(e) - psi_i(s)``: what the Site is worth when the run leaves it, less what it was worth when the run
took it. For every schedule ``sum_i W_i max(0, F_i - d_i)`` is at least

    LB = sum_i min over patterns of ( W_i max(0, F - d_i) + sum over runs (phi_i(e) - psi_i(s)) )  -  L V,

where a pattern of order ``i`` is any multiset of runs with ``Q_i`` batches together, each with ``s >= ready_i``, and
``F`` is the last of its last starts. *Proof.* Take a left-shifted schedule and one Site with runs ``1, 2, ..., n`` in
sequence, each as long as possible, so that neighbours are of different orders. The prices that its runs pay add up to

    phi(e_n) + sum_{k<n} ( phi(e_k) - psi(s_{k+1}) ) - psi(s_1).

The first term is at most ``V``. In the sum ``s_{k+1} >= e_k + G``, so ``psi(s_{k+1}) >= psi(e_k + G) >= phi(e_k)`` by
monotonicity and by the definition of ``phi``: no bracket is positive. The last term is not positive. So a Site
collects at most ``V`` and all Sites at most ``L V``: the schedule costs at least as much as it would with prices paid
and ``L V`` refunded. The runs of each order form one of its patterns, so the minimum over patterns is no more. QED.

*How late.* Here ``psi_j(s) = Pi_k(min(s + u_j, T))`` with the curve ``Pi_k`` of the order's class, an offset ``u_j >=
0`` and ``Pi_k(T) = V``. From ``T`` on all is constant, so a run that starts there is free, and waiting longer only
adds tardiness: with ``end = T + max_i (Q_i - 1) G_ii`` a pattern that ends later than ``end`` is no better than the
same pattern with all its runs that end later moved to ``end``. So ``F`` runs over ``0..end``, and ``end`` stands for
all later ones as well.

*How many runs.* With ``runs`` "any" a pattern may have any number. With "one" the bound is for schedules with one run
per order and Site, whose patterns have at most ``min(L, Q_i)`` runs; that limit is kept up to 3 runs, and leaving it
out above only makes the minimum smaller. Where the condition of :mod:`cmo_kit.core.conditions` holds, some optimal
schedule is of that kind, and the bound holds for all.

Theorem 4: a tree of cases (kind ``tree``)
------------------------------------------
Suppose that some schedule costs at most ``beat``. At given prices, with some patterns open to each order, let
``least_i`` be its least price plus lateness and ``LB`` the bound. The schedule's pattern of order ``i``, ending at
``F``, costs at most ``beat - LB + least_i``, because with it in the place of the cheapest one the sum is still a
bound on the schedule. So every ``F`` that costs more is closed to ``i``, apart for patterns of one run and of more.
The case is refuted when ``LB`` exceeds ``beat`` or an order has no pattern left. Else two further cases share out
what is open, by one order's last start (at most ``at``, or later) or by its number of runs (one, or more). When all
cases are refuted the optimum exceeds ``beat``; otherwise it is at least the least ``LB`` of a case that is not, or
exceeds ``beat``.

The format
----------
``{"format": "cmo-bound/1", "instance", "digest", "lower_bound", "one_run_lower_bound", "parts"}``; each part proves
one number, and all parts hold ``kind``, ``runs`` ("any" or "one") and the grid: ``unit`` (``u``), ``factor`` and
``slack``, each as numerator and denominator.

- ``{"kind": "machine", "runs": "any"}``: theorem 2, recomputed from the instance alone;
- ``{"kind": "prices", ...}``: theorem 3 with one set of curves;
- ``{"kind": "tree", "beat", "nodes", ...}``: theorem 4. A node is ``[curves]`` or ``[curves, rule, order, at, first,
  second]``: the numbers of the sets of curves to apply in turn, then for a node with cases the rule ("last start" or
  "runs"), the order, the time and the numbers of the nodes of both cases. Node 0 is the root.

The last two hold ``classes`` and ``offsets`` (``k`` and ``u_j`` of each order), ``resolution`` (prices are whole
numbers of parts, so many to a grid unit) and ``curves``: a list of sets, each with one list per class of the
increments of its curve.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance

Integers = NDArray[np.int64]
Times = list[list[int]]
#: Relative, for claims of instances with fractions, which are rounded to floats.
TOLERANCE = 1e-9
#: Orders up to which the single machine counts, and its subproblems: beyond, it proves nothing.
LARGEST_MACHINE, MOST_PROBLEMS = 150, 400_000
#: Runs up to which a limit on their number is kept.
COUNTED_RUNS = 3
#: Each takes its time; a bound has one part for each way to prove it and each kind of runs.
MOST_PARTS = 16
#: A price that no pattern has, and the least sum that is refused, so that adding a few never overflows 64 bits.
INFINITE, LARGEST = 1 << 60, 1 << 56
#: Of a price curve, and of all tables of one set, which would not fit an ordinary machine's memory.
MOST_STEPS, MOST_ENTRIES = 10_000_000, 25_000_000


def verify(instance: Instance, certificate: Mapping[str, Any]) -> tuple[float, float]:
    """Recompute the bounds that ``certificate`` proves for ``instance``.

    Returns
    -------
    lower_bound, one_run_lower_bound : float
        As proved, for any schedule and for one run per order and Site.

    Raises
    ------
    InputError
        When the certificate is for another instance, is malformed, or proves less than it claims.
    """
    try:
        require(certificate["format"] == "cmo-bound/1", "format is not 'cmo-bound/1'")
        require(certificate["digest"] == instance.digest, "the certificate is for another instance")
        any_runs, one_run = 0.0, 0.0
        enough = instance.one_run_failure is None
        require(len(certificate["parts"]) <= MOST_PARTS, f"the certificate has over {MOST_PARTS} parts")
        for part in certificate["parts"]:
            value = _value(instance, part)
            if part["runs"] == "any" or enough:
                any_runs = max(any_runs, value)
            if part["runs"] == "one":
                one_run = max(one_run, value)
        one_run = max(one_run, any_runs)
        for name, proved in (("lower_bound", any_runs), ("one_run_lower_bound", one_run)):
            claimed = check_number(certificate[name], name)
            room = 0.0 if instance.integral else TOLERANCE * max(1.0, abs(claimed))
            require(proved >= claimed - room, f"{name} {claimed:.12g} is claimed, but only {proved:.12g} is proved")
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the certificate is malformed: {type(error).__name__} {error}") from None
    return any_runs, one_run


def _value(instance: Instance, part: Mapping[str, Any]) -> float:
    """The bound that one part of a certificate proves, in the instance's objective."""
    problem = GridProblem(instance, part)
    if part["kind"] == "machine":
        value = orders_alone(problem)
        if len(set(problem.W)) == 1 and len(problem.Q) <= LARGEST_MACHINE:
            tardiness = single_machine(problem.G, problem.Q, problem.d, problem.L)
            value = max(value, Fraction(problem.W[0] * (tardiness or 0), problem.L))
    elif part["kind"] == "prices":
        require(len(part["curves"]) == 1, "a part of kind prices has one set of curves")
        prices = PriceSet(problem, part, part["curves"][0])
        everything = np.ones((len(problem.Q), prices.end + 1), dtype=bool)
        found, _ = prices.bound([prices.profiles(i) for i in range(len(problem.Q))], everything, everything)
        value = found if found is not None else Fraction(0)
    else:
        require(part["kind"] == "tree", f"kind is {part['kind']!r:.40}; it must be machine, prices or tree")
        value = _walk_tree(problem, part)
    own = problem.objective(value)
    if instance.integral:
        return float(math.ceil(own))
    nearest = float(own)
    return nearest if Fraction(nearest) <= own else math.nextafter(nearest, -math.inf)


def require(condition: bool, sentence: str) -> None:
    """Reject the certificate with ``sentence`` unless ``condition`` holds."""
    if not condition:
        raise InputError(sentence)


def integers(values: Any, name: str, below: int) -> list[int]:
    """``values`` as a list of integers from 0 to ``below - 1``; as indices true, null and lists mean other things."""
    kept = isinstance(values, list) and all(type(value) is int and 0 <= value < below for value in values)
    require(kept, f"{name} must be integers from 0 to {below - 1}")
    return list(values)


def fraction(pair: Any, name: str) -> Fraction:
    """A numerator and a denominator as the number that they are."""
    kept = isinstance(pair, list) and len(pair) == 2 and all(type(value) is int for value in pair) and pair[1] > 0
    require(kept, f"{name} must be a numerator and a denominator")
    return Fraction(*pair)


def fractions(values: Any) -> list[Fraction]:
    """An array of floats, exactly, in one list."""
    return [Fraction(value) for value in np.asarray(values, dtype=float).ravel().tolist()]


class GridProblem:
    """The instance on the grid that a part of a certificate names (theorem 1): floors, ceilings and nothing else."""

    def __init__(self, instance: Instance, part: Mapping[str, Any]) -> None:
        unit, factor, slack = (fraction(part[name], name) for name in ("unit", "factor", "slack"))
        require(unit > 0 and factor > 0 and slack >= 0, "unit and factor must be positive and slack not negative")
        gaps, openings, due = (fractions(times) for times in (instance.g, instance.sigma, instance.D - instance.tails))
        weights = fractions(instance.w)
        n = range(len(instance.Q))
        self.Q, self.L = [int(value) for value in instance.Q], instance.sites
        self.G = [[(gaps[i * len(n) + j] + slack) // unit for j in n] for i in n]
        self.d = [-((slack - value) // unit) for value in due]
        self.W = [int(value * factor) for value in weights]
        self.unit, self.factor = unit, factor
        self.loss = slack * (sum(self.Q) + 1) * sum(weights)
        # such times are added and subtracted by floats without error, so G and d are what the instance means
        given = gaps + fractions(instance.p) + fractions(instance.D) + openings
        sure = all(1024 % value.denominator == 0 and abs(value) < 1 << 40 for value in given)
        aligned = all(value % unit == 0 for value in gaps + openings + due)
        weights_kept = all(value * factor == kept for value, kept in zip(weights, self.W, strict=True))
        self.whole = sure and aligned and weights_kept and slack == 0
        self.ready = [(value + slack) // unit for value in openings]
        for _ in n:  # every round allows one more order ahead
            self.ready = [min([self.ready[j], *(self.ready[i] + self.G[i][j] for i in n if i != j)]) for j in n]

    def objective(self, value: Fraction) -> Fraction:
        """A bound in grid units as one on the instance's total tardiness."""
        whole = Fraction(math.ceil(value)) if self.whole else value
        return max(Fraction(0), whole * self.unit / self.factor - self.loss)


def orders_alone(problem: GridProblem) -> Fraction:
    """The sum over orders of the tardiness that they have even with all Sites for themselves (theorem 2)."""
    total = 0
    for i, quantity in enumerate(problem.Q):
        at_least = problem.ready[i] + ((quantity + problem.L - 1) // problem.L - 1) * min(problem.G[i])
        total += problem.W[i] * max(0, at_least - problem.d[i])
    return Fraction(total)


def single_machine(G: Times, Q: list[int], d: list[int], L: int) -> int | None:
    """Least total tardiness of the jobs ``P_i`` with due dates ``L d_i + Delta``; None if that takes too long.

    All positions behind the longest job's own are tried, none is skipped; subproblems are named by (first job, last
    job, job that bounds the lengths) as in Lawler 1977.
    """
    n = len(Q)
    last = [min(G[i][j] for j in range(n) if j != i or n == 1) for i in range(n)]
    between = [min(G[i]) for i in range(n)]
    gaps = sorted((x for i in range(n) for x in [last[i]] + [between[i]] * min(Q[i] - 1, L)), reverse=True)
    delta = sum(gaps[:L])
    jobs = sorted((L * d[i] + delta, (Q[i] - 1) * between[i] + last[i]) for i in range(n))
    due, length = [job[0] for job in jobs], [job[1] for job in jobs]
    ranks = {i: rank for rank, i in enumerate(sorted(range(n), key=lambda i: (length[i], i)))}
    known: dict[tuple[int, int, int, int], int] = {}

    def solve(first: int, final: int, below: int, start: int) -> int | None:
        """Jobs ``first..final`` of rank less than ``below``, the machine being free at ``start``."""
        inside = [i for i in range(first, final + 1) if ranks[i] < below]
        if not inside:
            return 0
        key = (inside[0], inside[-1], below, start)
        if key not in known:
            if len(known) > MOST_PROBLEMS:
                return None
            longest = max(inside, key=lambda i: ranks[i])
            options = []
            for k in inside:
                if k < longest:
                    continue
                end = start + sum(length[i] for i in inside if i <= k)
                before = solve(inside[0], k, ranks[longest], start)
                after = solve(k + 1, inside[-1], ranks[longest], end)
                if before is None or after is None:
                    return None
                options.append(before + max(0, end - due[longest]) + after)
            known[key] = min(options)
        return known[key]

    return solve(0, n - 1, n, 0)


class PriceSet:
    """One set of price curves, checked, and what it says of every order."""

    def __init__(self, problem: GridProblem, part: Mapping[str, Any], increments: Any) -> None:
        self.problem, self.one_run = problem, part["runs"] == "one"
        (self.scale,) = integers([part["resolution"]], "resolution", LARGEST)
        require(self.scale > 0, "resolution is 0")
        rows = np.array(increments)
        require(rows.ndim == 2 and rows.dtype == np.int64, "the price curves are no equal lists of integers")
        curves = np.cumsum(rows, axis=1)
        member = integers(part["classes"], "classes", len(curves))
        offset = integers(part["offsets"], "offsets", MOST_STEPS)
        require(len(member) == len(offset) == len(problem.Q), "the curves do not fit the orders")
        # sums are below 0 where they pass 64 bits
        require(bool((rows >= 0).all() and (curves >= 0).all()), "a price curve falls")
        require(bool((curves[:, -1] == curves[0, -1]).all()), "the price curves end at different heights")
        self.T, self.V = curves.shape[1] - 1, int(curves[0, -1])
        self.end = self.T + max((quantity - 1) * problem.G[i][i] for i, quantity in enumerate(problem.Q))
        require(max(problem.ready) <= self.T, "the price curves are too short")
        reach = max(max(row) for row in problem.G)
        entries = (self.end + reach) * max(len(problem.Q), *problem.Q)
        require(entries <= MOST_ENTRIES, "the price curves have too many steps for this machine")
        require(
            max(self.V * (max(problem.Q) + problem.L), max(problem.W) * self.end * self.scale) < LARGEST,
            "prices are too large",
        )
        times = np.arange(self.end + 1 + reach)
        self.psi = [curves[k][np.minimum(times + u, self.T)] for k, u in zip(member, offset, strict=True)]

    def last_start_prices(self, i: int) -> Integers:
        """``phi_i(e)`` for ``e`` in ``0..end``, by its definition."""
        phi = np.full(self.end + 1, self.V)
        for j in range(len(self.problem.Q)):
            if j != i:
                gap = self.problem.G[i][j]
                phi = np.minimum(phi, self.psi[j][gap : gap + self.end + 1])
        return phi

    def profiles(self, i: int) -> tuple[Integers, Integers]:
        """Price plus lateness of the cheapest pattern of one run, and of more, for every last start."""
        problem, Q, G = self.problem, self.problem.Q[i], self.problem.G[i][i]
        phi, ends = self.last_start_prices(i), np.arange(self.end + 1)
        late = problem.W[i] * self.scale * np.maximum(0, ends - problem.d[i])
        exact = [np.full(self.end + 1, INFINITE)]
        for q in range(1, Q + 1):
            start = ends - (q - 1) * G
            cost = np.where(start >= problem.ready[i], phi - self.psi[i][np.maximum(start, 0)], INFINITE)
            exact.append(cost)
        one = np.minimum(exact[Q] + late, INFINITE)
        several = np.full(self.end + 1, INFINITE)
        limit = min(problem.L, Q) if self.one_run else Q
        if limit == 1:
            return one, several
        up_to = [np.minimum.accumulate(cost) for cost in exact]
        rest = self._rest(up_to, Q, limit if limit < Q and limit <= COUNTED_RUNS else None)
        for q in range(1, Q):
            several = np.minimum(several, exact[q] + rest[Q - q] + late)
        return one, np.minimum(several, INFINITE)

    def _rest(self, up_to: list[Integers], Q: int, limit: int | None) -> list[Integers]:
        """Cheapest way to make ``m`` batches in runs that end in time, at most ``limit - 1`` runs if given."""
        nothing = [np.zeros(self.end + 1, dtype=np.int64)]
        if limit is None:
            for m in range(1, Q):
                options = [up_to[q] + nothing[m - q] for q in range(1, m + 1)]
                nothing.append(np.minimum(np.minimum.reduce(options), INFINITE))
            return nothing
        rows = nothing + [np.full(self.end + 1, INFINITE) for _ in range(1, Q)]
        for _ in range(limit - 1):
            rows = [
                np.minimum.reduce([rows[m], *(np.minimum(up_to[q] + rows[m - q], INFINITE) for q in range(1, m + 1))])
                for m in range(Q)
            ]
        return rows

    def bound(self, tables: list[tuple[Integers, Integers]], whole: Any, parts: Any) -> tuple[Fraction | None, Any]:
        """The theorem's sum over the patterns that are open, None if an order has none; and the least prices."""
        least = []
        for (one, several), open_one, open_parts in zip(tables, whole, parts, strict=True):
            options = np.minimum(np.where(open_one, one, INFINITE), np.where(open_parts, several, INFINITE))
            value = int(options.min())
            if value >= INFINITE:
                return None, None
            least.append(value)
        return Fraction(sum(least) - self.problem.L * self.V, self.scale), least


def _walk_tree(problem: GridProblem, part: Mapping[str, Any]) -> Fraction:
    """Draw the conclusions of a tree again: the goal, or the least bound of a case that is not refuted."""
    beat = fraction(part["beat"], "beat")
    nodes, sets = part["nodes"], part["curves"]
    proven = Fraction(math.floor(beat) + 1) if problem.whole else beat  # the least whole number above it
    shape = None
    stack: list[tuple[int, Any, Any]] = [(0, None, None)]
    seen = 0
    while stack:
        number, whole, parts = stack.pop()
        node = nodes[number]
        seen += 1
        require(seen <= len(nodes), "the tree's cases run in a circle")
        refuted, best = False, Fraction(0)
        for which in integers(node[0], "a node's curves", len(sets)):
            prices = PriceSet(problem, part, sets[which])
            if shape is None:
                shape = (len(problem.Q), prices.end + 1)
                whole, parts = np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)
            require(shape == (len(problem.Q), prices.end + 1), "price curves of one tree have different lengths")
            tables = [prices.profiles(i) for i in range(len(problem.Q))]
            bound, least = prices.bound(tables, whole, parts)
            if bound is None or bound > beat:
                refuted = True
                break
            best = max(best, bound)
            for i, (one, several) in enumerate(tables):
                room = math.floor((beat - bound) * prices.scale) + least[i]
                whole[i] &= one <= room
                parts[i] &= several <= room
            if not (whole | parts).any(axis=1).all():
                refuted = True
                break
        if refuted:
            continue
        if len(node) == 1:
            proven = min(proven, best)
            continue
        _, rule, order, at, first, second = node
        if shape is None:
            return Fraction(0)
        integers([order], "a node's order", len(problem.Q))
        integers([first, second], "a node's cases", len(nodes))
        require(type(at) is int, "a node's time is no integer")
        for case, later in ((first, False), (second, True)):
            w, p = whole.copy(), parts.copy()
            if rule == "runs":
                (w if later else p)[order] = False
            else:
                closed = slice(0, at + 1) if later else slice(at + 1, None)
                w[order, closed] = False
                p[order, closed] = False
            stack.append((case, w, p))
    return proven
