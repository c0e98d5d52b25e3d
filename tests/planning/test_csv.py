"""Order lists: what is read, and one sentence with line, column, value and rule for what is not."""

import datetime
from pathlib import Path

import pytest

from cmo_kit import CleaningTimes, InputError, Instance, Order
from cmo_kit.base.sheet import MAXIMUM_BYTES
from cmo_kit.cli import main
from cmo_kit.formats.instance import MAXIMUM_ORDERS
from cmo_kit.planning import Calendar, read_orders
from cmo_kit.planning.orders_csv import columns
from tests.helpers.refused import refused

EXAMPLE = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "orders" / "orders.csv"
HEADER = (
    "order,batches,due_date,seed_culture,main_culture,purification,"
    "change_seed_culture,change_main_culture,change_purification"
)
LINES = ("Alder,3,2027-02-01,2,4.5,2,0,9,8", "Birch,1,2027-01-20,3,5,2,1,10,7")


def written(folder: Path, *lines: str) -> Path:
    path = folder / "orders.csv"
    path.write_bytes("\n".join([*lines, ""]).encode())
    return path


def test_every_column_becomes_what_it_says(tmp_path: Path) -> None:
    instance = read_orders(written(tmp_path, HEADER, *LINES), 2, "2027-01-04")
    assert instance.orders == (Order("Alder", 3, 28, (2, 4.5, 2)), Order("Birch", 1, 16, (3, 5, 2)))
    assert instance.setup == CleaningTimes(((0, 0, 0), (0, 0, 0)), ((0, 9, 8), (1, 10, 7)))
    assert (instance.name, instance.sites, instance.start_date) == ("orders", 2, "2027-01-04")
    assert Instance.from_dict(instance.to_dict()).digest == instance.digest


def test_optional_columns_stand_anywhere_and_may_be_empty(tmp_path: Path) -> None:
    head = f"weight,same_main_culture,{HEADER}"
    instance = read_orders(written(tmp_path, head, f"2.5,1,{LINES[0]}", f",,{LINES[1]}"), 1, datetime.date(2027, 1, 4))
    assert [order.weight for order in instance.orders] == [2.5, 1]
    assert instance.setup.same_order == ((0, 1, 0), (0, 0, 0))  # type: ignore[union-attr]


