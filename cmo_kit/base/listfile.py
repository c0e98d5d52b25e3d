"""A list that people keep: its columns by name, its cells by what they hold, and all that is wrong with it at once."""

import datetime
import os
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cmo_kit.base.csvfile import NO_FORMULA, is_formula
from cmo_kit.base.errors import InputError, ListError
from cmo_kit.base.sheet import AS_THE_FILE_SAYS, HEADER_LINES, Cell, Grid, Layout, Sheet, clean, read_sheet
from cmo_kit.base.values import shown

NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,12})?")
#: A mark or a blank before each three digits; and one number that is either of two.
GROUPED = re.compile(r"[+-]?[0-9]{1,3}([.,'\u2019 ][0-9]{3})+([.,][0-9]*)?")
EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
#: What a cell shows whose formula fails, in English and German.
ERROR_VALUES = re.compile(
    "#(REF!|N/A|NAME[?]|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|BEZUG!|NV|WERT!|ZAHL!|[ÜU]BERLAUF!|#+)", re.IGNORECASE
)
#: Of unknown columns in a sentence; and what stands for the name of one that has none.
MOST_NAMED, NO_HEADER = 5, "(without a header)"


@dataclass(frozen=True)
class ListRow:
    """One line of a list: where it stands, its cells by column, and the decimal mark (None: either).

    ``unread`` says of columns whose cell has no value of its own why, as a rule that it breaks.
    """

    line: int
    cells: Mapping[str, Cell]
    decimal: str | None = "."
    unread: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, column: str, rule: str) -> InputError:
        """The sentence about the cell of ``column``."""
        cell = self.cells[column]
        value = str(cell) if isinstance(cell, datetime.date) else shown(cell)
        return InputError(f"line {self.line}: column {column!r} is {value}; it {rule}")

    def has(self, column: str) -> bool:
        """Whether the row has anything in ``column``."""
        return self.cells.get(column, "") != "" or column in self.unread

    def cell(self, column: str) -> Cell:
        """A cell as it is, unless its formula has failed or the sheet has no value for it."""
        if column in self.unread:
            raise self.wrong(column, self.unread[column])
        value = self.cells[column]
        if isinstance(value, str) and ERROR_VALUES.fullmatch(value):
            raise self.wrong(column, "is what a spreadsheet shows for a formula that fails; mend the cell")
        return value

    def text(self, column: str) -> str:
        """A name on one line that a spreadsheet does not take for a formula."""
        value = self.cell(column)
        if isinstance(value, datetime.date):
            raise self.wrong(column, "is a date in the workbook; it must be text: format the cell as text first")
        value = str(value)
        if not value:
            raise self.wrong(column, "must not be empty")
        if not value.isprintable():
            raise self.wrong(column, "must be printable text on one line")
        if is_formula(value):
            raise self.wrong(column, NO_FORMULA)
        return value

    def number(self, column: str) -> int | float:
        """A finite number of at least 0, an integer where it is one."""
        value = self.cell(column)
        if isinstance(value, str):
            value = self._read(column, value)
        if isinstance(value, datetime.date) or not abs(value) < 10**12:
            raise self.wrong(column, "must be a number such as 3 or 2.5, of at most twelve digits before the point")
        if value < 0:
            raise self.wrong(column, "must be at least 0")
        return value

    def _read(self, column: str, text: str) -> int | float:
        marks = [mark for mark in text if mark in ".,"]
        plain = not marks or (len(marks) == 1 and self.decimal in (None, marks[0]))
        if self.decimal is None and EITHER.fullmatch(text):
            raise self.wrong(column, "may have a decimal mark or a mark of thousands; --decimal says which: , or .")
        if GROUPED.fullmatch(text) and not (plain and NUMBER.fullmatch(text)):
            also = f", or, if that is a decimal mark, with --decimal {marks[0]}" if len(marks) == 1 else ""
            raise self.wrong(column, f"has marks between thousands; it must be written without them{also}")
        if not plain and NUMBER.fullmatch(text):
            raise self.wrong(column, f"must be a number such as 3 or 2.5; --decimal {marks[0]} would read it")
        if not NUMBER.fullmatch(text):
            raise self.wrong(column, "must be a number such as 3 or 2.5")
        return float(text.replace(",", ".")) if marks else int(text)

    def count(self, column: str) -> int:
        """An integer of at least 1."""
        value = self.number(column)
        if value != int(value) or value < 1:
            raise self.wrong(column, "must be an integer of at least 1")
        return int(value)


