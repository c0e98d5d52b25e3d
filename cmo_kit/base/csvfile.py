"""CSV files: tables that the kit writes, and reads again with their numbers as numbers."""

import contextlib
import csv
import io
import math
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import read_text, write_text
from cmo_kit.base.values import check_number, check_text

Row = dict[str, Any]
#: A hundred thousand runs, the most that a study may have, make a table of some ten million bytes.
MAXIMUM_TABLE_BYTES = 256 * 1024 * 1024

#: Where a cell begins that a spreadsheet takes for a formula, which may fetch and send: at the front, and behind what
#: another country's spreadsheet takes for a delimiter. Blanks, marks and quotes before the sign do not hide it.
FORMULA = re.compile("(^|[,;|\t\r\n])[\\s\"'\u200b-\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
NO_FORMULA = "must not begin with =, +, - or @, nor have one behind a delimiter: spreadsheets take it for a formula"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet of some country takes ``text``, or a part of it, for a formula."""
    return FORMULA.search(text) is not None


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """A CSV file's text: a header, then one line a row."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def write_csv(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    write_text(path, csv_text(fields, ([row.get(field, "") for field in fields] for row in rows)))


def lines(text: Iterable[str], delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The cells of every line, and its number; raises :class:`InputError` where it is not CSV."""
    reader = csv.reader(text, strict=True, delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: it is not CSV ({error})") from None


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
    with about(path):
        found = lines(line + "\n" for line in read_text(path, MAXIMUM_TABLE_BYTES).split("\n"))
        header, *cells = [cells for _, cells in found if cells] or [[]]
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
