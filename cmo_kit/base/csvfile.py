"""CSV files: tables that the kit writes and reads again, and lists that people write.

A table is read with its numbers as numbers. A list is read as text, strictly: one sentence names file, line, column,
value and rule.
"""

import contextlib
import csv
import io
import math
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_bytes, read_text, write_text
from cmo_kit.base.values import check_number, check_text, shown

Row = dict[str, Any]
#: A hundred thousand runs, the most that a study may have, make a table of some ten million bytes.
MAXIMUM_TABLE_BYTES = 256 * 1024 * 1024
MAXIMUM_LIST_BYTES = 4 * 1024 * 1024

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
SAVE_AS = "save it as 'CSV UTF-8 (comma delimited)'"
#: How a cell begins that a spreadsheet takes for a formula, which may fetch and send; leading blanks do not hide it.
FORMULA_MARKS = ("=", "+", "-", "@")
NO_FORMULA = "must not begin with =, +, - or @, which spreadsheets take for a formula"
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file's text: a header, then one line a row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def write_csv(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all."""
    write_text(path, csv_text(fields, ([row.get(field, "") for field in fields] for row in rows)))


def _lines(text: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The cells of every line, and its number."""
    reader = csv.reader(text, strict=True)
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
    try:
        lines = _lines(line + "\n" for line in read_text(path, MAXIMUM_TABLE_BYTES).split("\n"))
        header, *cells = [cells for _, cells in lines if cells] or [[]]
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
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


@dataclass(frozen=True)
class TextRow:
    """One line of a list: where it stands, and its cells by column, without blanks around them."""

    line: int
    cells: dict[str, str]

    def wrong(self, column: str, rule: str) -> InputError:
        """The sentence about the cell of ``column``."""
        return InputError(f"line {self.line}: column {column!r} is {shown(self.cells[column])}; it {rule}")

    def has(self, column: str) -> bool:
        """Whether the row has anything in ``column``."""
        return bool(self.cells.get(column))

    def text(self, column: str) -> str:
        """A name on one line that a spreadsheet does not take for a formula."""
        value = self.cells[column]
        if not value:
            raise self.wrong(column, "must not be empty")
        if not value.isprintable():
            raise self.wrong(column, "must be printable text on one line")
        if value.startswith(FORMULA_MARKS):
            raise self.wrong(column, NO_FORMULA)
        return value

    def number(self, column: str) -> int | float:
        """A finite number of at least 0, an integer where it is written as one."""
        value = self.cells[column]
        if not NUMBER.fullmatch(value):
            raise self.wrong(column, "must be a number such as 3 or 2.5")
        if float(value) < 0:
            raise self.wrong(column, "must be at least 0")
        return float(value) if "." in value else int(value)

    def count(self, column: str) -> int:
        """An integer of at least 1."""
        value = self.number(column)
        if not isinstance(value, int) or value < 1:
            raise self.wrong(column, "must be an integer of at least 1")
        return value


def read_list(
    path: str | os.PathLike[str], required: Collection[str], optional: Collection[str], entry: str, maximum: int
) -> list[TextRow]:
    """Read a list that people write: UTF-8, commas, one header line, ``"`` around a cell that has a comma.

    A UTF-8 mark at the front, which spreadsheets write, is skipped, and so are lines without any cell filled.

    Parameters
    ----------
    path : path
    required, optional : collections of str
        The columns; any sequence of them will do.
    entry : str
        What a line stands for, such as ``order``.
    maximum : int
        The most lines that are read.

    Raises
    ------
    InputError
        For a file that cannot be read, is too large, empty, in another encoding or with other separators; for
        columns missing, unknown or named twice; for a line with more or fewer cells than the header.
    """
    text = _decoded(path)
    first = text.split("\n", 1)[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabulators")):
        if mark in first and "," not in first:
            raise InputError(f"{path}: line 1 has {name} between its columns; they must be commas: {SAVE_AS}")
    rows: list[TextRow] = []
    try:
        lines = _lines(io.StringIO(text, newline=""))
        header = [cell.strip() for cell in next(lines)[1]]
        _check_header(header, required, optional)
        for line, cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(f"line {line}: it has {len(cells)} cells; it must have {len(header)}, as the header")
            if len(rows) == maximum:
                raise InputError(f"line {line}: there are more than {maximum} {entry}s; no more are read")
            rows.append(TextRow(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
        if not rows:
            raise InputError(f"line 2: there is no {entry} below the header; there must be at least one")
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return rows


def _decoded(path: str | os.PathLike[str]) -> str:
    """The text of a file of sane size."""
    raw = read_bytes(path, MAXIMUM_LIST_BYTES)
    if raw.startswith(UTF16_MARKS):
        raise InputError(f"{path}: line 1: the file begins with a mark of UTF-16; it must be UTF-8: {SAVE_AS}")
    raw = raw.removeprefix(UTF8_MARK)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte {raw[error.start]:#04x}"
        raise InputError(f"{path}: line {line}: {found} is not UTF-8, which it must be: {SAVE_AS}") from None
    if not text.strip():
        raise InputError(f"{path}: line 1: the file is empty; it must begin with a header line")
    return text


def _check_header(header: list[str], required: Collection[str], optional: Collection[str]) -> None:
    known = [*required, *optional]
    for name in header:
        if name not in known:
            raise InputError(f"line 1: the column {shown(name)} is unknown; the columns are {', '.join(known)}")
        if header.count(name) > 1:
            raise InputError(f"line 1: the column {name!r} stands {header.count(name)} times; it may stand once")
    for name in required:
        if name not in header:
            raise InputError(f"line 1: the column {name!r} is missing; it is required")
