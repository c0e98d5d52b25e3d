"""What a spreadsheet leaves: a text file of any delimiter and encoding, or a workbook, as rows of cells.

Nothing is guessed. What a file says of itself is believed: marks of an encoding, a line ``sep=;``, the delimiter with
which its header has the known columns. What it does not say, an option of :class:`Layout` does.
"""

import datetime
import io
import itertools
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from cmo_kit.base.csvfile import lines
from cmo_kit.base.errors import InputError, need
from cmo_kit.base.jsonfile import MARKS, read_bytes
from cmo_kit.base.values import check_keys, check_object, shown

MAXIMUM_BYTES = 4 * 1024 * 1024
#: Of all that is packed in a workbook, of its rows, and of the columns of any list.
MAXIMUM_UNPACKED, MAXIMUM_ROWS, MAXIMUM_COLUMNS = 128 * 1024 * 1024, 10_000, 300
#: How far below titles and blank lines a header is looked for.
HEADER_LINES = 30

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;\t|]*(\r\n|\r|\n|$)')
NOT_COMPUTED = "is a formula that no spreadsheet has computed yet; open the file in one and save it"
NO_EXCEL = "workbooks need the extra 'excel': pip install 'cmo-kit[excel]'; or save the sheet as CSV"
#: Blanks that look like one; those without any width, which nobody sees; and the latter beside a name only.
WIDE = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
UNSEEN = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u2060\ufeff]")
JOINERS = "\u200c\u200d"

Cell = str | int | float | datetime.date
#: The number of each line that has anything on it, and its cells.
Grid = list[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class Layout:
    """How a list is written, where its file does not say so itself; the command line has an option for each.

    Parameters
    ----------
    delimiter : str, optional
        What stands between columns: one character, or ``comma``, ``semicolon``, ``tab``, ``bar``.
    decimal : str, optional
        ``.`` or ``,``. Without it the point where columns are divided by commas, else either.
    encoding : str, optional
        Such as ``cp1252`` or ``cp949``; without it UTF-8, and UTF-16 or UTF-32 where the file shows it.
    date_format : str, optional
        ``dmy``, ``mdy``, ``ymd``, ``excel`` (a spreadsheet's day numbers), ``day`` (days after the start), or a pattern
        such as ``%d.%m.%y``; without it only dates that begin with a year of four digits are read.
    sheet : str, optional
        Of a workbook; needed where more than one sheet could be the list, or where it is hidden.
    headers : mapping, optional
        From a column to the header that it has in the file.
    ignore_other : bool
        Leave other columns out.

    Examples
    --------
    >>> Layout(delimiter="semicolon", decimal=",", date_format="dmy").delimiter
    ';'
    """

    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    date_format: str | None = None
    sheet: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ignore_other: bool = False

    @classmethod
    def of(cls, options: object) -> "Layout":
        """The layout with some of its fields, as an object holds them."""
        given = check_keys(options, "layout", (), [known.name for known in fields(cls)])
        check_object(given.get("headers", {}), "layout.headers")
        return cls(**given)

    def __post_init__(self) -> None:
        if self.decimal not in (None, ".", ","):
            raise InputError(f"--decimal is {shown(self.decimal)}; it must be . or ,")
        if self.delimiter is not None:
            names = {name: mark for mark, name in DELIMITERS.items()} | {"\\t": "\t"}
            mark = names.get(self.delimiter, self.delimiter)
            if not isinstance(mark, str) or len(mark) != 1 or mark in '"\r\n\0' or mark.isalnum():
                known = ", ".join(DELIMITERS.values())
                raise InputError(f"--delimiter is {shown(self.delimiter)}; it must be one character, or {known}")
            object.__setattr__(self, "delimiter", mark)
        if self.encoding is not None:
            try:
                "".encode(self.encoding)  # refuses codecs that are not of text, too
            except (LookupError, TypeError, ValueError):
                example = "such as utf-8, utf-16, cp1252 or cp949"
                raise InputError(f"--encoding is {shown(self.encoding)}; it must be a known one, {example}") from None


#: No option at all.
AS_THE_FILE_SAYS = Layout()


@dataclass(frozen=True)
class Sheet:
    """A grid, the decimal mark of its texts (None: either), and what to tell about how it was read.

    ``unread`` says of a cell, by its line and its place from 0, why it has no value of its own; ``hidden`` are the
    lines that a spreadsheet does not show, as those that a filter leaves out.
    """

    grid: Grid
    decimal: str | None = None
    notes: tuple[str, ...] = ()
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: Collection[int] = ()
    visible: bool = True


def clean(text: str) -> str:
    """``text`` composed (NFC), with ordinary blanks, single ones, and none around it."""
    text = WIDE.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text)))
    return text.strip().strip(JOINERS).strip()


