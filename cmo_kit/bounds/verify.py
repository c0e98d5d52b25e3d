"""Recompute the bounds that a certificate proves, with nothing taken from the code that found them.

A referee reads this file alone: the theorems with their proofs, the certificate's format, the code that checks it. It
computes in Python's integers and fractions, and in numpy's 64-bit integers where lemma 5 bounds every number, so that
nothing is rounded and nothing overflows. Speed does not matter here: prices follow their definitions order by order.

The problem
-----------
``Q_i`` batches of each order ``i`` stand in sequences on ``L`` Sites. The first batch of a Site starts no earlier
than its initial setup ``sigma_i``, and a batch of ``j`` behind one of ``i`` at least ``g_ij`` after its start. Let
``F_i`` be the last start of order ``i``. Its last batch is complete ``sum_o p_io`` later, so its tardiness is
``max(0, F_i - d_i)`` with ``d_i = D_i - sum_o p_io``, and total tardiness is ``sum_i w_i max(0, F_i - d_i)``.

Times and weights are decimals: multiples of the instance's own ticks (``instance.whole``, where they are whole numbers;
:mod:`cmo_kit.formats.ticks`). So total tardiness is a whole number of ticks, ``instance.per_unit`` to a unit of the
objective, and a lower bound may be rounded up to one. In what follows the instance is the one in ticks. Two exceptions:
weights too fine for ticks are the doubles that they are, and nothing is rounded up; times too fine for ticks were
rounded, and ``instance.rounding`` is taken off, which is what that may change.

Theorem 1: on a grid
--------------------
Take any step ``u > 0``, any ``factor > 0`` and any ``slack >= 0``, and measure, in steps and whole weights,

    gaps G_ij = floor((g_ij + slack) / u),    openings floor((sigma_i + slack) / u),
    due dates ceil((d_i - slack) / u),        weights W_i = floor(w_i factor).

In a left-shifted schedule of that problem every start is a whole number, and so is its optimum: a bound on it may be
rounded up. If the optimum is ``B`` or more, total tardiness is at least ``B u / factor - slack (N + 1) sum_i w_i``,
where ``N = sum_i Q_i``. *Proof.* Let the numbers be ``slack`` further from the instance in the unfavourable direction:
every batch of a left-shifted schedule then starts at most ``N slack`` later and is due ``slack`` earlier, so no order
is tardier by more than ``(N + 1) slack``. Rounding gaps, openings and weights down and due dates up never raises the
optimum. QED. (``slack`` is for provers whose own times are not exact; the kit's has 0.)

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
0``, ``Pi_k(T) = V`` and ``T >= ready_j`` for all orders. From ``T`` on all is constant, so a run that starts there is
free, and waiting longer only adds tardiness: with ``end = T + max_i (Q_i - 1) G_ii`` a pattern that ends later than
``end`` is no better than the same pattern with all its runs that end later moved to ``end``. So ``F`` runs over
``0..end``, and ``end`` stands for all later ones as well.

*How many runs.* With ``runs`` "any" a pattern may have any number. With "one" the bound is for schedules with one run
per order and Site, whose patterns have at most ``min(L, Q_i)`` runs; that limit is kept up to 3 runs, and leaving it
out above only makes the minimum smaller. Where the condition of :mod:`cmo_kit.formats.conditions` holds, some optimal
schedule is of that kind, and the bound holds for all.

*Late from the start.* ``W_i max(0, -d_i)`` is what an order costs that is late even when it starts at 0. It is the same
for all patterns: it stays out of the tables and is added to the bound at the end, so in them ``d_i >= 0``.

Theorem 4: a tree of cases (kind ``tree``)
------------------------------------------
Suppose that some schedule costs at most ``beat``. At given prices, with some patterns open to each order, let
``least_i`` be its least price plus lateness and ``LB`` the bound. The schedule's pattern of order ``i``, ending at
``F``, costs at most ``beat - LB + least_i``, because with it in the place of the cheapest one the sum is still a
bound on the schedule. So every ``F`` that costs more is closed to ``i``, apart for patterns of one run and of more.
The case is refuted when ``LB`` exceeds ``beat`` or an order has no pattern left. Else two further cases share out
what is open, by one order's last start (at most ``at``, or later; ``end`` stands for all that are later still), by
its number of runs (one, or more), or by how many of its batches are in runs that end at ``at`` or before (at least
``m``, or fewer). The last is asked of patterns of several runs by *cuts*: runs that end between two cuts are free, and
of what is made up to a cut only what it allows goes on; a pattern of one run has all batches from its last start on.
With cuts the limit of runs is left out. When all cases are refuted the optimum exceeds ``beat``, so it is at least the
next whole number; otherwise it is at least that or the least ``LB`` of a case that is not refuted.

*Counts.* Cases may also share out what all orders do together: at most ``m`` orders have their last start at ``at`` or
before, or more; at most ``m`` runs have their first start then or before, or more. Let ``N(t)`` and ``M(t)`` be these
numbers, ``t < T``, and let an order with last start ``F`` pay a toll ``tau(F)`` besides, and a run with first start
``s`` a toll ``sigma(s)``: any numbers, of either sign, that are 0 from ``T`` on. With ``mu(t) = tau(t) - tau(t + 1)``
and ``nu(t) = sigma(t) - sigma(t + 1)`` a schedule pays ``sum_t (mu(t) N(t) + nu(t) M(t))`` in tolls. Theorem 3 holds
with tolls paid in its minima and

    sum_t ( max over a case's N(t) of mu(t) N(t)  +  max over its M(t) of nu(t) M(t) )

taken off besides ``L V``, and so does what was said of closing. Where a case says nothing ``N(t)`` is from 0 to the
number of orders and ``M(t)`` from 0 to ``N``, the number of batches. (What is moved to ``end`` in theorem 3 starts at
``T`` or later before and after: it pays no toll and is not counted.)

Lemma 5: what a certificate chooses
-----------------------------------
Step, factor, slack, classes, offsets, curves, ``T``, resolution, ``beat`` and cases are a certificate's own choice. The
theorems hold for every choice that keeps their conditions (``u, factor > 0``; ``slack, psi_j, u_j >= 0``; ``psi_j``
never falls and ends at ``V``; ``T >= ready_i``; cases that share out everything), and these are tested. So a choice
can only harm if numbers are taken for what they are not. Nothing here is told by a large number: an order without a
pattern is a table without an entry (:class:`Table` says from where on there are patterns, which follows from ``ready``
and ``G`` alone), a refuted case is a flag. And no number overflows. All are Python's but those in the tables, which are
64-bit integers in parts of a grid unit, ``R`` to one. In them every price is from 0 to ``V``, so a run pays from
``-V`` to ``V`` and a toll; a pattern of order ``i``, and every part of one, is a sum of at most ``Q_i`` runs, a
lateness from 0 to ``W_i R end`` and a toll. With

    Q_i (V + max |sigma|) + W_i R end + max |tau| < 2**62    for every order

no sum reaches ``2**62``; ``V`` is added up in Python's integers before, and sums over orders are Python's. A
certificate that breaks this is refused, as is one whose tables would not fit the memory of an ordinary machine.

The format
----------
``{"format": "cmo-bound/1", "instance", "digest", "lower_bound", "one_run_lower_bound", "parts"}``; each part proves
one number, and all parts hold ``kind``, ``runs`` ("any" or "one") and the grid: ``unit`` (``u``), ``factor`` and
``slack``, each as numerator and denominator.

- ``{"kind": "machine", "runs": "any"}``: theorem 2, recomputed from the instance alone;
- ``{"kind": "prices", ...}``: theorem 3 with one set of curves;
- ``{"kind": "tree", "beat", "nodes", ...}``: theorem 4. A node is ``[curves]`` or ``[curves, rule, order, at, first,
  second]``: the numbers of the sets of curves to apply in turn, then for a node with cases the rule ("last start",
  "runs", "batches", "orders ended" or "runs begun"), the order, the time and the numbers of the nodes of both cases;
  with the last three ``m`` follows, and the last two are of no order. Node 0 is the root.

The last two hold ``classes`` and ``offsets`` (``k`` and ``u_j`` of each order), ``resolution`` (prices are whole
numbers of parts, so many to a grid unit) and ``curves``: a list of sets, each with one list per class of the
increments of its curve. With ``tolls`` each set has two lists of pairs (time, value), of ``mu`` and of ``nu`` where
they are not 0. With ``scales``, one for each set, its increments are in multiples of so many parts.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number
from cmo_kit.core.instance import Instance

Integers = NDArray[np.int64]
Times = list[list[int]]
#: Orders up to which the single machine counts, and its subproblems: beyond, it proves nothing.
LARGEST_MACHINE, MOST_PROBLEMS = 150, 400_000
#: Runs up to which a limit on their number is kept.
COUNTED_RUNS = 3
#: Each takes its time; a bound has one part for each way to prove it and each kind of runs.
MOST_PARTS = 16
#: No number of a table reaches this (lemma 5).
LARGEST = 1 << 62
#: Of a price curve, and of all tables of one set, which would not fit an ordinary machine's memory.
MOST_STEPS, MOST_ENTRIES = 10_000_000, 25_000_000


class UnprovedError(InputError):
    """A certificate that can be read, but does not prove what it claims."""


class Proved(NamedTuple):
    """What a certificate proves, for any schedule and for one run per order and Site; in the instance's objective."""

    lower_bound: float
    one_run_lower_bound: float


