"""Measurements that can be stopped and gone on with: one file, written after every run."""

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.environment import describe
from cmo_kit.base.errors import InputError
from cmo_kit.base.jsonfile import read_json, write_json
from cmo_kit.base.limits import Progress
from cmo_kit.base.progress import ProgressLine

FORMAT = "cmo-quality/1"
Record = dict[str, Any]


class Part(NamedTuple):
    """A measurement: its name, all that its runs depend on, and the runs by name."""

    name: str
    settings: Mapping[str, Any]
    runs: Mapping[str, Callable[[Progress], Record]]


class Store:
    """The file of all measurements; each part has its settings, its environment and its runs.

    Parameters
    ----------
    path : Path
        What stands there is gone on with.

    Raises
    ------
    InputError
        When another file stands there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document: dict[str, Any] = read_json(path) if path.exists() else {"format": FORMAT}
        if not isinstance(self.document, dict) or self.document.get("format") != FORMAT:
            raise InputError(f"{path}: the file is none of this command's; its format must be {FORMAT!r}")

    def part(self, name: str) -> dict[str, Any] | None:
        """What is stored of a part, None if nothing is."""
        found: dict[str, Any] | None = self.document.get(name)
        return found

    def begin(self, part: Part) -> dict[str, Record]:
        """The runs that are done under the part's settings; other settings start anew, and the old file is kept."""
        settings = json.loads(json.dumps(part.settings))
        kept = self.part(part.name)
        if kept is not None and kept["settings"] == settings:
            return dict(kept["runs"])
        if kept is not None and kept["runs"]:
            write_json(self.path.with_suffix(".before.json"), self.document)
        date = datetime.date.today().isoformat()
        self.document[part.name] = {"settings": settings, "date": date, "environment": describe(), "runs": {}}
        return {}

    def add(self, part: str, run: str, record: Record) -> None:
        """Store a run."""
        self.document[part]["runs"][run] = record
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, self.document)


def measure(store: Store, part: Part, line: ProgressLine) -> None:
    """Do the runs that are not done yet; an interrupt leaves what is done."""
    done = store.begin(part)
    left = [name for name in part.runs if name not in done]
    for number, name in enumerate(left, start=1):
        line.title = f"{part.name}, {name} ({number} of {len(left)})"
        store.add(part.name, name, part.runs[name](line))
