"""What notebook 9 asks before it plans anything."""

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, check_number, check_text, shown
from cmo_kit.core.instance import Instance, Order
from cmo_kit.planning.calendar import Calendar, parse_date
from cmo_kit.planning.new_order import with_order


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
