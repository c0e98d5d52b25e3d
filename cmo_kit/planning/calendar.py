"""Days and dates: day 0 is the morning of the start date, and every day of the week counts.

Biological processes do not stop at weekends, so weekends are worked. Day ``d`` is the morning of the date ``d``
days after the start. An order that is due on a date is wanted on that date's morning; a batch that is
complete at day 12.5 is ready on the morning of day 13.
"""

import datetime
import math
import re
from dataclasses import dataclass

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance

#: A completion this little after a morning is rounding, not lateness.
ALLOWANCE = 1e-6
#: A year of four digits, month and day: as computers, Europeans, Koreans and Japanese write them, at midnight at most.
YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\. ?([0-9]{1,2})\. ?|[년年] ?([0-9]{1,2})[월月] ?)"
    r"([0-9]{1,2})[.일日]?(?:[T ]0?0:00(?::00(?:\.0+)?)?)?"
)
EIGHT_DIGITS = re.compile(r"((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})")
#: Three numbers, for a stated sequence of day, month and year.
THREE = re.compile(r"([0-9]{1,4})([-/. ]) ?([0-9]{1,2})\2 ?([0-9]{1,4})\.?(?: 0?0:00(?::00)?)?")
#: Day 0 of a spreadsheet's day numbers, right from March 1900 on; and the last that is a date.
EXCEL_DAY, LAST_EXCEL_DAY = datetime.date(1899, 12, 30), 2_958_465
DATE_FORMATS = ("dmy", "mdy", "ymd", "excel", "day")


def parse_date(text: object, field: str) -> datetime.date:
    """``text`` as the date that it is, with the year first: 2027-01-04, 2027/1/4, 2027.01.04, 20270104.

    Raises :class:`InputError` for any other form, and for a date that no calendar has.
    """
    try:
        found = YEAR_FIRST.fullmatch(str(text)) or EIGHT_DIGITS.fullmatch(str(text))
        if not isinstance(text, str) or found is None:
            raise ValueError
        year, month, day = (int(part) for part in found.groups() if part is not None)
        return datetime.date(year, month, day)
    except ValueError:
        raise InputError(f"{field} is {shown(text)}; it must be a date such as 2027-01-04 (year-month-day)") from None


def check_date_format(form: str | None) -> None:
    """Refuse what is neither one of :data:`DATE_FORMATS` nor a pattern that tells day, month and year."""
    if form is None or form in DATE_FORMATS:
        return
    try:
        for date in (datetime.datetime(2027, 3, 31), datetime.datetime(2031, 11, 9)):
            if datetime.datetime.strptime(date.strftime(form), form) != date:
                raise ValueError
    except (ValueError, TypeError, re.error):
        raise InputError(
            f"--date-format is {shown(form)}; it must be one of {', '.join(DATE_FORMATS)}, "
            "or a pattern of day, month and year such as %d.%m.%y"
        ) from None


def read_date(cell: object, form: str | None, start: datetime.date) -> datetime.date:
    """The date in a cell of a list that is written in a stated form; :class:`ValueError` where it is none.

    A pattern may tell a time of day, which is dropped: an order is wanted on the morning.
    """
    if isinstance(cell, datetime.datetime):
        midnight = datetime.datetime.combine(cell.date(), datetime.time())
        if cell != midnight and cell.strftime(form or "") == midnight.strftime(form or ""):
            raise ValueError  # the form tells no time of day, and the cell has one
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if form is None:
        return parse_date(str(cell), "")
    if form in ("excel", "day"):
        if not re.fullmatch(r"-?[0-9]{1,7}(?:[.,]0+)?", str(cell)):
            raise ValueError
        days = int(re.split("[.,]", str(cell))[0])
        if form == "excel" and not 61 <= days <= LAST_EXCEL_DAY:
            raise ValueError
        try:
            return (EXCEL_DAY if form == "excel" else start) + datetime.timedelta(days)
        except OverflowError:
            raise ValueError from None
    if form not in DATE_FORMATS:
        return datetime.datetime.strptime(str(cell), form).date()
    found = THREE.fullmatch(str(cell))
    if found is None or len(found[1]) == 4:
        return parse_date(str(cell), "")  # a year of four digits in front is a year in every form
    parts = dict(zip(form, (found[1], found[3], found[4]), strict=True))
    if max(len(parts["d"]), len(parts["m"])) > 2 or len(parts["y"]) not in (2, 4):
        raise ValueError
    return datetime.date(int(parts["y"]) + 2000 * (len(parts["y"]) == 2), int(parts["m"]), int(parts["d"]))


@dataclass(frozen=True)
class Calendar:
    """Dates for days and days for dates.

    Parameters
    ----------
    start : datetime.date
        The date of day 0.

    Examples
    --------
    >>> calendar = Calendar.of(load_instance("fig1"))
    >>> str(calendar.start), str(calendar.date(10.5)), str(calendar.ready(10.5))
    ('2027-01-04', '2027-01-14', '2027-01-15')
    """

    start: datetime.date

    @classmethod
    def of(cls, instance: Instance) -> "Calendar":
        """The calendar of an instance.

        Raises :class:`InputError` when the instance has no start date, or counts in another unit than days.
        """
        if instance.time_unit != "day":
            raise InputError(f"time_unit is {shown(instance.time_unit)}; it must be 'day' for calendar dates")
        if instance.start_date is None:
            raise InputError(f"start_date is missing in instance {instance.name!r}; calendar dates need it")
        return cls(parse_date(instance.start_date, "start_date"))

    def day(self, date: datetime.date) -> int:
        """How many days after the start ``date`` is; negative before it."""
        return (date - self.start).days

    def date(self, day: float) -> datetime.date:
        """The date on which a time, in days, falls; raises :class:`InputError` outside the years 1 to 9999."""
        return self._after(math.floor(day + ALLOWANCE))

    def ready(self, day: float) -> datetime.date:
        """The first date on whose morning a time, in days, is past or just reached."""
        return self._after(math.ceil(day - ALLOWANCE))

    def _after(self, days: int) -> datetime.date:
        try:
            return self.start + datetime.timedelta(days=days)
        except OverflowError:
            raise InputError(
                f"day {days} after {self.start} is no date; calendars begin with the year 1 and end with the year 9999"
            ) from None