def test_other_operations_have_columns_of_their_own(tmp_path: Path) -> None:
    path = written(
        tmp_path, "order,batches,due_date,cell_bank,fill,change_cell_bank,change_fill", "A,1,2027-01-09,1,2,3,4"
    )
    instance = read_orders(path, 1, "2027-01-04", operations=("cell bank", "fill"))
    assert instance.orders[0].processing_times == (1, 2)
    assert columns(("fill",)) == (("order", "batches", "due_date", "fill", "change_fill"), ("same_fill", "weight"))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_marks_endings_blanks_and_quotes_are_no_trouble(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "orders.csv"
    text = ending.join([HEADER, ",,,,,,,,", f'" Čapek, s.r.o. ", {LINES[0][6:]}', "", ""])
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_orders(path, 1, "2027-01-04").orders[0].id == "Čapek, s.r.o."


def line(**cells: str) -> str:
    names = HEADER.split(",")
    assert set(cells) <= set(names)
    return ",".join(cells.get(name, cell) for name, cell in zip(names, LINES[0].split(","), strict=True))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((HEADER.replace("batches,", ""), ""), "line 1: the column 'batches' is missing; it is required"),
        ((HEADER + ",colour", LINES[0] + ",red"), "line 1: the column 'colour' is unknown; --ignore-other leaves it "),
        ((HEADER + ",batches", LINES[0] + ",3"), "line 1: the column 'batches' stands 2 times; it may stand once"),
        ((HEADER,), "line 2: there is no order below the header"),
        ((HEADER, LINES[0] + ",1"), "line 2: it has 10 cells; it must have 9, as the header"),
        ((HEADER, LINES[1], line(batches="six")), "line 3: column 'batches' is 'six'; it must be a number"),
        ((HEADER, line(batches="")), "column 'batches' is ''; it must be a number"),
        ((HEADER, line(batches="0")), "column 'batches' is '0'; it must be an integer of at least 1"),
        ((HEADER, line(batches="2.5")), "column 'batches' is '2.5'; it must be an integer"),
        ((HEADER, line(batches="-2")), "column 'batches' is '-2'; it must be at least 0"),
        ((HEADER, line(purification="-1")), "column 'purification' is '-1'; it must be at least 0"),
        ((HEADER, line(purification="nan")), "column 'purification' is 'nan'; it must be a number such as 3 or 2.5"),
        ((HEADER, line(purification="1e3")), "column 'purification' is '1e3'; it must be a number"),
        ((HEADER, line(purification="9" * 5000)), "column 'purification' is '999"),
        ((HEADER, line(change_seed_culture='"2,5"')), "is '2,5'; it must be a number such as 3 or 2.5; --decimal ,"),
        ((HEADER, line(purification='"1,500"')), "is '1,500'; it has marks between thousands; it must be written"),
        ((HEADER, line(purification="1 500")), "is '1 500'; it has marks between thousands"),
        ((HEADER, line(due_date="1.2.2027")), "line 2: column 'due_date' is '1.2.2027'; it must be a date such as"),
        ((HEADER, line(due_date="2/1/2027")), "or a pattern such as '%d.%m.%Y %H:%M'"),
        ((HEADER, line(due_date="01022027")), "column 'due_date' is '01022027'; it must be a date"),
        ((HEADER, line(due_date="2027-02-01 12:00")), "is '2027-02-01 12:00'; it must be a date"),
        ((HEADER, line(due_date="2027-02-30")), "column 'due_date' is '2027-02-30'; it must be a date"),
        ((HEADER, *LINES, LINES[0]), "line 4: column 'order' is 'Alder'; it must be unique, and line 2 has it already"),
        ((HEADER, line(order="")), "column 'order' is ''; it must not be empty"),
        ((HEADER, line(order="=1+2")), "column 'order' is '=1+2'; it must not begin with ="),
        ((HEADER, line(order="＝1+2")), "it must not begin with =, +, - or @, nor have one behind a delimiter"),
        ((HEADER, line(order="Acme; -1")), "it must not begin with =, +, - or @, nor have one behind a delimiter"),
        ((HEADER, line(order="#REF!")), "column 'order' is '#REF!'; it is what a spreadsheet shows for a formula that"),
        ((HEADER, line(purification="#DIV/0!")), "line 2: column 'purification' is '#DIV/0!'; it is what a spread"),
        ((HEADER, LINES[1], line(order='"A\nB"')), "line 3: column 'order' is 'A\\nB'; it must be printable text"),
        ((HEADER, '"Alder"x' + LINES[0][5:]), "line 2: it is not CSV"),
        ((HEADER + ",", LINES[0] + ",x"), "line 1: the column number 10 (without a header) is unknown; --ignore-other"),
        ((HEADER.replace("batches", ""), LINES[0]), "number 2 (without a header) unknown; --map batches=HEADER ..."),
        (("", ""), "line 1: the file is empty"),
    ],
)  # fmt: skip
def test_bad_lists_get_one_sentence(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    path = written(tmp_path, *lines)
    with refused(f"{path}: ", words):
        read_orders(path, 1, "2027-01-04")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the file is empty"),
        (b'""', "line 1: the file is empty"),
        (",".join(["batches"] * 301).encode(), "it has 301 columns; at most 300 are read"),
        (f"{HEADER}\nGr\xfcn{LINES[0][5:]}\n".encode("latin-1"), "line 2: byte 0xfc is not UTF-8; --encoding says"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), r"it is a workbook of the old kind \(.xls\), or has a password"),
        (b"PK\x03\x04" + bytes(600), "the workbook is damaged"),
        (b"<html><table>", "line 1: it is a web page or XML, whatever its name"),
        (b"x" * (MAXIMUM_BYTES + 1), f"the file has {MAXIMUM_BYTES + 1} bytes"),
        ("\n".join([HEADER, *[LINES[0]] * (MAXIMUM_ORDERS + 1)]).encode(), "line 2002: there are more than 2000"),
    ],
)  # fmt: skip
def test_bad_bytes_get_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_orders(path, 1, "2027-01-04")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, HEADER, line(batches="six", purification="x"), LINES[1], line(due_date="soon"))
    with pytest.raises(InputError) as caught:
        read_orders(path, 1, "2027-01-04")
    told = str(caught.value).split("\n")
    assert [words.removeprefix(f"{path}: ")[:26] for words in told] == [
        "line 2: column 'batches' i",
        "line 2: column 'purificati",
        "line 4: column 'order' is ",
        "line 4: column 'due_date' ",
    ]
    path = written(tmp_path, HEADER, *(f"A{k}{line(batches='six')[5:]}" for k in range(30)))
    assert main(["import", str(path), "--sites", "1", "--start", "2027-01-04", "--out", str(tmp_path / "o.json")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 20
    assert all(words.startswith(f"cmo-kit: {path}: ") for words in told)
    assert told[-1].endswith("and 11 complaints more")


def test_a_missing_file_and_bad_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: the file cannot be read"):
        read_orders(tmp_path / "nowhere.csv", 1, "2027-01-04")
    with pytest.raises(InputError, match="start is '4 January'; it must be a date"):
        read_orders(EXAMPLE, 1, "4 January")
    with pytest.raises(InputError, match="sites is 0; it must be at least 1"):
        read_orders(EXAMPLE, 0, "2027-01-04")


def test_the_example_reads_and_fits_its_story() -> None:
    """Eleven clients whose orders keep the one-run condition, so that proofs hold for every schedule."""
    instance = read_orders(EXAMPLE, 3, "2027-01-04")
    assert (len(instance.orders), instance.total_batches) == (11, 64)
    assert instance.one_run_failure is None
    assert instance.remarks() == []


def test_days_and_dates_meet() -> None:
    """A date is its morning; fractions are not ready before the next one; rounding is forgiven."""
    calendar = Calendar(datetime.date(2027, 2, 27))
    assert calendar.day(datetime.date(2027, 3, 1)) == 2
    assert calendar.date(2.9) == calendar.ready(2) == datetime.date(2027, 3, 1)
    assert calendar.ready(2.1) == datetime.date(2027, 3, 2)
    assert calendar.ready(2 + 1e-9) == calendar.date(2 - 1e-9) == datetime.date(2027, 3, 1)
    with pytest.raises(InputError, match="and end with the year 9999"):
        calendar.date(1e7)


def test_a_calendar_needs_a_start_date_in_days() -> None:
    instance = read_orders(EXAMPLE, 3, "2027-01-04")
    assert Calendar.of(instance).start == datetime.date(2027, 1, 4)
    with pytest.raises(InputError, match="start_date is missing"):
        Calendar.of(Instance.from_dict({k: v for k, v in instance.to_dict().items() if k != "start_date"}))
    with pytest.raises(InputError, match="time_unit is 'hour'"):
        Calendar.of(Instance.from_dict(instance.to_dict() | {"time_unit": "hour"}))


# The command line.


def test_import_solve_and_export_work_hand_in_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, best = tmp_path / "orders.json", tmp_path / "best.json"
    assert main(["import", str(EXAMPLE), "--sites", "3", "--start", "2027-01-04", "--out", str(problem)]) == 0
    assert "11 orders, 64 batches, 3 Sites, from 2027-01-04, the last due on 2027-05-21" in capsys.readouterr().out
    assert main(["solve", str(problem), "--method", "expert_orders", "--out", str(best)]) == 0
    assert main(["export", str(problem), str(best), "--out", str(tmp_path / "plan")]) == 0
    assert "plan.csv, clients.csv, instance.json, schedule.json" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "plan" / "instance.json"), str(tmp_path / "plan" / "schedule.json")]) == 0


def test_import_of_a_bad_list_ends_with_2_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = written(tmp_path, HEADER, line(batches="six")), tmp_path / "out.json"
    assert main(["import", str(path), "--sites", "3", "--start", "2027-01-04", "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "line 2: column 'batches' is 'six'" in error
    assert not out.exists()
    assert main(["import", str(EXAMPLE), "--sites", "0", "--start", "2027-01-04", "--out", str(out)]) == 2
    assert "--sites is 0" in capsys.readouterr().err
