"""The file format ``cmo-schedule/1``."""

from collections.abc import Iterable, Mapping
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_count, check_integer, check_keys, check_list, check_number, check_text, shown
from cmo_kit.formats.instance_check import MAXIMUM_BATCHES, MAXIMUM_SITES

FORMAT = "cmo-schedule/1"
#: A schedule may have too many batches, and the checker says so; but it times them one by one.
MAXIMUM_SCHEDULED = 2 * MAXIMUM_BATCHES


def check_size(batches: Iterable[int]) -> None:
    """Refuse runs that have more than :data:`MAXIMUM_SCHEDULED` batches in all."""
    total = sum(batches)
    if total > MAXIMUM_SCHEDULED:
        raise InputError(f"sites have {total} batches in all; there may be at most {MAXIMUM_SCHEDULED}")


def check_document(document: object) -> Mapping[str, Any]:
    """Check the form of a schedule file, not what it schedules: that is the checker's part.

    Raises
    ------
    InputError
        For a missing or unknown key and a value of the wrong kind.
    """
    found = check_keys(document, "the schedule", ("format", "instance", "sites"), ("method", "seed", "total_tardiness"))
    if found["format"] != FORMAT:
        raise InputError(f"format is {shown(found['format'])}; it must be {FORMAT!r}")
    check_text(found["instance"], "instance")
    if found.get("method") is not None:
        check_text(found["method"], "method")
    if found.get("seed") is not None:
        check_integer(found["seed"], "seed", 0)
    if "total_tardiness" in found:
        check_number(found["total_tardiness"], "total_tardiness")
    check_count(len(check_list(found["sites"], "sites")), "sites", MAXIMUM_SITES)
    for l, site in enumerate(found["sites"]):
        for position, run in enumerate(check_list(site, f"sites[{l}]")):
            field = f"sites[{l}][{position}]"
            check_keys(run, field, ("order", "batches"))
            check_text(run["order"], f"{field}.order")
            check_integer(run["batches"], f"{field}.batches", 1, MAXIMUM_BATCHES)
    check_size(run["batches"] for site in found["sites"] for run in site)
    return found
