"""What notebook 9 asks before it plans anything, and a list that is refused."""

from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, check_number, check_text, shown
from cmo_kit.core.instance import Instance, Order
from cmo_kit.planning.calendar import Calendar, parse_date
from cmo_kit.planning.new_order import with_order
from cmo_kit.planning.orders_csv import columns, read_orders


def check_question(
    instance: Instance, client: str, new_batches: int, wanted: str, today: str, moves: int, seconds: float
) -> None:
    """Refuse, before the first search, parameters with which a later cell of the notebook would end.

    Raises
    ------
    InputError
        One sentence that names the parameter.
    """
    calendar = Calendar.of(instance)
    if check_text(client, "client") in instance.order_index:
        raise InputError(f"client is {shown(client)}; it must be another name than those of the orders in the list")
    check_integer(new_batches, "new_batches", 1)
    due = calendar.day(parse_date(wanted, "wanted"))
    if calendar.day(parse_date(today, "today")) < 0:
        raise InputError(f"today is {today}; it must not be before start, {calendar.start}")
    check_integer(moves, "moves", 1)
    check_number(seconds, "seconds")
    with_order(instance, Order(client, new_batches, due, (3, 5, 2)), change=(2, 9, 8))


def refused_list(path: Path, line: str) -> str:
    """Write an order list of one line; the sentence with which the reader refuses it, or nothing where it does not."""
    path.write_text(f"{','.join(columns()[0])}\n{line}\n", encoding="utf-8")
    try:
        read_orders(path, 1, "2027-01-04")
    except InputError as error:
        return str(error).replace(str(path), path.name)
    return ""