def verify(instance: Instance, certificate: Mapping[str, Any]) -> Proved:
    """Recompute the bounds that ``certificate`` proves for ``instance``.

    Parameters
    ----------
    instance : Instance
    certificate : mapping
        A document of the format above.

    Returns
    -------
    Proved
        ``lower_bound``, for any schedule, and ``one_run_lower_bound``, for one run per order and Site, in time units:
        as proved, which may be more than is claimed.

    Raises
    ------
    InputError
        When the certificate is for another instance or malformed; its kind :class:`UnprovedError` when it breaks a
        condition of the theorems or proves less than it claims.

    Examples
    --------
    >>> instance = load_instance("tiny-one-site")
    >>> verify(instance, cmo_kit.bounds.lower_bound(instance).certificate)
    Proved(lower_bound=11.0, one_run_lower_bound=11.0)
    """
    try:
        if certificate["format"] != "cmo-bound/1":
            raise InputError("format is not 'cmo-bound/1'")
        if certificate["digest"] != instance.digest:
            raise InputError("the certificate is for another instance")
        any_runs, one_run = Fraction(0), Fraction(0)
        enough = instance.one_run_failure is None
        require(len(certificate["parts"]) <= MOST_PARTS, f"the certificate has over {MOST_PARTS} parts")
        for part in certificate["parts"]:
            value = _ticks(instance, part)
            if part["runs"] == "any" or enough:
                any_runs = max(any_runs, value)
            one_run = max(one_run, value)
        proved = Proved(in_objective(instance, any_runs), in_objective(instance, one_run))
        for name, value in proved._asdict().items():
            claimed = check_number(certificate[name], name)
            require(value >= claimed, f"{name} {claimed:.17g} is claimed, but only {value:.17g} is proved")
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the certificate is malformed: {type(error).__name__} {error}") from None
    return proved


