"""What an instance is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """One client order ``i``: ``Q_i`` batches wanted by the due date ``D_i``."""

    id: str
    batches: int
    due_date: float
    processing_times: tuple[float, ...]
    weight: float = 1


@dataclass(frozen=True)
class CleaningTimes:
    """Cleaning after each operation of a batch: per order a row of ``O`` times."""

    same_order: tuple[tuple[float, ...], ...]
    change: tuple[tuple[float, ...], ...]
