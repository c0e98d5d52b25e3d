"""Folders that results go to: made, free of links that lead elsewhere, used by one process at a time."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.base.signals import signals_wait


def make_folder(place: str | os.PathLike[str]) -> Path:
    """Make a folder, and those around it, if it is not there.

    Raises
    ------
    InputError
        When the folder cannot be used.
    """
    try:
        Path(place).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(place, error) from None
    return Path(place)


def _unusable(place: str | os.PathLike[str], error: OSError) -> InputError:
    return InputError(f"{place}: the folder cannot be used ({error.strerror})")


def refuse_links(place: str | os.PathLike[str]) -> None:
    """Refuse a folder in which something leads out of it: what is written or removed there would be elsewhere.

    The folder itself may be a link.

    Raises
    ------
    InputError
        For a link that leads out, and for what is neither a file nor a folder.
    """
    home = os.path.join(os.path.realpath(place), "")
    for folder, folders, files in os.walk(home):
        for path in (os.path.join(folder, name) for name in (*folders, *files)):
            if os.path.islink(path):
                if not os.path.realpath(path).startswith(home):
                    raise InputError(f"{path}: it is a link that leads out of the folder; remove it first")
            elif not os.path.isfile(path) and not os.path.isdir(path) and os.path.lexists(path):
                raise InputError(f"{path}: it is neither a file nor a folder; remove it first")


@contextlib.contextmanager
def locked(place: str | os.PathLike[str], wait: bool = False) -> Iterator[None]:
    """Keep other processes out of a folder; the lock goes with the process, however that ends.

    Parameters
    ----------
    place : path
        The folder; made if it is not there.
    wait : bool
        Wait until another process is done with the folder, or refuse at once.

    Raises
    ------
    InputError
        When the folder cannot be used, or another process is using it.
    """
    folder = make_folder(place)
    try:
        handle = open(folder / ".lock", "w", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise _unusable(folder, error) from None
    with handle:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # no such lock on this platform
            pass
        except OSError:
            raise InputError(f"{folder}: another process is using the folder; wait for it or choose another") from None
        yield


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Have a folder that goes with the block; a signal waits while it is made and while it is removed."""
    folder: tempfile.TemporaryDirectory[str] | None = None
    try:
        with signals_wait():
            folder = tempfile.TemporaryDirectory(prefix="cmo-kit-")
        yield Path(folder.name)
    finally:
        with signals_wait():
            if folder is not None:
                folder.cleanup()
