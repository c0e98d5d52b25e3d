"""One run of a study: what identifies it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import cmo_kit
from cmo_kit.methods.own import file_and_function

#: The folder of a study that holds the files of methods of one's own.
METHODS = "methods"


def file_name(text: str) -> str:
    """``text`` as part of a file name: nothing in it that a path could mean, and not long."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in text)[:60]


def called_in(study: Path, method: str, source: str) -> str:
    """How a method of a file is called from its copy in the study's folder; others by their names."""
    return str(study / METHODS / source[:16] / method) if file_and_function(method) else method


@dataclass(frozen=True)
class Task:
    """One run: an instance, a method with its parameters, a seed, a budget.

    ``instance`` is a name and ``digest`` its problem's; ``kind`` is ``function`` or ``notebook``; ``limit`` is the
    time in seconds after which the run counts as hung. The label and the limit do not identify a run. ``source``
    identifies the code of a method of one's own (see :func:`~cmo_kit.methods.own.method_source`).
    """

    instance: str
    digest: str
    method: str
    label: str
    seed: int
    seconds: float | None = None
    evaluations: int | None = None
    kind: str = "function"
    limit: float = 7200
    parameters: Mapping[str, Any] = field(default_factory=dict)
    version: str = cmo_kit.__version__
    source: str = ""

    @cached_property
    def hash(self) -> str:
        """What makes two runs the same run, as 16 hexadecimal digits."""
        identity = {key: value for key, value in asdict(self).items() if key not in ("label", "limit")}
        if not self.source:
            del identity["source"]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def folder(self) -> str:
        """Name of the run's folder: readable, unique, and free of anything that a path could mean."""
        return f"{file_name(f'{self.instance}-{self.method}')}-{self.seed}-{self.hash}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; ``Task(**document)`` is the task again."""
        return asdict(self)