def in_objective(instance: Instance, ticks: Fraction) -> float:
    """A bound in ticks of total tardiness as a number whose decimals are not above it.

    Up to ``2**53`` whole ticks a schedule's total is exact; beyond, and with weights that are no decimals, its products
    and sums may lose a few times ``2**-53`` of it: so does the bound.
    """
    whole = instance.weight_ticks.exact
    least = (math.ceil(ticks) if whole else ticks) - instance.rounding
    if not whole or least > 2**53:
        least -= least * Fraction(len(instance.orders) + 3, 2**52)
    exact = max(Fraction(0), least / Fraction(instance.per_unit))
    nearest = float(exact)
    return nearest if Fraction(repr(nearest)) <= exact else math.nextafter(nearest, -math.inf)


def _ticks(instance: Instance, part: Mapping[str, Any]) -> Fraction:
    """The bound that one part of a certificate proves, in ticks of total tardiness."""
    if part["runs"] not in ("any", "one"):
        raise InputError(f"runs is {part['runs']!r:.40}; it must be any or one")
    problem = GridProblem(instance, part)
    if part["kind"] == "machine":
        value = orders_alone(problem)
        if len(set(problem.W)) == 1 and len(problem.Q) <= LARGEST_MACHINE:
            tardiness = single_machine(problem.G, problem.Q, problem.d, problem.L)
            value = max(value, Fraction(problem.W[0] * (tardiness or 0), problem.L))
    elif part["kind"] == "prices":
        require(len(part["curves"]) == 1, "a part of kind prices has one set of curves")
        prices = PriceSet(problem, part, 0)
        found = prices.bound([prices.tables(i, {}) for i in range(len(problem.Q))], prices.all_open())
        assert found is not None  # what starts at ``T`` and later is a pattern of any order
        value = found[0]
    elif part["kind"] == "tree":
        value = _walk_tree(problem, part)
    else:
        raise InputError(f"kind is {part['kind']!r:.40}; it must be machine, prices or tree")
    return problem.objective(value)


