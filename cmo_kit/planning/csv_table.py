"""A CSV file as rows of text, read strictly: one sentence names file, line, column, value and rule."""

import csv
import io
import os
import re
from collections.abc import Collection
from dataclasses import dataclass

from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_bytes
from cmo_kit.base.values import shown
from cmo_kit.formats.instance_check import MAXIMUM_ORDERS

MAXIMUM_BYTES = 4 * 1024 * 1024
MAXIMUM_ROWS = MAXIMUM_ORDERS

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
SAVE_AS = "save it as 'CSV UTF-8 (comma delimited)'"
#: How a cell begins that a spreadsheet takes for a formula, which may fetch and send; leading blanks do not hide it.
FORMULA_MARKS = ("=", "+", "-", "@")
NO_FORMULA = "must not begin with =, +, - or @, which spreadsheets take for a formula"
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Row:
    """One line of a table: where it stands, and its cells by column, without blanks around them."""

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


def read_table(path: str | os.PathLike[str], required: Collection[str], optional: Collection[str]) -> list[Row]:
    """Read a CSV file: UTF-8, commas, one header line, ``"`` around a cell that has a comma.

    A UTF-8 mark at the front, which spreadsheets write, is skipped, and so are lines without any cell filled.

    Parameters
    ----------
    path : path
    required, optional : collections of str
        The columns; any sequence of them will do.

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
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = [cell.strip() for cell in next(reader)]
        _check_header(header, required, optional)
        begins = reader.line_num + 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(f"line {line}: it has {len(cells)} cells; it must have {len(header)}, as the header")
            if len(rows) == MAXIMUM_ROWS:
                raise InputError(f"line {line}: there are more than {MAXIMUM_ROWS} orders; no more are read")
            rows.append(Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
        if not rows:
            raise InputError("line 2: there is no order below the header; there must be at least one")
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: it is not CSV ({error})") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return rows


def _decoded(path: str | os.PathLike[str]) -> str:
    """The text of a file of sane size."""
    raw = read_bytes(path, MAXIMUM_BYTES)
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
