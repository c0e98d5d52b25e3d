"""The source of total tardiness for a method of one's own: it counts, and keeps the best schedule and the history."""

import os
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.base.output import tell
from cmo_kit.base.values import shown
from cmo_kit.check import check_schedule
from cmo_kit.core.chromosome import check_keys_of, decode
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule
from cmo_kit.formats.history import History, HistoryRow, history_row

if TYPE_CHECKING:
    from cmo_kit.core.genetic import Evaluate

#: A method that is refused so often does not hear BudgetSpent, and would go on for ever; much more often, nor Runaway.
MOST_REFUSALS, FAR_TOO_MANY = 1000, 100_000
DEAF = (
    "method went on when its budget was spent, and catches whatever would end it: "
    "it must let BudgetSpent pass, or catch it by this name"
)


class BudgetSpent(Exception):  # noqa: N818 - the end of a budget is no error
    """Nothing is left of a budget; a method of one's own may let it pass.

    Examples
    --------
    >>> budget = Budget(load_instance("fig3"), evaluations=3)
    >>> budget.total_tardiness(np.random.default_rng(1).random((4, 13)))
    Traceback (most recent call last):
        ...
    cmo_kit.methods.budget.BudgetSpent: the budget is spent (3 evaluations, ...)
    """


class Runaway(BaseException):
    """Raised at a method that catches every :class:`BudgetSpent` and goes on all the same."""


