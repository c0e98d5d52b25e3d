"""What a command has written, read by strict readers: whole, absent, or :class:`BrokenFileError`."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from cmo_kit import Instance, check_schedule, load_instance, solve
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import verify
from cmo_kit.study.execute.record import RESULT, TASK, TEMPORARY, read_run
from cmo_kit.study.plan.task import Task

PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
#: The runs of the plan that the trials use.
RUNS = 5


class BrokenFileError(Exception):
    """A file that nobody should ever see."""


@cache
def instance_of(name: str) -> Instance:
    """Each instance is read once."""
    return load_instance(name)


def write_earlier(path: Path, instance: str) -> None:
    """A schedule as an earlier command left it."""
    schedule = solve(instance_of(instance), "expert").schedule
    assert schedule is not None
    schedule.save(path)


def read_output(path: Path, command: str, instance: str, thorough: bool = True) -> bool:
    """Whether a file is there; a picture must have its end, a schedule be feasible, a certificate prove its bound."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return False
    if path.suffix == ".png":
        if not (raw.startswith(PNG_BEGIN) and raw.endswith(PNG_END)):
            raise BrokenFileError(f"{path.name} has {len(raw)} bytes and is no whole picture")
        return True
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise BrokenFileError(f"{path.name} has {len(raw)} bytes and is no whole JSON ({error})") from None
    if command == "bound":
        _proved(document, instance, thorough)
    elif violations := check_schedule(instance_of(instance), document):
        raise BrokenFileError(f"{path.name}: {violations[0].message}")
    return True


def _proved(document: Any, instance: str, thorough: bool) -> None:
    if thorough:
        try:
            verify(instance_of(instance), document)
        except InputError as error:
            raise BrokenFileError(f"the certificate: {error}") from None


def _odd(path: Path) -> bool:
    return path.suffix == ".tmp" or ".partial" in path.name


def read_study(place: Path, finished: bool) -> None:
    """A study's folder: each result is that of its task, tables are whole, nothing temporary is left."""
    study = place / "study"
    if left := [str(path.relative_to(study)) for path in study.rglob("*") if path.name == TEMPORARY or _odd(path)]:
        raise BrokenFileError(f"left in the study's folder: {left}")
    done = sum((folder / RESULT).exists() for folder in study.glob("runs/*"))
    for folder in study.glob("runs/*"):
        if (folder / RESULT).exists():
            try:
                read_run(folder, Task.from_dict(read_json(folder / TASK)).hash)
            except InputError as error:
                raise BrokenFileError(str(error)) from None
    table = study / "table.csv"
    if table.exists():
        with open(table, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if len(rows) != done or any(None in row.values() for row in rows):
            raise BrokenFileError(f"table.csv has {len(rows)} whole rows where {done} runs are done")
    elif done:
        raise BrokenFileError(f"{done} runs are done and no table tells of them")
    if finished and done != RUNS:
        raise BrokenFileError(f"{done} of {RUNS} runs are done although the code is 0")
