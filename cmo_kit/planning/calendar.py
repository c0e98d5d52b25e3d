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


def parse_date(text: object, field: str) -> datetime.date:
    """``text`` as the date that it is, in the form ``2027-01-04`` only.

    Raises
    ------
    InputError
        For any other form, and for a date that no calendar has.
    """
    try:
        if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{field} is {shown(text)}; it must be a date such as 2027-01-04 (year-month-day)") from None


@dataclass(frozen=True)
class Calendar:
    """Dates for days and days for dates.

    Parameters
    ----------
    start : datetime.date
        The date of day 0.
    """

    start: datetime.date

    @classmethod
    def of(cls, instance: Instance) -> "Calendar":
        """The calendar of an instance.

        Raises
        ------
        InputError
            When the instance has no start date, or counts in another unit than days.
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
        """The date on which a time, in days, falls; raises :class:`InputError` after the year 9999."""
        return self._after(math.floor(day + ALLOWANCE))

    def ready(self, day: float) -> datetime.date:
        """The first date on whose morning a time, in days, is past or just reached."""
        return self._after(math.ceil(day - ALLOWANCE))

    def _after(self, days: int) -> datetime.date:
        try:
            return self.start + datetime.timedelta(days=days)
        except OverflowError:
            raise InputError(f"day {days} after {self.start} is no date; calendars end with the year 9999") from None