def read_sheet(
    path: str | os.PathLike[str], layout: Layout, known: Callable[[Sequence[Cell]], int], needed: int
) -> Sheet:
    """Read a file by its content, whatever its name.

    Parameters
    ----------
    path : path
    layout : Layout
    known : function
        How many of the list's columns a line of cells names: that tells delimiter and sheet.
    needed : int
        How many of them there must be.

    Raises
    ------
    InputError
        For a file that is too large or empty, that neither is text in its encoding nor a workbook.
    """
    raw = read_bytes(path, MAXIMUM_BYTES)
    if raw.startswith(b"PK\x03\x04"):
        return _workbook(raw, str(path), layout, known, needed)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError("it is a workbook of the old kind (.xls), or has a password; save it as .xlsx without one")
    if layout.sheet is not None:
        raise InputError(f"--sheet is {shown(layout.sheet)}, and the file is no workbook; only workbooks have sheets")
    text = decoded(raw, layout.encoding)
    if text.lstrip()[:9].lower().startswith(("<html", "<!doctype", "<?xml")):
        raise InputError("line 1: it is a web page or XML, whatever its name; save it as .xlsx or as CSV")
    first, mark = 1, layout.delimiter
    if found := SEPARATOR_LINE.match(text):
        first, text, mark = 2, text[found.end() :], mark or found[1]
    if mark is None:
        mark = max(DELIMITERS, key=lambda mark: _fit(text, mark, known))
    grid = [(line + first - 1, list(cells)) for line, cells in lines(io.StringIO(text, newline=""), mark)]
    tidy = _tidy(grid)
    if not tidy:
        raise InputError("line 1: the file is empty; it must begin with a header line")
    if (widest := max(len(cells) for _, cells in tidy)) > MAXIMUM_COLUMNS:
        raise InputError(f"it has {widest} columns; at most {MAXIMUM_COLUMNS} are read")
    return Sheet(tidy, layout.decimal or ("." if mark == "," else None))


def decoded(raw: bytes, encoding: str | None) -> str:
    """The text of a file; without an encoding, UTF-8 or what the file shows."""
    if encoding is None:
        encoding = next((name for mark, name in MARKS if raw.startswith(mark)), None) or _unmarked(raw)
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        say = "--encoding says what it is: cp949 (Korean), cp1252 (Western), utf-16, ..."
        found = f"byte {raw[error.start]:#04x}" if error.start < len(raw) else "the end"
        raise InputError(f"line {line}: {found} is not {encoding.upper().removesuffix('-SIG')}; {say}") from None
    except ValueError as error:
        raise InputError(f"line 1: it cannot be read as {encoding} ({error})") from None


def _unmarked(raw: bytes) -> str:
    """UTF-16 shows by the zeros in its delimiters and digits: a quarter of the characters or more, on one side."""
    low, high = raw[1::2].count(0), raw[::2].count(0)
    if len(raw) % 2 or max(low, high) <= max(len(raw) / 8, 2 * min(low, high)):
        return "utf-8"
    return "utf-16-le" if low > high else "utf-16-be"


def _fit(text: str, delimiter: str, known: Callable[[Sequence[Cell]], int]) -> tuple[int, int]:
    """How many known columns, and how many cells, the best of the first lines has with this delimiter."""
    best = (0, 0)
    begin = io.StringIO("".join(io.StringIO(text, newline="").readlines()[: 3 * HEADER_LINES]), newline="")
    try:
        for number, (_, cells) in enumerate(lines(begin, delimiter)):
            if number == HEADER_LINES:
                break
            best = max(best, (known(cells), len(cells) if best[1] < 2 else best[1]))
    except InputError:
        pass  # what was read so far counts
    return best


def _tidy(rows: Iterable[tuple[int, Sequence[Any]]]) -> Grid:
    """Cells without what nobody sees, lines without any cell left out."""
    grid: Grid = []
    for line, cells in rows:
        tidy = [clean(cell) if isinstance(cell, str) else cell for cell in cells]
        if any(cell != "" for cell in tidy):
            grid.append((line, tidy))
    return grid


def _workbook(raw: bytes, path: str, layout: Layout, known: Callable[[Sequence[Cell]], int], needed: int) -> Sheet:
    sheets = _sheets(raw)
    named = path.lower().endswith((".xlsx", ".xlsm"))
    notes = [] if named else ["it is a workbook, whatever its name; read as one"]
    held = [name for name, sheet in sheets.items() if sheet.grid]
    filled = [name for name in held if sheets[name].visible]
    if layout.sheet is not None:
        if layout.sheet not in sheets:
            names = ", ".join(shown(name) for name in list(sheets)[:5])
            raise InputError(f"--sheet is {shown(layout.sheet)}; the workbook has {names}")
        filled = [layout.sheet]
    elif len(filled) > 1:
        lists = [n for n in filled if any(known(row) >= needed for _, row in sheets[n].grid[:HEADER_LINES])]
        filled = lists if len(lists) == 1 else filled
    if len(filled) > 1:
        names = ", ".join(shown(name) for name in filled[:5])
        raise InputError(f"the workbook has {len(filled)} sheets with cells; --sheet says which is the list: {names}")
    if not filled or not sheets[filled[0]].grid:
        raise InputError("line 1: the sheet is empty; it must begin with a header line")
    if layout.sheet is None and len(held) > 1:
        notes.append(f"of {len(held)} sheets with cells {shown(filled[0])} is read")
    return replace(sheets[filled[0]], decimal=layout.decimal, notes=tuple(notes))


