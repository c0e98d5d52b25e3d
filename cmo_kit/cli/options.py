"""What several commands read off their options in the same way."""

import argparse
from typing import TYPE_CHECKING

from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import usable_cores
from cmo_kit.base.values import shown

if TYPE_CHECKING:
    from cmo_kit.base.sheet import Layout


def layout_of(options: argparse.Namespace) -> "Layout":
    """How a list is written, as the options say."""
    from cmo_kit.base.sheet import Layout

    headers: dict[str, str] = {}
    for entry in options.map:
        column, equals, header = entry.partition("=")
        if not equals or not header.strip() or column in headers:
            raise InputError(f"--map is {shown(entry)}; it must be COLUMN=HEADER, each column once")
        headers[column] = header
    names = ("delimiter", "decimal", "encoding", "date_format", "sheet", "ignore_other")
    return Layout(headers=headers, **{name: getattr(options, name) for name in names})


def workers_of(options: argparse.Namespace) -> int:
    """How many processes at once: as asked, or all cores that this one may use."""
    return options.workers if options.workers is not None else usable_cores()
