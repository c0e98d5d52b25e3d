"""A plan in calendar dates: rows, files, and nothing written when something is wrong."""

import csv
import datetime
from pathlib import Path

import pytest

from cmo_kit import CleaningTimes, InputError, Instance, Order, Schedule, load_instance, solve
from cmo_kit.planning import client_rows, export_plan, run_rows, save_plan_csv

#: Two orders, three batches; by hand: a starts on days 0 and 3.5, b (behind it) on day 13.5.
INSTANCE = Instance(
    "dated",
    2,
    (Order("a", 2, 10, (2, 3.5, 1)), Order("b, two", 1, 15, (1, 1, 1))),
    CleaningTimes(((0, 0, 0),) * 2, ((0, 7.5, 0),) * 2),
    start_date="2027-02-26",
)
SCHEDULE = Schedule(INSTANCE, [[("a", 2), ("b, two", 1)], []])


def day(number: int) -> datetime.date:
    return datetime.date(2027, 2, 26) + datetime.timedelta(days=number)


def test_runs_have_the_dates_on_which_they_begin_and_are_ready() -> None:
    """Starts fall on a date; a completion at half a day is ready on the next morning."""
    assert [list(map(float, starts)) for starts in SCHEDULE.starts] == [[0, 3.5, 15.5], []]
    assert run_rows(SCHEDULE) == [
        (1, 1, "a", 2, day(0), day(3), day(10)),
        (1, 2, "b, two", 1, day(15), day(15), day(19)),
    ]


def test_clients_have_due_date_ready_date_and_days_late() -> None:
    assert client_rows(SCHEDULE) == [("a", 2, day(10), day(10), 0, "1"), ("b, two", 1, day(15), day(19), 3.5, "1")]


def test_files_say_the_same_and_come_back(tmp_path: Path) -> None:
    paths = export_plan(SCHEDULE, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["plan.csv", "clients.csv", "instance.json", "schedule.json"]
    with open(paths[1], encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1] == {"order": "b, two", "batches": "1", "due_date": "2027-03-13", "ready": "2027-03-17",
                       "days_late": "3.5", "sites": "1"}  # fmt: skip
    again = Instance.load(paths[2])
    assert Schedule.load(paths[3], again) == SCHEDULE
    assert again.digest == INSTANCE.digest
    save_plan_csv(SCHEDULE, tmp_path / "plan.csv")
    assert (tmp_path / "plan.csv").read_bytes() == paths[0].read_bytes()


def test_nothing_is_written_when_dates_or_batches_are_missing(tmp_path: Path) -> None:
    schedule = solve(load_instance("tiny-ties"), "expert").schedule
    with pytest.raises(InputError, match="start_date is missing in instance 'tiny-ties'"):
        export_plan(schedule, tmp_path / "plan")
    for sites, has in (([("a", 2)], "b, two has 0 of its 1"), ([("a", 1), ("b, two", 1)], "a has 1 of its 2")):
        with pytest.raises(InputError, match=f"order {has} batches in the schedule; every order must have all"):
            export_plan(Schedule(INSTANCE, [sites, []]), tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("here")
    with pytest.raises(InputError, match="the folder cannot be used"):
        export_plan(SCHEDULE, tmp_path / "plan")


def named(*names: str) -> Schedule:
    orders = tuple(Order(name, 1, 2 if k == 0 else 90, (1, 1.5, 1)) for k, name in enumerate(names))
    instance = Instance("named", 1, orders, CleaningTimes(((0,) * 3,) * len(names), ((0, 1, 0),) * len(names)),
                        start_date="2027-01-04")  # fmt: skip
    return Schedule(instance, [[(name, 1) for name in names]])


def test_a_double_click_opens_the_tables(tmp_path: Path) -> None:
    plan = named("한빛; 1차", "Müller, Co")
    for dialect, line in (
        ("comma", '"한빛; 1차",1,2027-01-06,2027-01-08,1.5,1'),
        ("semicolon", '"한빛; 1차";1;2027-01-06;2027-01-08;1,5;1'),
    ):
        raw = export_plan(plan, tmp_path / dialect, dialect)[1].read_bytes()
        assert raw.startswith(b"\xef\xbb\xbforder")
        assert raw.decode("utf-8-sig").splitlines()[1] in (line, line.replace('"', ""))
    with pytest.raises(InputError, match="dialect is 'tsv'; it must be one of comma, semicolon"):
        export_plan(plan, tmp_path / "other", "tsv")
    assert not (tmp_path / "other").exists()


def test_in_a_workbook_text_stays_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    names = ("00123", "1E5", "3-1", "TRUE", "한빛")
    path = export_plan(named(*names), tmp_path, workbook=True)[-1]
    assert path.name == "plan.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["plan", "clients"]
    header, *lines = book["plan"].iter_rows()
    assert [cell.value for cell in header][:3] == ["site", "position", "order"]
    assert [(row[2].value, row[2].data_type, row[2].number_format) for row in lines] == [(n, "s", "@") for n in names]
    assert lines[0][4].value == datetime.datetime(2027, 1, 4)
    assert book["clients"]["E2"].value == 1.5
