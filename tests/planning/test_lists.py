"""Order lists as the spreadsheets of several countries leave them: read with at most one option, or told which."""

import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cmo_kit import InputError, Instance
from cmo_kit.cli import main
from cmo_kit.course.new_client import refused_list
from cmo_kit.planning import Layout, read_orders
from tests.helpers.refused import refused

COLUMNS = (
    "order", "batches", "due_date", "seed_culture", "main_culture", "purification",
    "change_seed_culture", "change_main_culture", "change_purification",
)  # fmt: skip
#: Two orders, by column; what is read must be this, whatever the file looks like.
ORDERS = (
    ("Müller, 한빛 & Co", 6, "2027-02-26", 3.5, 5, 3, 2, 9.5, 8),
    ("00123", 4, "2026-12-12", 2, 6, 2.25, 2, 10, 7),
)
DUE, TIMES = (53, -23), ((3.5, 5, 3), (2, 6, 2.25))
GERMAN = ("Auftrag", "Chargen", "Liefertermin", "Vorkultur", "Hauptkultur", "Reinigung", "R Vor", "R Haupt", "R Rein")


def rows(date: str = "%Y-%m-%d", decimal: str = ".") -> list[list[str]]:
    made = []
    for order in ORDERS:
        day = datetime.date.fromisoformat(str(order[2])).strftime(date)
        made.append([str(order[0]), str(order[1]), day, *(str(time).replace(".", decimal) for time in order[3:])])
    return made


def text(
    cells: list[list[str]], delimiter: str = ",", header: tuple[str, ...] = COLUMNS, end: str = "\r\n", before: str = ""
) -> str:
    quoted = [
        [f'"{cell}"' if delimiter in cell or "\n" in cell else cell for cell in row] for row in [list(header), *cells]
    ]
    return before + "".join(delimiter.join(row) + end for row in quoted)


def beside(cells: list[list[str]], *more: str) -> list[list[str]]:
    return [[*row, *more] for row in cells]


Sheets = dict[str, list[list[Any]]]


