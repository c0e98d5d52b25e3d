"""What the files of instances, schedules and results share."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.values import shown

Made = TypeVar("Made")


def read_document(path: str | os.PathLike[str], make: Callable[..., Made], *context: Any) -> Made:
    """``make(document, *context)`` of a JSON file; raises :class:`InputError` with the file's name in front."""
    document = read_json(path)
    with about(path):
        return make(document, *context)


def check_format(document: Mapping[str, Any], expected: str) -> None:
    """Refuse a document of another format."""
    if document["format"] != expected:
        raise InputError(f"format is {shown(document['format'])}; it must be {expected!r}")
