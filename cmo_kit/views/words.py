"""The words that pictures share: titles and alternative texts, whatever draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from cmo_kit.base.language import spoken
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

MOST_RUNS = 30  # of a schedule, that are named one by one
MOST_COLUMNS = 36  # of an order's name in a sentence
LONGEST_OPERATION = 24  # columns of an operation's name beside an axis


def rounded(value: float, digits: int = 6) -> str:
    """A number in so many digits, and in all of those before its point: no powers of ten."""
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e+" in text else text


def duration(value: float, unit: str, digits: int = 6) -> str:
    """``1 day``, ``2.5 days``."""
    number = rounded(value, digits)
    return f"{number} {spoken(unit if number == '1' else f'{unit}s')}"


def power_of_ten(exponent: float) -> str:
    """``10`` with a whole exponent as it is typeset."""
    return "10" + f"{exponent:.0f}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def enumeration(parts: Sequence[str], most: int = 10) -> str:
    """``a, b and c``; after ``most`` parts only how many more there are."""
    parts = [*map(spoken, parts)]
    if len(parts) > most:
        return spoken(f"{', '.join(parts[:most])} and {len(parts) - most} more")
    return spoken(" and ").join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def columns(text: str) -> int:
    """How many ordinary letters take the room of ``text``; Hangul, kana and Chinese letters take that of two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def shortened(text: str, most: int) -> str:
    """``text``, or of a longer one its two ends, in ``most`` columns, one at least: names often differ at one end."""
    if columns(text) <= most:
        return text
    most = max(1, most)
    head, tail = text[:most], text[-most:]  # no letter takes less than a column
    while columns(head) > most // 2:
        head = head[:-1]
    while columns(tail) > most - most // 2 - 1:
        tail = tail[1:]
    return f"{head}…{tail}"


def sentence(text: str) -> str:
    """``text`` with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def time_label(instance: Instance) -> str:
    """The words under a time axis."""
    return f"time in {instance.time_unit}s"


def total_name(instance: Instance) -> str:
    """What is to be small: total tardiness, ``weighted`` where any weight is not 1."""
    return spoken("weighted total tardiness" if instance.weighted else "total tardiness")


def tardiness_text(schedule: Schedule) -> str:
    """Total tardiness in words, with the digits that the command line says."""
    return f"{total_name(schedule.instance)} {duration(schedule.total_tardiness, schedule.instance.time_unit, 10)}"


def tardy_orders_text(schedule: Schedule, most: int = 10) -> str:
    """Which orders are tardy and by how much, the worst first, ``most`` of them: one sentence."""
    instance = schedule.instance
    late = sorted((-tau, i) for i, tau in enumerate(schedule.tardiness) if tau > 0)
    if not late:
        return "No order is tardy."
    parts = [
        f"{shortened(instance.orders[i].id, MOST_COLUMNS)} by {duration(-tau, instance.time_unit)}" for tau, i in late
    ]
    return f"Tardy orders ({len(late)} of {len(instance.orders)}): {enumeration(parts, most)}."


def sites_text(sites: Iterable[Iterable[tuple[str, int]]]) -> str:
    """The runs of every Site: ``Site 1: A x2, B x1; Site 2: empty.``."""
    runs = [
        ", ".join(f"{shortened(order, MOST_COLUMNS)} x{batches}" for order, batches in site) or spoken("empty")
        for site in sites
    ]
    return "; ".join(f"Site {l}: {text}" for l, text in enumerate(runs, start=1)) + "."


def runs_text(schedule: Schedule) -> str:
    """The runs of every Site, or only how many there are when they are many."""
    if sum(len(site) for site in schedule.sites) <= MOST_RUNS:
        return sites_text(schedule.sites)
    counts = (spoken(f"{sum(run.batches for run in site)} batches in {len(site)} runs") for site in schedule.sites)
    return "; ".join(f"Site {l}: {text}" for l, text in enumerate(counts, start=1)) + "."