def workbook(sheets: Sheets, hidden: Collection[str | int] = (), merged: Collection[str] = ()) -> bytes:
    """``hidden`` are titles of sheets, and lines; cells are ``merged`` on each sheet."""
    book = pytest.importorskip("openpyxl").Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for line in lines:
            sheet.append(line)
        for number in range(1, len(lines) + 1):
            sheet.row_dimensions[number].hidden = number in hidden
        for cells in merged:
            sheet.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rewritten(book: bytes, *changes: tuple[str, str]) -> bytes:
    """A workbook as other programs write it: each first text in its parts is the second one."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as parts, zipfile.ZipFile(file, "w") as anew:
        for name in parts.namelist():
            part = parts.read(name).decode()
            for old, new in changes:
                part = part.replace(old, new)
            anew.writestr(name, part)
    return file.getvalue()


def typed() -> list[list[Any]]:
    """The orders as a workbook has them: dates as dates, numbers as numbers, 00123 as text."""
    return [
        [*row[:2], datetime.datetime.combine(datetime.date.fromisoformat(str(row[2])), datetime.time()), *row[3:]]
        for row in ORDERS
    ]


@dataclass(frozen=True)
class Case:
    """A text's bytes or a workbook's sheets, and the option needed: words of the refusal without it, the layout."""

    content: bytes | Sheets
    option: str = ""
    layout: dict[str, Any] = field(default_factory=dict)


SEMICOLONS = text(rows("%Y-%m-%d", ","), ";")
KOREAN = text([[ORDERS[0][0].replace("ü", "u"), *rows()[0][1:]], rows()[1]])
WIDE = text(rows()).replace(", 한빛", ",\u3000\u200b한빛").replace("Co", "Co\u00a0")
HEAD = list(COLUMNS)
CASES = {
    "us, comma, utf-8 with mark": Case(text(rows()).encode("utf-8-sig")),
    "us, month first": Case(text(rows("%m/%d/%Y")).encode("utf-8-sig"), "--date-format", {"date_format": "mdy"}),
    "us, tabs of unicode text": Case(text(rows(), "\t").encode("utf-16")),
    "us, index of a data frame": Case(
        text([[str(k), *row] for k, row in enumerate(rows())], header=("", *COLUMNS), end="\n").encode()
    ),
    "us, notes beside": Case(
        text(beside(rows(), "ok", ""), header=(*COLUMNS, "Status", "Notes")).encode(), "--ignore-other",
        {"ignore_other": True},
    ),
    "us, month names": Case(text(rows("%d-%b-%y")).encode(), "--date-format", {"date_format": "%d-%b-%y"}),
    "de, semicolons, utf-8 with mark": Case(SEMICOLONS.encode("utf-8-sig")),
    "de, dates with points": Case(
        text(rows("%d.%m.%Y", ","), ";").encode("utf-8-sig"), "--date-format", {"date_format": "dmy"}
    ),
    "de, windows' letters": Case(
        SEMICOLONS.replace("한빛", "Söhne").encode("cp1252"), "--encoding", {"encoding": "cp1252"}
    ),
    "de, sep= in front": Case(text(rows("%Y-%m-%d", ","), ";", before="sep=;\r\n").encode("utf-8-sig")),
    "de, headers of its own": Case(
        text(rows("%Y-%m-%d", ","), ";", GERMAN).encode(), "--map order=Auftrag batches=Chargen",
        {"headers": dict(zip(COLUMNS, GERMAN, strict=True))},
    ),
    "de, utf-16 without mark": Case(SEMICOLONS.encode("utf-16-le")),
    "de, commas in quotes": Case(text(rows("%Y-%m-%d", ",")).encode(), "--decimal ,", {"decimal": ","}),
    "kr, utf-8 with mark, dates with blanks": Case(text(rows("%Y. %m. %d.")).encode("utf-8-sig")),
    "kr, cp949": Case(KOREAN.encode("cp949"), "--encoding", {"encoding": "cp949"}),
    "kr, dates in words": Case(text(rows("%Y년 %m월 %d일")).encode()),
    "kr, wide and unseen blanks, decomposed": Case(
        unicodedata.normalize("NFD", WIDE).encode()
    ),
    "kr, empty lines and columns": Case(
        text([[""] * 9, *beside(rows(), "", ""), [""] * 4], before="\r\n,,,\r\n", header=(*COLUMNS, "", "")).encode()
    ),
    "kr, eight digits, blanks in headers": Case(
        text(rows("%Y%m%d"), header=tuple(name.replace("_", " ").title() for name in COLUMNS)).encode()
    ),
    "workbook": Case({"A": [HEAD, *typed()]}),
    "workbook, title above, other sheets": Case(
        {"A": [["Orders 2027"], [], HEAD, *typed()], "Rates": [["a", 1]], "Empty": []}
    ),
    "workbook, two lists": Case(
        {"April": [HEAD, *typed()], "May": [HEAD, *typed()]}, "--sheet", {"sheet": "May"}
    ),
    "workbook, day numbers": Case(
        {"A": [HEAD, *([*row[:2], number, *row[3:]] for row, number in zip(typed(), (46444, 46368), strict=True))]},
        "--date-format", {"date_format": "excel"},
    ),
    "workbook, numbers as text": Case({"A": [HEAD, *rows("%Y-%m-%d", ",")]}),
}  # fmt: skip


def read(case: Case, folder: Path, layout: Layout, notes: list[str] | None = None) -> Instance:
    path = folder / "list.csv"
    path.write_bytes(case.content if isinstance(case.content, bytes) else workbook(case.content))
    return read_orders(path, 2, "2027-01-04", layout=layout, note=[].append if notes is None else notes.append)


@pytest.mark.parametrize("name", CASES)
def test_what_spreadsheets_leave_is_read_with_at_most_one_option(name: str, tmp_path: Path) -> None:
    """Names, dates and times are the two orders'; without its option a list is refused, and the option is named."""
    case = CASES[name]
    if case.option:
        with pytest.raises(InputError) as caught:
            read(case, tmp_path, Layout())
        assert all(case.option in line for line in str(caught.value).split("\n")), str(caught.value)
    found = read(case, tmp_path, Layout(**case.layout))
    assert [order.due_date for order in found.orders] == list(DUE)
    assert [order.processing_times for order in found.orders] == list(TIMES)
    first = {"de, windows' letters": "Müller, Söhne & Co", "kr, cp949": "Muller, 한빛 & Co"}.get(name, ORDERS[0][0])
    assert [order.id for order in found.orders] == [first, "00123"]
    assert [order.batches for order in found.orders] == [6, 4]