def require(condition: bool, sentence: str) -> None:
    """Reject the certificate with ``sentence`` unless ``condition`` holds."""
    if not condition:
        raise UnprovedError(sentence)


def integers(values: Any, name: str, below: int) -> list[int]:
    """``values`` as a list of integers from 0 to ``below - 1``; as indices true, null and lists mean other things."""
    kept = isinstance(values, list) and all(type(value) is int and 0 <= value < below for value in values)
    if not kept:
        raise InputError(f"{name} must be integers from 0 to {below - 1}")
    return list(values)


def fraction(pair: Any, name: str) -> Fraction:
    """A numerator and a denominator as the number that they are."""
    kept = isinstance(pair, list) and len(pair) == 2 and all(type(value) is int for value in pair) and pair[1] > 0
    if not kept:
        raise InputError(f"{name} must be a numerator and a denominator")
    return Fraction(*pair)


def whole_numbers(values: Any) -> list[int]:
    """An array of floats without fractions, as integers in one list."""
    return [int(value) for value in np.asarray(values, dtype=float).ravel().tolist()]


class GridProblem:
    """The instance on the grid that a part of a certificate names (theorem 1): floors, ceilings and nothing else."""

    def __init__(self, instance: Instance, part: Mapping[str, Any]) -> None:
        unit, factor, slack = (fraction(part[name], name) for name in ("unit", "factor", "slack"))
        require(unit > 0 and factor > 0 and slack >= 0, "unit and factor must be positive and slack not negative")
        whole, n = instance.whole, range(len(instance.orders))
        gaps, openings = whole_numbers(whole.g), whole_numbers(whole.sigma)
        weights = [Fraction(value) for value in whole.w.tolist()]
        due = [end - tail for end, tail in zip(whole_numbers(whole.D), whole_numbers(whole.tails), strict=True)]
        self.unit, slack = unit * instance.time_ticks.per_unit, slack * instance.time_ticks.per_unit
        self.factor = factor / instance.weight_ticks.per_unit
        self.Q, self.L = [int(value) for value in whole.Q], whole.sites
        # floor((value + slack) / unit) in integers alone
        times, plus = slack.denominator * self.unit.denominator, slack.numerator * self.unit.denominator
        over = slack.denominator * self.unit.numerator
        self.G = [[(gaps[i * len(n) + j] * times + plus) // over for j in n] for i in n]
        self.d = [-((plus - value * times) // over) for value in due]
        self.W = [math.floor(value * self.factor) for value in weights]
        self.loss = slack * (sum(self.Q) + 1) * sum(weights)
        self.nearest: list[dict[int, int]] = []
        self.most = {ENDED: len(self.Q), BEGUN: sum(self.Q)}
        self.ready = [(value * times + plus) // over for value in openings]
        for _ in n:  # every round allows one more order ahead
            before = self.ready
            self.ready = [min([before[j], *(before[i] + self.G[i][j] for i in n if i != j)]) for j in n]
            if self.ready == before:
                break

    def find_nearest(self, member: list[int], offset: list[int]) -> None:
        """For each order ``i`` and each curve the least ``G_ij + u_j`` of other orders: the same for all sets."""
        if not self.nearest:
            for i, row in enumerate(self.G):
                self.nearest.append({})
                for j in sorted(range(len(row)), key=lambda j: row[j] + offset[j]):
                    if j != i:
                        self.nearest[i].setdefault(member[j], row[j] + offset[j])

    def objective(self, value: Fraction) -> Fraction:
        """A bound in grid units as one on the instance's total tardiness, in ticks."""
        return max(Fraction(0), math.ceil(value) * self.unit / self.factor - self.loss)


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


class Table(NamedTuple):
    """Prices for the last starts ``first``, ``first + 1``, ... as far as they go; elsewhere there is no pattern.

    Tables that are put together go equally far.
    """

    first: int
    price: Integers

    def plus(self, other: "Table") -> "Table":
        """Both together, where there are both."""
        first = max(self.first, other.first)
        return Table(first, self.price[first - self.first :] + other.price[first - other.first :])

    def between(self, begin: int, end: int) -> "Table":
        """The last starts from ``begin`` to ``end`` alone."""
        first = max(self.first, begin)
        return Table(first, self.price[first - self.first : max(0, end + 1 - self.first)])

    def at_any_time(self) -> "Table":
        """For every last start the price of the cheapest up to it."""
        return Table(self.first, np.minimum.accumulate(self.price))


def cheapest(tables: list[Table]) -> Table:
    """For every last start the cheapest of all that are there."""
    first, price = min(tables, key=lambda table: table.first)
    price = price.copy()
    for table in tables:
        part = price[table.first - first :]
        np.minimum(part, table.price, out=part)
    return Table(first, price)


#: For every order and last start whether patterns of one run are open, and those of more; shape (I, end + 1) each.
Open = tuple[NDArray[np.bool_], NDArray[np.bool_]]
#: For some times the fewest and the most batches of an order that are in runs which end by then.
Cuts = Mapping[int, tuple[int, int]]
#: What is counted of all orders together, by time: the fewest and the most there may be.
ENDED, BEGUN = "orders ended", "runs begun"
Counts = Mapping[tuple[str, int], tuple[int, int]]


class PriceSet:
    """One set of price curves, checked, and what it says of every order."""

    def __init__(self, problem: GridProblem, part: Mapping[str, Any], number: int) -> None:
        self.problem, self.one_run = problem, part["runs"] == "one"
        (self.scale,) = integers([part["resolution"]], "resolution", LARGEST)
        require(self.scale > 0, "resolution is 0")
        (multiple,) = integers([part["scales"][number] if "scales" in part else 1], "a scale", LARGEST)
        rows = np.array(part["curves"][number])
        if rows.ndim != 2 or rows.dtype != np.int64:
            raise InputError("the price curves are no equal lists of integers")
        require(bool((rows >= 0).all()), "a price curve falls")
        heights = [sum(row) * multiple for row in rows.tolist()]  # Python's integers
        require(len(set(heights)) == 1, "the price curves end at different heights")
        member = integers(part["classes"], "classes", len(rows))
        offset = integers(part["offsets"], "offsets", MOST_STEPS)
        if not len(member) == len(offset) == len(problem.Q):
            raise InputError("the curves do not fit the orders")
        self.T, self.V = rows.shape[1] - 1, heights[0]
        self.end = self.T + max((quantity - 1) * problem.G[i][i] for i, quantity in enumerate(problem.Q))
        require(max(problem.ready) <= self.T, "the price curves are too short")
        reach = max(max(row) for row in problem.G)
        entries = (self.end + reach) * max(len(problem.Q), *problem.Q)
        require(entries <= MOST_ENTRIES, "the price curves have too many steps for this machine")
        self.tolls = self._read_tolls(part["tolls"][number], multiple) if "tolls" in part else {}
        tolls = sum(map(abs, self.tolls.values()))  # no tau and no sigma is larger
        most = max(
            Q * (self.V + tolls) + W * self.scale * max(1, self.end) + tolls
            for Q, W in zip(problem.Q, problem.W, strict=True)
        )
        require(most < LARGEST, "prices are too large")
        self.always = sum(W * max(0, -d) for W, d in zip(problem.W, problem.d, strict=True))
        self.curves = np.cumsum(rows * multiple, axis=1)
        problem.find_nearest(member, offset)
        times = np.arange(self.end + 1)
        self.tau, sigma = self._toll(ENDED), self._toll(BEGUN)
        self.psi = [self.curves[k][np.minimum(times + u, self.T)] - sigma for k, u in zip(member, offset, strict=True)]

    def _read_tolls(self, both: Any, multiple: int) -> dict[tuple[str, int], int]:
        """``mu`` and ``nu`` where they are given."""
        tolls: dict[tuple[str, int], int] = {}
        for what, pairs in zip((ENDED, BEGUN), both, strict=True):
            for t, step in pairs:
                integers([t], "a toll's time", self.T)
                if type(step) is not int or (what, t) in tolls:
                    raise InputError("the tolls are no integers, or two are for one time")
                tolls[what, t] = step * multiple
        return tolls

    def _toll(self, what: str) -> Integers:
        """``tau`` or ``sigma`` for ``0..end``."""
        toll = np.zeros(self.end + 1, dtype=np.int64)
        for (of, t), step in self.tolls.items():
            if of == what:
                toll[: t + 1] += step
        return toll

    def refund(self, counts: Counts) -> int:
        """What a schedule of the case pays at most in tolls and, over all Sites, in prices."""
        paid: int = self.problem.L * self.V
        for (what, t), step in self.tolls.items():
            paid += max(step * count for count in counts.get((what, t), (0, self.problem.most[what])))
        return paid

    def last_start_prices(self, i: int) -> Integers:
        """``phi_i(e)`` for ``e`` in ``0..end``.

        A curve never falls: of the orders ``j`` that share it, one with the least ``G_ij + u_j`` has the least price.
        """
        phi, times = np.full(self.end + 1, self.V), np.arange(self.end + 1)
        for k, ahead in self.problem.nearest[i].items():
            phi = np.minimum(phi, self.curves[k][np.minimum(times + ahead, self.T)])
        return phi

    def tables(self, i: int, cuts: Cuts, several: bool = True) -> tuple[list[Table], list[Table]]:
        """Price, tolls and lateness of the cheapest pattern of one run, and of more, with a table between two cuts.

        Without ``several`` only the former are asked for.
        """
        problem, Q, G, ready = self.problem, self.problem.Q[i], self.problem.G[i][i], self.problem.ready[i]
        phi, due = self.last_start_prices(i), min(max(0, problem.d[i]), self.end)
        late = Table(0, problem.W[i] * self.scale * np.maximum(0, np.arange(self.end + 1) - due) + self.tau)

        def run(q: int) -> Table:
            first = ready + (q - 1) * G
            return Table(first, phi[first:] - self.psi[i][ready : max(ready, self.end + 1 - (q - 1) * G)])

        one = [run(Q).plus(late)]
        limit = min(problem.L, Q) if self.one_run else Q
        if limit == 1 or not several:
            return one, []
        runs = [Table(0, np.zeros(self.end + 1, dtype=np.int64)), *(run(q) for q in range(1, Q + 1))]
        if cuts or limit == Q or limit > COUNTED_RUNS:
            return one, list(self._between(runs, late, cuts))
        up_to = [run.at_any_time() for run in runs]
        rest = up_to[:Q]  # the cheapest way to make ``m`` batches in at most one run
        for _ in range(limit - 2):
            rest = [cheapest([up_to[q].plus(rest[m - q]) for q in range(m + 1)]) for m in range(Q)]
        return one, [cheapest([runs[q].plus(rest[Q - q]) for q in range(1, Q)]).plus(late)]

    def _between(self, runs: list[Table], late: Table, cuts: Cuts) -> Iterator[Table]:
        """Patterns of any number of runs whose last start is behind a cut and, at the latest, at the next one."""
        Q, begin, made = len(runs) - 1, 0, {0: 0}  # what is made up to the cut, and at which price
        for at, (least, most) in sorted({**cuts, self.end: (0, Q)}.items()):
            inside = [run.between(begin, at) for run in runs]
            up_to = [run.at_any_time() for run in inside]
            rest: list[Table] = []
            for m in range(Q):
                before = [Table(begin, np.full(at + 1 - begin, made[m]))] if m in made else []
                ways = before + [up_to[q].plus(rest[m - q]) for q in range(1, m + 1)]
                rest.append(cheapest(ways) if ways else Table(at + 1, runs[0].price[:0]))
            yield cheapest([inside[q].plus(rest[Q - q]) for q in range(1, Q)]).plus(late.between(begin, at))
            made = {m: int(rest[m].price[-1]) for m in range(least, min(most + 1, Q)) if len(rest[m].price)}
            begin = at + 1

    def all_open(self) -> Open:
        """Every pattern of every order."""
        shape = (len(self.problem.Q), self.end + 1)
        return np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)

    def bound(
        self, tables: list[tuple[list[Table], list[Table]]], left: Open, counts: Counts | None = None
    ) -> tuple[Fraction, list[int]] | None:
        """The theorem's bound and the least of each order over what is open; None if an order has no pattern left."""
        least = []
        for i, both in enumerate(tables):
            pairs = [(table, mask[i]) for kind, mask in zip(both, left, strict=True) for table in kind]
            prices = [table.price[mask[table.first : table.first + len(table.price)]] for table, mask in pairs]
            found = [int(price.min()) for price in prices if len(price)]
            if not found:
                return None
            least.append(min(found))
        return Fraction(sum(least) - self.refund(counts or {}), self.scale) + self.always, least


def _walk_tree(problem: GridProblem, part: Mapping[str, Any]) -> Fraction:
    """Draw the conclusions of a tree again: the goal, or the least bound of a case that is not refuted."""
    beat = fraction(part["beat"], "beat")
    nodes, sets = part["nodes"], part["curves"]
    proven = Fraction(math.floor(beat) + 1)  # the least whole number above it
    end, T = None, 0
    stack: list[tuple[int, Open | None, dict[int, Cuts], Counts]] = [(0, None, {}, {})]
    seen = 0
    while stack:
        number, left, cuts, counts = stack.pop()
        node = nodes[number]
        seen += 1
        require(seen <= len(nodes), "the tree's cases run in a circle")
        refuted, best = False, Fraction(0)
        for which in integers(node[0], "a node's curves", len(sets)):
            prices = PriceSet(problem, part, which)
            if left is None:
                end, T, left = prices.end, prices.T, prices.all_open()
            require(end == prices.end, "price curves of one tree have different lengths")
            tables = [prices.tables(i, cuts.get(i, {}), bool(left[1][i].any())) for i in range(len(problem.Q))]
            found = prices.bound(tables, left, counts)
            if found is None or found[0] > beat:
                refuted = True
                break
            bound, least_of = found
            best = max(best, bound)
            for i, both in enumerate(tables):
                room = min(math.floor((beat - bound) * prices.scale) + least_of[i], LARGEST)
                for kind, mask in zip(both, left, strict=True):
                    kept = np.zeros(prices.end + 1, dtype=bool)
                    for first, price in kind:
                        kept[first : first + len(price)] = price <= room
                    mask[i] &= kept
            if not (left[0] | left[1]).any(axis=1).all():
                refuted = True
                break
        if refuted:
            continue
        if len(node) == 1:
            proven = min(proven, best)
            continue
        _, rule, order, at, first, second, *rest = node
        if left is None or end is None:
            return Fraction(0)
        integers([order], "a node's order", len(problem.Q))
        integers([first, second], "a node's cases", len(nodes))
        integers([at], "a node's time", end + 1)
        if rule in (ENDED, BEGUN):
            integers([at], "the time of a count", T)
            (m,) = integers(rest, "a count", LARGEST)
            fewest, most = counts.get((rule, at), (0, problem.most[rule]))
            for case, limits in ((first, (fewest, min(most, m))), (second, (max(fewest, m + 1), most))):
                stack.append((case, (left[0].copy(), left[1].copy()), cuts, {**counts, (rule, at): limits}))
            continue
        if rule not in ("last start", "runs", "batches"):
            raise InputError(f"a node's rule is {rule!r:.40}; see the format in cmo_kit.bounds.verify")
        for case, later in ((first, False), (second, True)):
            one, several, further = left[0].copy(), left[1].copy(), cuts
            closed = slice(0, at + 1) if later else slice(at + 1, None)
            if rule == "runs":
                (one if later else several)[order] = False
            else:
                one[order, closed] = False
            if rule == "last start":
                several[order, closed] = False
            elif rule == "batches":
                (m,) = integers(rest, "a node's batches", problem.Q[order])
                require(m > 0, "a node's batches are 0, which are there from the beginning")
                least, most = cuts.get(order, {}).get(at, (0, problem.Q[order]))
                cut = (least, min(most, m - 1)) if later else (max(least, m), most)
                further = {**cuts, order: {**cuts.get(order, {}), at: cut}}
                if later:
                    several[order, closed] = False
            stack.append((case, (one, several), further, counts))
    return proven
