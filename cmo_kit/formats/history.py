"""A run told generation by generation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.values import check_integer, check_keys, check_list, check_number, plain

#: A generation of a :class:`History`: its fields, in their order.
HistoryRow = tuple[float, float, float, int, float, int]


def history_row(
    best: float, tardiness: NDArray[np.float64], schedules: NDArray[np.uint64], evaluations: int, seconds: float
) -> HistoryRow:
    """The row of a population with these ``tardiness`` (e,) and fingerprints of ``schedules`` (e,)."""
    return best, tardiness.sum() / len(tardiness), tardiness.max(), evaluations, seconds, len(set(schedules.tolist()))


@dataclass(frozen=True)
class History:
    """A run generation by generation: arrays of the shape (k,), the initial population's entry the first of ``k``.

    ``best`` is the incumbent's total tardiness, ``mean`` and ``worst`` are the population's, in time units (times
    weights); ``evaluations`` and ``seconds`` are counted from the start; ``distinct`` is the number of different
    schedules in the population, Sites being identical.

    Examples
    --------
    >>> history = solve(load_instance("fig3"), seed=1, generations=4, population_size=20).history
    >>> history.best, history.evaluations
    (array([18., 18., 12., 12., 12.]), array([ 20,  40,  60,  80, 100]))
    """

    best: NDArray[np.float64]
    mean: NDArray[np.float64]
    worst: NDArray[np.float64]
    evaluations: NDArray[np.int64]
    seconds: NDArray[np.float64]
    distinct: NDArray[np.int64]

    @classmethod
    def from_rows(cls, rows: Sequence[HistoryRow]) -> "History":
        """The history with one row a generation; none for a run that was stopped before its first one ended."""
        names = tuple(cls.__dataclass_fields__)
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return cls(*(np.array(column, dtype=_kind(name)) for name, column in zip(names, columns, strict=True)))

    def to_dict(self) -> dict[str, list[float]]:
        """Plain lists for JSON."""
        return {name: [plain(value) for value in getattr(self, name)] for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, document: object) -> "History":
        """The history that :meth:`to_dict` wrote; raises :class:`InputError` for anything else."""
        columns = check_keys(document, "the history", tuple(cls.__dataclass_fields__))
        arrays: dict[str, Any] = {}
        length = len(check_list(columns["best"], "best"))
        for name, values in columns.items():
            entries = check_list(values, name, length, "one for each generation")
            counts = _kind(name) is np.int64
            check = partial(check_integer, minimum=0, maximum=2**62) if counts else check_number
            numbers = [check(value, f"{name}[{k}]") for k, value in enumerate(entries)]
            arrays[name] = np.array(numbers, dtype=_kind(name))
        return cls(**arrays)


def _kind(field: str) -> type[np.generic]:
    """What an array of a history holds: counts are integers."""
    return np.int64 if field in ("evaluations", "distinct") else np.float64