def test_most_lists_need_no_option() -> None:
    assert len(CASES) >= 20
    assert sum(not case.option for case in CASES.values()) * 2 >= len(CASES)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    read(CASES["us, notes beside"], tmp_path, Layout(ignore_other=True), told)
    assert told == ["the columns 'Status', 'Notes' are left out"]
    told.clear()
    alone = Case(text(beside(rows(), "ok"), header=(*COLUMNS, "Status")).encode())
    read(alone, tmp_path, Layout(ignore_other=True), told)
    assert told == ["the column 'Status' is left out"]
    told.clear()
    read(CASES["workbook, title above, other sheets"], tmp_path, Layout(), told)
    assert told == [
        "it is a workbook, whatever its name; read as one",
        "of 2 sheets with cells 'A' is read",
        "what stands above the header in line 3 is left out",
    ]


def test_nothing_is_guessed(tmp_path: Path) -> None:
    thousands = [[*row[:3], "1.500", *row[4:]] for row in rows("%Y-%m-%d", ",")]
    with pytest.raises(InputError, match="may have a decimal mark or a mark of thousands; --decimal says which"):
        read(Case(text(thousands, ";").encode()), tmp_path, Layout())
    advice = "it must be written without them, or, if that is a decimal mark, with --decimal ."
    with pytest.raises(InputError, match=re.escape(f"'1.500'; it has marks between thousands; {advice}") + "($|\n)"):
        read(Case(text(thousands, ";").encode()), tmp_path, Layout(decimal=","))
    points = [[*row[:3], "1.500", *row[4:]] for row in rows()]
    assert read(Case(text(points, ";").encode()), tmp_path, Layout(decimal=".")).orders[0].processing_times[0] == 1.5
    with pytest.raises(InputError, match="--date-format says, dmy, or with the year first"):
        read(Case(text(rows("%m/%d/%Y")).encode()), tmp_path, Layout(date_format="dmy"))
    short = [row[:5] + row[6:] for row in rows()]  # a cell forgotten in the middle
    with pytest.raises(InputError, match="it has 8 cells; it must have 9, as the header"):
        read(Case(text(short).encode()), tmp_path, Layout())


COMPUTED = (' fullCalcOnLoad="1"', "")


@pytest.mark.parametrize("changes", [(), (COMPUTED,), (COMPUTED, ("<v />", "")), (("<v />", "<v>0</v>"),)])
def test_a_formula_that_no_spreadsheet_has_computed_is_refused(changes: tuple[Any, ...], tmp_path: Path) -> None:
    """Programs that write workbooks store nothing or 0 for a formula; that is neither no value nor no order."""
    one, other = typed()
    book = workbook({"A": [[*HEAD, "weight"], [*one, "=1*5"], [*other, 2]]})
    rule = "it is a formula that no spreadsheet has computed yet; open the file in one and save it"
    with refused(f"line 2: column 'weight' is '=1*5'; {rule}"):
        read(Case(rewritten(book, *changes)), tmp_path, Layout())
    book = workbook({"A": [HEAD, one, [f"={k}" for k in range(len(HEAD))]]})
    with pytest.raises(InputError, match="line 3: column 'order' is '=0'; it is a formula"):
        read(Case(rewritten(book, *changes)), tmp_path, Layout())


