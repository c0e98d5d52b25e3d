"""The file format ``cmo-instance/1``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_keys, check_list, plain, shown
from cmo_kit.formats.order import CleaningTimes, Order

if TYPE_CHECKING:
    from cmo_kit.core.instance import Instance

FORMAT = "cmo-instance/1"
REQUIRED = ("format", "name", "sites", "orders")
OPTIONAL = (
    "time_unit",
    "operations",
    "setup_times",
    "cleaning_times",
    "initial_setup_times",
    "start_date",
    "source",
    "generator",
)


def document_of(instance: "Instance") -> dict[str, Any]:
    """The instance as its file holds it."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": instance.name,
        "time_unit": instance.time_unit,
        "sites": instance.sites,
        "operations": list(instance.operations),
        "orders": [
            {
                "id": order.id,
                "batches": order.batches,
                "due_date": plain(order.due_date),
                "processing_times": [plain(time) for time in order.processing_times],
                **({} if order.weight == 1 else {"weight": plain(order.weight)}),
            }
            for order in instance.orders
        ],
    }
    if isinstance(instance.setup, CleaningTimes):
        document["cleaning_times"] = {
            "same_order": _rows(instance.setup.same_order),
            "change": _rows(instance.setup.change),
        }
    else:
        document["setup_times"] = _rows(instance.setup)
    if instance.initial_setup_times is not None:
        document["initial_setup_times"] = [plain(time) for time in instance.initial_setup_times]
    for key in ("start_date", "source", "generator"):
        if (value := getattr(instance, key)) is not None:
            document[key] = value
    return document


def arguments_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What to call :class:`Instance` with; it checks the values, and the form is checked here.

    Raises
    ------
    InputError
        For a missing or unknown key, or a list or object that is none.
    """
    check_keys(document, "the instance", REQUIRED, OPTIONAL)
    if document["format"] != FORMAT:
        raise InputError(f"format is {shown(document['format'])}; it must be {FORMAT!r}")
    if ("setup_times" in document) == ("cleaning_times" in document):
        raise InputError("the instance must have exactly one of setup_times and cleaning_times")
    orders = []
    for index, order in enumerate(check_list(document["orders"], "orders")):
        check_keys(order, f"orders[{index}]", ("id", "batches", "due_date", "processing_times"), ("weight",))
        times = check_list(order["processing_times"], f"orders[{index}].processing_times")
        orders.append(Order(order["id"], order["batches"], order["due_date"], tuple(times), order.get("weight", 1)))
    setup: tuple[tuple[float, ...], ...] | CleaningTimes
    if "cleaning_times" in document:
        cleaning = check_keys(document["cleaning_times"], "cleaning_times", ("same_order", "change"))
        setup = CleaningTimes(*(_matrix(cleaning[key], f"cleaning_times.{key}") for key in ("same_order", "change")))
    else:
        setup = _matrix(document["setup_times"], "setup_times")
    rest: dict[str, Any] = {
        key: document[key] for key in ("time_unit", "start_date", "source", "generator") if key in document
    }
    for key in ("operations", "initial_setup_times"):
        if key in document:
            rest[key] = tuple(check_list(document[key], key))
    return {"name": document["name"], "sites": document["sites"], "orders": tuple(orders), "setup": setup, **rest}


def _rows(matrix: tuple[tuple[float, ...], ...]) -> list[list[int | float]]:
    return [[plain(time) for time in row] for row in matrix]


def _matrix(value: object, field: str) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(check_list(row, f"{field}[{k}]")) for k, row in enumerate(check_list(value, field)))
