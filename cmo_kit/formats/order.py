"""What an instance is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """One client order ``i`` of Table 1; :class:`~cmo_kit.core.instance.Instance` checks the values.

    ``batches`` is ``Q_i``; ``due_date`` ``D_i`` and ``processing_times`` ``p_io``, one for each of the ``O``
    operations, are in time units; ``weight`` is ``w_i``.
    """

    id: str
    batches: int
    due_date: float
    processing_times: tuple[float, ...]
    weight: float = 1


@dataclass(frozen=True)
class CleaningTimes:
    """Cleaning after each operation of a batch (Section III): per order a row of ``O`` times, in time units.

    ``same_order`` is before a batch of the same order, ``change`` before one of any other.
    """

    same_order: tuple[tuple[float, ...], ...]
    change: tuple[tuple[float, ...], ...]