def test_a_formula_with_a_stored_value_is_the_value(tmp_path: Path) -> None:
    """Also where it is an empty text, as of =IF(A3="","",5)."""
    one, other = typed()
    book = workbook({"A": [[*HEAD, "weight"], [*one, "=1*5"], [*other, '=""']]})
    stored = ("<f>1*5</f><v />", "<f>1*5</f><v>5</v>"), ('<c r="J3"><f>""</f>', '<c r="J3" t="str"><f>""</f>')
    found = read(Case(rewritten(book, COMPUTED, *stored)), tmp_path, Layout())
    assert [order.weight for order in found.orders] == [5, 1]


def test_a_hidden_sheet_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    one, other = typed()
    old = [HEAD, [*one[:1], 99, *one[2:]]]
    told: list[str] = []
    book = Case(workbook({"Old": old, "New": [HEAD, one, other]}, hidden=["Old"]))
    assert len(read(book, tmp_path, Layout(), told).orders) == 2
    assert told[1:] == ["of 2 sheets with cells 'New' is read"]
    assert read(book, tmp_path, Layout(sheet="Old")).orders[0].batches == 99
    with refused("columns", "missing, and 'Client' unknown"):
        read(Case(workbook({"New": [["Client"], ["A"]], "Old": old}, hidden=["Old"])), tmp_path, Layout())


def test_cells_merged_with_a_value_are_refused(tmp_path: Path) -> None:
    """A weight over two orders may be that of each or their sum; an empty one is none, and titles do no harm."""
    one, other = typed()
    lines = [["Orders"], [*HEAD, "weight"], [*one, 5], [*other]]
    with refused("line 4: column 'weight' is ''; it must have a cell of its own; J3:J4 are merged"):
        read(Case(workbook({"A": lines}, merged=["A1:J1", "J3:J4"])), tmp_path, Layout())
    with pytest.raises(InputError, match="line 3: column 'purification' is ''; it must have a cell of its own; E3:F3"):
        read(Case(workbook({"A": lines}, merged=["E3:F3"])), tmp_path, Layout())
    lines[2] = one
    found = read(Case(workbook({"A": lines}, merged=["A1:J1", "J3:J4"])), tmp_path, Layout())
    assert [order.weight for order in found.orders] == [1, 1]


def test_an_order_two_rows_tall_is_one_order(tmp_path: Path) -> None:
    tall = [f"{letter}2:{letter}3" for letter in "ABCDEFGHI"]
    assert len(read(Case(workbook({"A": [HEAD, typed()[0]]}, merged=tall)), tmp_path, Layout()).orders) == 1


def test_merged_cells_that_overlap_are_damage(tmp_path: Path) -> None:
    """A small file could say so millions of times, and each costs the time of all its cells."""
    twice = ('"A1:B2" />', '"A1:B2" /><mergeCell ref="A1:A3" />')
    book = rewritten(workbook({"A": [HEAD, *typed()]}, merged=["A1:B2"]), twice)
    with refused("the workbook is damaged", "merged cells overlap"):
        read(Case(book), tmp_path, Layout())


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    assert len(read(Case(workbook({"A": [HEAD, *typed()]}, hidden=[1, 3])), tmp_path, Layout(), told).orders) == 2
    assert told[1:] == ["hidden rows are read as well: 3"]


def test_a_time_of_day_is_dropped_where_the_form_has_one(tmp_path: Path) -> None:
    """In a workbook's dates as in those of a text; else what to do is told, whatever form was asked for."""
    one, other = typed()
    one[2] = one[2].replace(hour=17)
    book, form = Case(workbook({"A": [HEAD, one, other]})), "%Y-%m-%d %H:%M"
    for words in (None, "dmy", "%Y-%m-%d"):
        with refused(f"column 'due_date' is 2027-02-26 17:00:00; it has a time of day; --date-format {form!r} reads"):
            read(book, tmp_path, Layout(date_format=words))
    texts = Case(text(rows(form)).encode())
    for case in (book, texts):
        found = read(case, tmp_path, Layout(date_format=form))
        assert [order.due_date for order in found.orders] == list(DUE)


