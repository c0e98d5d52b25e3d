"""The state of a proof in progress: what is proved so far, for which schedules, and by what."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

from cmo_kit.base.limits import Limits
from cmo_kit.bounds.ascent import Ascent, ascend, first_multipliers, price
from cmo_kit.bounds.branch import refute
from cmo_kit.bounds.certificate import FORMAT, Bound, machine_part, prices_part, tree_part
from cmo_kit.bounds.grid import Grid, to_grid
from cmo_kit.bounds.machine import machine_bound
from cmo_kit.bounds.master import MOST_ROWS
from cmo_kit.bounds.relaxation import FINE_BITS, Domain, Multipliers, Relaxation, relax
from cmo_kit.bounds.residual import Search
from cmo_kit.bounds.shorten import shorten
from cmo_kit.bounds.verify import in_objective
from cmo_kit.bounds.whole import Run, schedule_of
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

#: A last resort: an ascent ends by its step or by the clock.
ASCENT_ROUNDS = 20_000
#: Rounds without progress before steps are shortened: for the first bound, and before a proof by cases, whose
#: number of cases grows fast with what the first prices lack.
ASCENT_PATIENCE, PROOF_PATIENCE = 80, 300
#: By which part of itself a proved bound is raised in the next proof by cases: small ones succeed sooner.
STEP_SHARE = 0.0005
#: How much more a proof by cases tries to prove where no schedule is known, as a share of what is proved.
GUESSED_GAP = 0.01
#: Seconds for a short certificate, beside a share of those that its proof took: with a limit of seconds, and without.
LEAST_SHORTENING, SHORTENING_SHARES = 2.0, (0.1, 0.5)
#: Why a proof ends before its time.
AT_ITS_END = "; more time proves no more, but with a handful of orders run_milp or cpsat may"
#: Last starts beyond which a linear program is too large for a limit of seconds.
MOST_LEFT = 20_000
#: Of a gap that is closed without a limit: so many last starts, of which a proof can come to an end, and seconds.
GAP_LEFT, GAP_SECONDS = 6000, 1800.0


@dataclass
class Regime:
    """Schedules of one kind (any runs, or one run per order and Site) and what is proved for them."""

    relaxation: Relaxation
    value: Fraction = Fraction(0)
    part: dict[str, Any] | None = None
    multipliers: Multipliers | None = None
    how: str = ""
    search: Search | None = None

    def raise_to(self, value: Fraction, part: dict[str, Any] | None, how: str, search: Search | None = None) -> None:
        """Take a better bound, in grid objective units, with its proof, or with what has it."""
        if value > self.value:
            self.value, self.part, self.how, self.search = value, part, how, search

    def certified(self, limits: Limits) -> dict[str, Any]:
        """The part of a certificate that proves the bound, as short as it becomes within the limits."""
        if self.part is None and self.search is not None:
            relaxation = self.search.relaxation  # a bound is rounded up: a little more than the number below is enough
            least = math.ceil(self.value) - 1 - relaxation.always + 1 / relaxation.pricing.resolution
            self.part = tree_part(relaxation, shorten(relaxation, self.search.tree, least, limits))
        elif self.part is None:  # what was proved comes from these prices
            assert self.multipliers is not None
            _, priced = price(self.relaxation.pricing, self.multipliers, Domain.all_of(self.relaxation))
            self.part = prices_part(self.relaxation, priced.curves)
        return self.part


class Prover:
    """The state of a proof in progress; :meth:`bound` is right at any moment.

    The parameters are those of :func:`~cmo_kit.bounds.bound.lower_bound`; the seconds count from here.
    """

    def __init__(
        self,
        instance: Instance,
        seconds: float | None = None,
        upper_bound: float | None = None,
        progress: Callable[[Bound], None] | None = None,
        close_gap: bool = False,
    ) -> None:
        self.instance, self.limits, self.progress = instance, Limits(seconds), progress
        self.upper_bound, self.close_gap = upper_bound, close_gap
        self.grid: Grid = to_grid(instance)
        self.fine_grid: Grid = to_grid(instance, math.inf)
        self.one_run_enough = instance.one_run_failure is None
        self.base, self.base_ticks, self.regimes = Fraction(0), Fraction(0), list[Regime]()
        self.schedule: Schedule | None = None

    def prove(self, cases: bool = True) -> None:
        """All three steps, or those without ``cases``, until nothing is left to prove or the seconds are over."""
        self.base_ticks = self.fine_grid.objective(machine_bound(self.fine_grid))
        self.base = self.base_ticks / self.grid.worth
        self.report()
        kinds = (True,) if self.one_run_enough else (False, True)
        for one_run in kinds:
            relaxation = relax(self.grid, one_run)
            if relaxation is not None and self.limits.seconds_left > 0:
                self.regimes.append(Regime(relaxation))
                self.climb(self.regimes[-1], self.limits, ASCENT_PATIENCE)
        for number, regime in enumerate(self.regimes if cases else ()):
            left = max(0.0, self.limits.seconds_left) / (len(self.regimes) - number)
            if self.limits.seconds is not None:
                limits = Limits(left)
                self.branch(regime, limits)
                if limits.seconds_left > 0 and not self.met(regime):
                    regime.how += AT_ITS_END
            elif self.close_gap and self.upper_bound is not None and (fine := self.fine(regime)) is not None:
                self.branch_by_program(regime, fine, Limits(GAP_SECONDS), GAP_LEFT)

    def climb(self, regime: Regime, limits: Limits, patience: int) -> None:
        """Raise the price curves of one regime, from where they are."""
        relaxation = regime.relaxation
        domain, start = Domain.all_of(relaxation), regime.multipliers or first_multipliers(relaxation)
        target = None if self.upper_bound is None else float(self.on_grid(self.upper_bound) - relaxation.always)
        how = "prices for the time of Sites, each order choosing its cheapest runs"

        def note(ascent: Ascent) -> None:
            if math.isfinite(ascent.bound) and (value := Fraction(ascent.bound) + relaxation.always) > regime.value:
                regime.multipliers = ascent.best.copy()
                regime.raise_to(value, None, how)
            self.report()

        note(ascend(relaxation, start, domain, target, math.inf, limits, ASCENT_ROUNDS, patience, note))

    def branch(self, regime: Regime, limits: Limits) -> None:
        """Raise the bound of one regime by refuting "the optimum is at most ..." step by step."""
        if regime.multipliers is None:
            return
        if (fine := self.fine(regime)) is not None and self.branch_by_program(regime, fine, limits, MOST_LEFT):
            return
        goal = self.goal
        if not self.met(regime):
            self.climb(regime, limits, PROOF_PATIENCE)
        while limits.seconds_left > 0:
            proven = math.ceil(max(regime.value, self.base))  # an objective on the grid is a whole number
            if goal is not None and proven >= goal:
                return
            beat = proven + math.floor(proven * Fraction(STEP_SHARE))
            beat = beat if goal is None else min(beat, goal - 1)
            priced = beat - regime.relaxation.always
            if abs(priced) * regime.relaxation.pricing.resolution >= 2**53:  # floats would round it
                return
            tree = refute(regime.relaxation, regime.multipliers, float(priced), limits)
            if tree is None:
                return
            text = f"a proof by cases ({len(tree.nodes)} cases, {len(tree.curves)} sets of price curves)"
            regime.raise_to(Fraction(beat + 1), tree_part(regime.relaxation, tree), text)
            self.report()

    @property
    def goal(self) -> int | None:
        """The least objective on the grid that a known schedule leaves to be proved."""
        return None if self.upper_bound is None else math.ceil(self.on_grid(self.upper_bound))

    def met(self, regime: Regime) -> bool:
        """Whether nothing better than the known schedule is left in one regime."""
        return self.goal is not None and math.ceil(max(regime.value, self.base)) >= self.goal

    def fine(self, regime: Regime) -> Relaxation | None:
        """The regime's relaxation for a linear program; None without prices or HiGHS, or where it is too large."""
        if regime.multipliers is None or find_spec("highspy") is None:
            return None
        fine = relax(self.grid, regime.relaxation.one_run, FINE_BITS)
        rows = 0 if fine is None else fine.pricing.reach.shape[1] * fine.pricing.steps
        return fine if rows <= MOST_ROWS else None

    def branch_by_program(self, regime: Regime, fine: Relaxation, limits: Limits, most_left: float) -> bool:
        """Raise the bound of one regime by one tree, whose least open case is what it proves.

        Without an upper bound the tree is about a bound that is a little better; when that is proved there is another
        one. False where more than ``most_left`` last starts are left at the first prices; what was proved before stays.
        """
        goal = self.goal
        while limits.seconds_left > 0:
            proven = math.ceil(max(regime.value, self.base))
            beat = (proven + math.ceil(proven * Fraction(GUESSED_GAP)) if goal is None else goal - 1) - fine.always
            if (goal is not None and proven >= goal) or abs(beat) * fine.pricing.resolution >= 2**53:
                break
            assert regime.multipliers is not None

            def meet(runs: list[Run]) -> float | None:
                found = schedule_of(self.instance, self.grid, runs)
                if found is None or not found.total_tardiness < (self.upper_bound or math.inf):
                    return None
                self.schedule, self.upper_bound = found, found.total_tardiness
                return float(math.ceil(self.on_grid(self.upper_bound)) - 1 - fine.always)

            search = Search(fine, regime.multipliers, float(beat), meet)
            if search.left > most_left:
                return False

            def note(search: Search) -> None:
                cases, share = len(search.tree.nodes), math.floor(100 * search.refuted)
                how = f"a proof by cases ({cases} cases)"
                regime.raise_to(Fraction(search.proved) + fine.always, None, how, search)
                sought = Fraction(search.tree.beat) + 1 + fine.always
                goal = in_objective(self.instance, self.grid.objective(sought))
                self.report(f"{cases} cases for {goal:.10g}, {share} percent refuted")

            search.prove(limits, note)
            if goal is not None or self.schedule is not None or search.proved <= beat:
                break
        return True

    def on_grid(self, objective: float) -> Fraction:
        """An objective of the instance, which is a decimal, in grid units."""
        ticks = Fraction(objective) * self.instance.per_unit
        if round(ticks) / self.instance.per_unit == objective:
            ticks = Fraction(round(ticks))
        return ticks / self.grid.worth

    def numbers(self) -> tuple[float, float, str]:
        """Lower bound, one-run lower bound and how, as of now."""
        any_runs = self.base_ticks
        how = "all Sites as one fast machine"
        one_run = any_runs
        for regime in self.regimes:
            value = self.grid.objective(regime.value)
            if regime.relaxation.one_run:
                one_run = max(one_run, value)
            if (self.one_run_enough or not regime.relaxation.one_run) and value > any_runs:
                any_runs, how = value, regime.how
        return in_objective(self.instance, any_runs), in_objective(self.instance, max(one_run, any_runs)), how

    def bound(self, certified: bool = True) -> Bound:
        """What is proved so far."""
        lower, one_run, how = self.numbers()
        certificate: dict[str, Any] = {}
        if certified:
            better = [regime for regime in self.regimes if self.grid.objective(regime.value) > self.base_ticks]
            enough = any(self.one_run_enough or not regime.relaxation.one_run for regime in better)
            parts = [] if enough else [machine_part(self.fine_grid)]  # it takes a verifier seconds
            share = SHORTENING_SHARES[self.limits.seconds is None]
            parts += [regime.certified(Limits(LEAST_SHORTENING + share * self.limits.elapsed)) for regime in better]
            certificate = {
                "format": FORMAT,
                "instance": self.instance.name,
                "digest": self.instance.digest,
                "lower_bound": lower,
                "one_run_lower_bound": one_run,
                "parts": parts,
            }
        return Bound(lower, one_run, self.limits.elapsed, how, certificate, schedule=self.schedule)

    def report(self, doing: str = "") -> None:
        """Tell the caller what is proved so far, and what is being done."""
        if self.progress:
            bound = self.bound(certified=False)
            self.progress(replace(bound, how=doing) if doing else bound)