class Complaints:
    """What is wrong with a list, sentence by sentence."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def hear(self, read: Callable[..., Any], *arguments: Any) -> Any:
        """What ``read`` returns, or None where it complains."""
        try:
            return read(*arguments)
        except InputError as error:
            self.sentences.append(str(error))
            return None

    def end(self) -> None:
        """Raise all of them, if there are any."""
        if self.sentences:
            raise ListError(self.sentences)


def folded(header: Cell) -> str:
    """A header as it is compared: in whatever case, with blanks, hyphens or underscores between its words."""
    return re.sub(r"[\s_\-]+", "_", clean(" ".join(str(header).split())).casefold())


def read_list(
    path: str | os.PathLike[str],
    required: Collection[str],
    optional: Collection[str],
    entry: str,
    maximum: int,
    layout: Layout = AS_THE_FILE_SAYS,
    note: Callable[[str], None] = lambda sentence: None,
) -> list[ListRow]:
    """Read a list that people keep in a spreadsheet: below a header, one line an entry.

    Blank lines and titles above a header with all required columns are passed over, and so are lines without any
    cell, columns without any, and a column without a header that only counts the lines.

    Parameters
    ----------
    path : path
        A text file or a workbook; what it is shows in its content.
    required, optional : collections of str
        The columns; any sequence of them will do.
    entry : str
        What a line stands for, such as ``order``.
    maximum : int
        The most lines that are read.
    layout : Layout
        What the file does not say of itself.
    note : function, optional
        It gets a sentence about each thing that was left out.

    Raises
    ------
    InputError
        For a file that :func:`~cmo_kit.base.sheet.read_sheet` refuses; for columns missing, unknown or named twice; for
        a line with more or fewer cells than the header. Of columns and lines, all that is wrong.
    """
    known = [*required, *optional]
    mapped: dict[str, str] = {}
    for column, name in layout.headers.items():
        if column not in known:
            raise InputError(f"--map names the column {shown(column)}; the columns are {', '.join(known)}")
        if (other := mapped.setdefault(folded(name), column)) != column:
            raise InputError(f"--map says that {other!r} and {column!r} are {shown(name)}; each has its own header")
    # A header that --map gives to a column is not another one's, whatever that one's name.
    free = [column for column in known if column in layout.headers or folded(column) not in mapped]
    wanted = {folded(layout.headers.get(column, column)): column for column in free}

    def count(cells: Sequence[Cell]) -> int:
        return len({wanted[key] for cell in cells if (key := folded(cell)) in wanted}.intersection(required))

    sheet = read_sheet(path, layout, count, len(required))
    heads = (place for place, (_, cells) in enumerate(sheet.grid[:HEADER_LINES]) if count(cells) == len(required))
    top = next(heads, 0)
    line, header = sheet.grid[top]
    below = sheet.grid[top + 1 :]
    notes = [*sheet.notes, *([f"what stands above the header in line {line} is left out"] if top else [])]
    try:
        places, left = _places(header, below, wanted, required, layout)
    except InputError as error:
        first, *more = str(error).split("\n")
        raise ListError([f"line {line}: {sentence}" for sentence in (first, *more)]) from None
    if left:
        one = f"the column {left[0]} is left out"
        notes.append(one if len(left) == 1 else f"the columns {_some(left)} are left out")
    if hidden := [str(line) for line, _ in below if line in sheet.hidden]:
        notes.append(f"hidden rows are read as well: {_some(hidden)}")
    for sentence in notes:
        note(sentence)
    if not below:
        raise InputError(f"line {line + 1}: there is no {entry} below the header; there must be at least one")
    if len(below) > maximum:
        raise InputError(f"line {below[maximum][0]}: there are more than {maximum} {entry}s; no more are read")
    complaints = Complaints()
    rows = [complaints.hear(_row, sheet, line, cells, len(header), places) for line, cells in below]
    complaints.end()
    return rows


def _row(sheet: Sheet, line: int, cells: Sequence[Cell], width: int, places: Mapping[str, int]) -> ListRow:
    if len(cells) <= max(places.values()) or any(cell != "" for cell in cells[width:]):
        raise InputError(f"line {line}: it has {len(cells)} cells; it must have {width}, as the header")
    unread = {column: sheet.unread[line, place] for column, place in places.items() if (line, place) in sheet.unread}
    return ListRow(line, {column: cells[place] for column, place in places.items()}, sheet.decimal, unread)


def _places(
    header: Sequence[Cell], below: Grid, wanted: Mapping[str, str], required: Collection[str], layout: Layout
) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and the names of those that are left out."""
    places: dict[str, int] = {}
    others: list[str] = []
    complaints = Complaints()
    for place, cell in enumerate(header):
        column = wanted.get(folded(cell))
        if column is None:
            cells = [row[place] for _, row in below if place < len(row)]
            if cell != "":
                others.append(shown(cell))
            elif any(filled != "" for filled in cells) and not _counts(cells):
                others.append(f"number {place + 1} {NO_HEADER}")
        elif column in places:
            times = [wanted.get(folded(other)) for other in header].count(column)
            sentence = f"the column {column!r} stands {times} times; it may stand once"
            if sentence not in complaints.sentences:
                complaints.sentences.append(sentence)
        else:
            places[column] = place
    missing = [column for column in required if column not in places]
    if missing and others:
        say, unknown = _map(missing, others), _some(others)
        one = f"the column {missing[0]} is missing, and {unknown} unknown; --map {say} says which is which"
        more = f"the columns {', '.join(missing)} are missing, and {unknown} unknown; --map {say} says which is which"
        complaints.sentences.append(one if len(missing) == 1 else more)
    elif others and not layout.ignore_other:
        known = ", ".join(wanted.values())
        say = "--ignore-other leaves it out" if len(others) == 1 else "--ignore-other leaves them out"
        one = "the column {} is unknown" if len(others) == 1 else "the columns {} are unknown"
        complaints.sentences.append(f"{one.format(_some(others))}; {say}; the columns are {known}")
    elif missing:
        complaints.sentences += [f"the column {column!r} is missing; it is required" for column in missing]
    for column, name in layout.headers.items():
        if column not in places and column not in missing:
            complaints.sentences.append(f"--map says that {column!r} is {shown(name)}; there is no such header")
    complaints.end()
    return places, others


def _map(missing: Sequence[str], others: Sequence[str]) -> str:
    """What to write behind ``--map``, all of it where the unknown headers may be the missing columns in sequence."""
    written = "".join(others)
    if len(missing) != len(others) or len(written) > 200 or NO_HEADER in written:
        return f"{missing[0]}=HEADER ..."
    pairs = (f"{column}={header}" for column, header in zip(missing, (name.strip("'") for name in others), strict=True))
    return " ".join(map(shlex.quote, pairs)) + (" (if they stand like that)" if len(missing) > 1 else "")


def _counts(cells: Sequence[Cell]) -> bool:
    """Whether cells only count lines, from 0 or 1."""
    found = [str(cell) for cell in cells]
    return any(found == [str(begin + k) for k in range(len(found))] for begin in (0, 1))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