class Budget:
    """So many evaluations, or seconds, of one instance.

    An evaluation is one schedule, whichever way it is asked for: a chromosome of a population, a :class:`Schedule`, a
    change of one. The evaluation too many raises :class:`BudgetSpent`, and so does any after a total tardiness of 0;
    the first one is always done. A count cannot hold somebody who evaluates elsewhere, or calls the kit's methods:
    in a comparison that is a matter of trust.

    Parameters
    ----------
    instance : Instance
    evaluations, seconds : optional
        None means no such limit.
    progress : callable, optional
        Called with (best, evaluations, seconds) after every evaluation.
    evaluate : callable, optional
        How a population is evaluated; compiled by default.

    Attributes
    ----------
    spent : int
        Evaluations until now.
    best_tardiness : float
        The least total tardiness until now, infinite before the first evaluation.

    Examples
    --------
    >>> budget = Budget(load_instance("fig3"), evaluations=100)
    >>> budget.total_tardiness(np.random.default_rng(1).random((60, 13))).shape
    (60,)
    >>> budget.left, budget.best_tardiness
    (40, 18.0)
    """

    def __init__(
        self,
        instance: Instance,
        evaluations: int | None = None,
        seconds: float | None = None,
        progress: Progress | None = None,
        evaluate: "Evaluate | None" = None,
    ) -> None:
        if evaluate is None:
            from cmo_kit.fast import compiled_evaluation

            evaluate = compiled_evaluation(instance)
        self.instance, self._evaluate, self._progress = instance, evaluate, progress
        self._limits = Limits(seconds, evaluations)
        self.spent, self.refused, self.best_tardiness = 0, 0, float("inf")
        self._best: Schedule | None = None
        self._keys: Keys | None = None
        self._rows = list[HistoryRow]()

    @property
    def left(self) -> int | None:
        """How many evaluations are left; None without such a limit."""
        return self._limits.left(self.spent)

    @property
    def used(self) -> float:
        """The share of the budget that is used, from 0 to 1: of evaluations or seconds the one nearer its end."""
        return self._limits.used(self.spent)

    @property
    def elapsed(self) -> float:
        """Seconds since the budget was made."""
        return self._limits.elapsed

    @property
    def best_keys(self) -> Keys | None:
        """The chromosome of the best schedule, if it came as keys."""
        return self._keys

    @property
    def best(self) -> Schedule | None:
        """The best schedule until now, None before the first evaluation."""
        if self._best is None and self._keys is not None:
            self._best = decode(self.instance, self._keys)
        return self._best

    @property
    def history(self) -> History:
        """A row for each population, and for each single evaluation that is the best until then; and the end."""
        rows = self._rows
        if rows and rows[-1][3] < self.spent:
            rows = [*rows, (*rows[-1][:3], self.spent, self.elapsed, rows[-1][5])]
        return History.from_rows(rows)

    def total_tardiness(self, keys: ArrayLike) -> float | NDArray[np.float64]:
        """Equation (1) of a chromosome (n,), or of every chromosome of a population (e, n), decoded as in Section 4.1.

        Raises
        ------
        BudgetSpent
            When they are more than are left; those that are left are evaluated, and count.
        InputError
            For a wrong shape, no chromosome or a key outside 0..1.
        """
        values = check_keys_of(self.instance, keys)
        population = np.atleast_2d(values)
        if not len(population):  # else a method that breeds nothing would go on for ever
            raise InputError("the population has no chromosome; it must have at least one")
        fitting = population[: self._granted(len(population))]
        tardiness, schedules = self._evaluate(fitting)
        k = int(tardiness.argmin())
        better = tardiness[k] < self.best_tardiness
        if better:
            self._best, self._keys = None, fitting[k].copy()
        self._count(better, tardiness, schedules)
        if len(fitting) < len(population):
            self._refuse()
        return float(tardiness[0]) if values.ndim == 1 else tardiness

    def evaluate(self, schedule: Schedule) -> float:
        """Equation (1) of a schedule.

        Raises
        ------
        BudgetSpent
            When nothing is left.
        InputError
            For a schedule of another problem, or one that lacks a batch.
        """
        if not isinstance(schedule, Schedule):
            raise InputError(f"the schedule is {shown(schedule)}; it must be a Schedule")
        if schedule.instance is not self.instance and schedule.instance.digest != self.instance.digest:
            raise InputError(f"the schedule is one of {schedule.instance.name}; it must be one of {self.instance.name}")
        if schedule.lacking:
            order, batches = next(iter(schedule.lacking.items()))
            wrong = f"{batches} batches less" if batches > 0 else f"{-batches} batches more"
            raise InputError(f"the schedule has {wrong} of order {order} than the instance")
        self._granted(1)
        total = schedule.total_tardiness
        better = total < self.best_tardiness
        if better:
            self._best, self._keys = schedule, None
        self._count(better, np.array([total]), np.zeros(1, np.uint64))
        return total

    def change(self, schedule: Schedule, sites: Mapping[int, Iterable[tuple[str, int]]]) -> Schedule:
        """The schedule with other runs, (order id, batches), on the Sites that are named, from 0; one evaluation.

        Cheaper than :meth:`evaluate`, as only those Sites are computed anew; errors as there.
        """
        changed = schedule.changed(sites)
        self.evaluate(changed)
        return changed

    def _granted(self, asked: int) -> int:
        """How many of so many evaluations may be done; raises :class:`BudgetSpent` where none may."""
        left = self.left
        over = self._limits.seconds is not None and self.elapsed >= self._limits.seconds
        if left == 0 or (self.spent and (over or self.best_tardiness == 0)):
            self._refuse()
        return asked if left is None else min(asked, left)

    def _refuse(self) -> None:
        self.refused += 1
        if self.refused > FAR_TOO_MANY:
            self._end_process()
        if self.refused > MOST_REFUSALS:
            raise Runaway
        why = "total tardiness is 0: nothing is left to gain" if self.best_tardiness == 0 else "the budget is spent"
        raise BudgetSpent(f"{why} ({self.spent} evaluations, {self.elapsed:.2f} s)")

    def _end_process(self) -> None:
        """Say why and leave: "except:" holds every exception, Ctrl-C's too, and nothing else would end the method."""
        tell(f"cmo-kit: {DEAF}")
        os._exit(2)

    def _count(self, better: bool, tardiness: NDArray[np.float64], schedules: NDArray[np.uint64]) -> None:
        self.spent += len(tardiness)
        if better:
            self.best_tardiness = float(tardiness.min())
        if better or len(tardiness) > 1:
            self._rows.append(history_row(self.best_tardiness, tardiness, schedules, self.spent, self.elapsed))
        if self._progress is not None:
            self._progress(self.best_tardiness, self.spent, self.elapsed)


def take_returned(returned: Any, budget: Budget, name: str) -> str:
    """Evaluate a schedule, or keys, that a method returned, where it is the best; what is wrong with it, or nothing.

    Anything else that a method returns counts as nothing, also an array that is no chromosome, such as one of totals.
    """
    if isinstance(returned, np.ndarray):
        try:
            returned = decode(budget.instance, returned)
        except InputError as error:
            return "" if budget.spent else f"{name} returned what is no schedule of the instance: {error}"
    if not budget.spent and isinstance(returned, AsyncGenerator | Coroutine | Generator):
        if isinstance(returned, Coroutine):
            returned.close()  # else Python complains that it was never awaited
        return f"{name} has evaluated nothing: a function with yield or async is a generator, and none of it has run"
    if not isinstance(returned, Schedule):
        return ""
    try:
        if violations := check_schedule(budget.instance, returned):
            return f"{name} returned a schedule that breaks a rule: {violations[0].message}"
        if returned.total_tardiness < budget.best_tardiness:
            budget.evaluate(returned)
    except InputError as error:
        return f"{name} returned what is no schedule of the instance: {error}"
    except BudgetSpent:
        budget.refused -= 1  # the method has ended, and does not go on
        return f"{name} returned a schedule that it had not evaluated, and its budget is spent"
    return ""
