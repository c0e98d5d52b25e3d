"""The parameters of a random problem, as an instance file keeps them under ``generator``, and their rules."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, check_list
from cmo_kit.formats.instance import MAXIMUM_ORDERS

Range = tuple[int, int]

#: No range of a random problem goes beyond this.
LARGEST = 10**9


def _check_range(value: object, field: str, minimum: int) -> None:
    low, high = check_list(value, field, 2, "the least and the greatest value")
    check_integer(low, f"{field}[0]", minimum, LARGEST)
    check_integer(high, f"{field}[1]", low, LARGEST)


@dataclass(frozen=True)
class GeneratorParameters:
    """What a random problem is drawn from; ranges are uniform over integers, both ends included.

    ``orders``, ``sites`` and ``batches`` are Table 2's. ``processing`` has a range for each operation;
    ``same_order`` and ``change`` have one for each operation's cleaning, drawn per order and operation.
    """

    orders: int
    sites: int
    batches: Range
    processing: tuple[Range, ...] = ((1, 2), (1, 3), (1, 2))
    same_order: tuple[Range, ...] = ((0, 0), (0, 0), (0, 0))
    change: tuple[Range, ...] = ((0, 0), (13, 15), (13, 15))
    due_date: Range = (32, 186)

    def __post_init__(self) -> None:
        check_integer(self.orders, "orders", 1, MAXIMUM_ORDERS)
        check_integer(self.sites, "sites", 1)
        _check_range(self.batches, "batches", 1)
        _check_range(self.due_date, "due_date", 0)
        operations = len(check_list(self.processing, "processing"))
        for name in ("processing", "same_order", "change"):
            ranges = check_list(getattr(self, name), name, operations, "one for each operation")
            if not ranges:
                raise InputError(f"{name} is empty; there must be at least one operation")
            for index, value in enumerate(ranges):
                _check_range(value, f"{name}[{index}]", 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data as an instance file holds it: ranges are lists."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), default=int))  # one of numpy's
        return found