def test_a_stray_zero_makes_no_utf_16(tmp_path: Path) -> None:
    content = text(rows()).encode().replace(b"Co", b"Co\0")
    for other in (content, content + b"\n"):  # UTF-16 has an even number of bytes
        with refused("line 2: column 'order' is 'Müller, 한빛 & Co\\x00'; it must be printable text"):
            read(Case(other), tmp_path, Layout())


def test_a_header_that_is_mapped_is_no_other_columns(tmp_path: Path) -> None:
    """Columns may trade their names: the file's `weight` holds the batches, and no column is left for weights."""
    header = tuple({"batches": "weight", "purification": "batches"}.get(name, name) for name in COLUMNS)
    layout = Layout(headers={"batches": "weight", "purification": "batches"})
    found = read(Case(text(rows(), header=header).encode()), tmp_path, layout)
    assert [(order.batches, order.weight) for order in found.orders] == [(6, 1), (4, 1)]


def test_twins_of_a_name_are_one(tmp_path: Path) -> None:
    one, other = rows()
    for twin in (unicodedata.normalize("NFD", one[0]), one[0].replace(" ", "\u00a0"), one[0].replace("&", "&\u200b")):
        with pytest.raises(InputError, match="it must be unique, and line 2 has it already"):
            read(Case(text([one, [twin, *other[1:]]]).encode()), tmp_path, Layout())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"delimiter": ";;"}, "--delimiter is ';;'; it must be one character, or comma, semicolon, tab, bar"),
        ({"decimal": "x"}, "--decimal is 'x'; it must be . or ,"),
        ({"encoding": "klingon"}, "--encoding is 'klingon'; it must be a known one, such as utf-8"),
        ({"encoding": "base64"}, "--encoding is 'base64'; it must be a known one"),
        ({"date_format": "%d.%m."}, "--date-format is '%d.%m.'; it must be one of dmy, mdy, ymd, excel, day, or"),
        ({"sheet": "May"}, "--sheet is 'May', and the file is no workbook"),
        ({"headers": {"colour": "x"}}, "--map names the column 'colour'; the columns are order, batches"),
        (
            {"headers": {"order": "order", "batches": "Order"}},
            "--map says that 'order' and 'batches' are 'Order'; each has its own header",
        ),
        (
            {"headers": {"batches": "order"}},
            "line 1: the column order is missing, and 'batches' unknown; --map order=batches says which is which",
        ),
        ({"headers": {"weight": "x"}}, "--map says that 'weight' is 'x'; there is no such header"),
    ],
)  # fmt: skip
def test_wrong_options_are_told(fields: dict[str, Any], words: str, tmp_path: Path) -> None:
    with refused(words):
        read(Case(text(rows()).encode()), tmp_path, Layout(**fields))


def test_the_command_line_has_every_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = ("Wer", "Wieviel", *COLUMNS[2:], "x")
    content = text(beside(rows("%d.%m.%y", ","), "-"), ";", header).replace("한빛", "Söhne").encode("cp1252")
    path, out = tmp_path / "list.csv", tmp_path / "out.json"
    path.write_bytes(content)
    options = "--sites 2 --start 2027/1/4 --delimiter semicolon --decimal , --encoding cp1252 --date-format %d.%m.%y"
    command = ["import", str(path), *options.split(), "--map", "order=Wer", "batches=wieviel", "--ignore-other"]
    assert main([*command, "--out", str(out)]) == 0
    assert "note: " in capsys.readouterr().err
    assert [order.due_date for order in Instance.load(out).orders] == list(DUE)


def test_a_list_that_is_refused_is_shown_with_its_sentence(tmp_path: Path) -> None:
    shown = refused_list(tmp_path / "bad.csv", "Alder,six,2027-03-01,2,5,2,1,9,8")
    assert shown == "bad.csv: line 2: column 'batches' is 'six'; it must be a number such as 3 or 2.5"
    assert refused_list(tmp_path / "good.csv", "Alder,6,2027-03-01,2,5,2,1,9,8") == ""