def _sheets(raw: bytes) -> dict[str, Sheet]:
    """The sheets of a workbook by name."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            names = {part.filename for part in parts.infolist()}
            size = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InputError(f"the workbook is damaged ({' '.join(str(error).split())[:60]})") from None
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise InputError("it is packed, but no workbook that is read; save it as .xlsx or as CSV")
    if size > MAXIMUM_UNPACKED:
        raise InputError(f"the workbook has {size} bytes unpacked; at most {MAXIMUM_UNPACKED} are read")
    openpyxl = need("openpyxl", NO_EXCEL)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:  # openpyxl takes this mark to be there where it is not
            mains = [parts.read(name) for name in names if name.startswith("xl/workbook")]
        anew = any(b'fullCalcOnLoad="1"' in main for main in mains)
        return {sheet.title: _sheet(sheet, openpyxl, anew) for sheet in book.worksheets}
    except InputError:
        raise
    except Exception as error:  # damaged parts raise whatever they meet
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise InputError(f"the workbook is damaged ({' '.join(reason.split())[:80]})") from None


def _sheet(sheet: Any, openpyxl: Any, anew: bool) -> Sheet:
    """A sheet's cells; ``anew`` where the workbook says that its formulas wait to be computed."""
    formulas: dict[tuple[int, int], str] = {}
    hidden, merged, line = set(), [], 0
    with sheet._get_source() as part:  # for what openpyxl does not tell of a sheet that it only reads
        for _, element in openpyxl.xml.functions.iterparse(part):
            if element.tag.endswith("}mergeCell"):
                merged.append(element.get("ref"))
            if not element.tag.endswith("}row"):
                continue
            line, column = int(float(element.get("r", line + 1))), 0
            if element.get("hidden") in ("1", "true"):
                hidden.add(line)
            for cell in element:
                place = cell.get("r")
                column = openpyxl.utils.cell.coordinate_to_tuple(place)[1] if place else column + 1
                formula, value = cell.find("{*}f"), cell.findtext("{*}v")
                # A formula whose value is an empty text says that it is a text.
                waits = (value or "0") == "0" if anew else not value and cell.get("t") != "str"
                if formula is not None and waits:
                    formulas[line, column - 1] = f"={formula.text or ''}"
            element.clear()
    grid = _even(_tidy(_rows(sheet, formulas)))
    unread = _covered(grid, merged, openpyxl) | dict.fromkeys(formulas, NOT_COMPUTED)
    return Sheet(grid, unread=unread, hidden=hidden, visible=sheet.sheet_state == "visible")


def _covered(grid: Grid, merged: Sequence[str], openpyxl: Any) -> dict[tuple[int, int], str]:
    """The rule that cells break which are merged with one that has a value, which is the upper left one's alone."""
    covered: dict[tuple[int, int], str] = {}
    rows = dict(grid)
    for box in merged:
        left, top, right, bottom = openpyxl.utils.cell.range_boundaries(box)
        if left > MAXIMUM_COLUMNS or top not in rows or rows[top][left - 1] == "":
            continue
        lines, places = range(top, min(bottom, grid[-1][0]) + 1), range(left - 1, min(right, MAXIMUM_COLUMNS))
        for cell in itertools.islice(itertools.product(lines, places), 1, None):
            if cell in covered:
                raise ValueError("merged cells overlap")
            covered[cell] = f"must have a cell of its own; {box} are merged"
    return covered


def _even(grid: Grid) -> Grid:
    """All lines as long as the longest: a workbook does not keep empty cells."""
    width = max((len(cells) for _, cells in grid), default=0)
    return [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in grid]


def _rows(sheet: Any, formulas: Mapping[tuple[int, int], str]) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(max_col=MAXIMUM_COLUMNS, values_only=True), start=1):
        cells = [formulas.get((line, place)) or _cell(value) for place, value in enumerate(row)]
        if line > MAXIMUM_ROWS and any(cell != "" for cell in cells):
            raise InputError(f"the sheet {shown(sheet.title)} has more than {MAXIMUM_ROWS} rows; no more are read")
        yield line, cells


def _cell(value: object) -> Cell:
    """A workbook's value; numbers as a spreadsheet shows them, with 15 digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        shorter = float(f"{value:.15g}")
        return int(shorter) if shorter.is_integer() else shorter
    return value if isinstance(value, str | int | datetime.date) else str(value)
