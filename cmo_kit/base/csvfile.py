"""Tables as CSV files: written whole, read with numbers as numbers."""

import contextlib
import csv
import io
import math
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_text, write_text
from cmo_kit.base.values import check_number, check_text

Row = dict[str, Any]
#: A hundred thousand runs, the most that a study may have, make a table of some ten million bytes.
MAXIMUM_BYTES = 256 * 1024 * 1024


def write_csv(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_csv(
    path: str | os.PathLike[str], texts: Collection[str] = (), numbers: Collection[str] = (), gaps: Collection[str] = ()
) -> list[Row]:
    """Rows of a CSV file, with numbers as numbers and nothing as None.

    Parameters
    ----------
    path : path
    texts, numbers, gaps : collections of str
        Columns that there must be: of texts, which stay texts when they look like numbers; of numbers of at least 0;
        and of such numbers or nothing.

    Raises
    ------
    InputError
        When the file cannot be read, or a row breaks one of these rules.
    """
    try:
        lines = csv.reader((line + "\n" for line in read_text(path, MAXIMUM_BYTES).split("\n")), strict=True)
        header, *cells = [line for line in lines if line] or [[]]
    except csv.Error as error:
        raise InputError(f"{path}: the table cannot be read ({error})") from None
    for name in (*texts, *numbers, *gaps):
        if cells and header.count(name) != 1:
            raise InputError(f"{path}: the column {name!r} stands {header.count(name)} times; it must stand once")
    rows = []
    for number, line in enumerate(cells, start=1):
        if len(line) != len(header):
            raise InputError(f"{path}: row {number} has {len(line)} cells; it must have {len(header)}, as the header")
        row = {name: (text or None) if name in texts else _value(text) for name, text in zip(header, line, strict=True)}
        for name in texts:
            check_text(row[name], f"{path}: row {number}: {name}")
        for name in (*numbers, *gaps):
            if row[name] is not None or name in numbers:
                check_number(row[name], f"{path}: row {number}: {name}")
        rows.append(row)
    return rows


def _value(text: str) -> Any:
    """``text`` as the number that it is, None if it is empty, else itself."""
    with contextlib.suppress(ValueError):
        return int(text)
    with contextlib.suppress(ValueError):
        return float(text) if math.isfinite(float(text)) else text
    return text or None
