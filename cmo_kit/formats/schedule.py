"""The file format ``cmo-schedule/1``."""

from collections.abc import Iterable, Mapping
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import (
    check_count,
    check_integer,
    check_keys,
    check_list,
    check_number,
    check_text,
    plain,
    shown,
)
from cmo_kit.formats.document import check_format
from cmo_kit.formats.instance import MAXIMUM_BATCHES, MAXIMUM_SITES

FORMAT = "cmo-schedule/1"
#: A schedule may have too many batches, and the checker says so; but it times them one by one.
MAXIMUM_SCHEDULED = 2 * MAXIMUM_BATCHES


def check_batches(batches: object, field: str) -> None:
    """Refuse a run without a batch, or with more than an instance may have."""
    check_integer(batches, field, 1, MAXIMUM_BATCHES)


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
    check_format(found, FORMAT)
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
            check_batches(run["batches"], f"{field}.batches")
    check_size(run["batches"] for site in found["sites"] for run in site)
    return found


def schedule_document(
    instance: str, method: str | None, seed: int | None, total_tardiness: float, sites: Iterable[Iterable[Any]]
) -> dict[str, Any]:
    """The file of a schedule whose ``sites`` hold runs of (order id, batches)."""
    origin = {key: value for key, value in (("method", method), ("seed", seed)) if value is not None}
    runs = [[{"order": order, "batches": int(batches)} for order, batches in site] for site in sites]
    return {"format": FORMAT, "instance": instance, **origin, "total_tardiness": plain(total_tardiness), "sites": runs}


def schedule_arguments(document: object, instance: str) -> dict[str, Any]:
    """What to make the schedule of ``document`` from, which must be for the instance of that name."""
    found = check_document(document)
    if found["instance"] != instance:
        raise InputError(f"instance is {shown(found['instance'])}; this schedule is read for {shown(instance)}")
    return {
        "sites": [[(run["order"], run["batches"]) for run in site] for site in found["sites"]],
        "method": found.get("method"),
        "seed": found.get("seed"),
        "stated_total_tardiness": found.get("total_tardiness"),
    }
