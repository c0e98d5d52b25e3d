"""How a command line reads and writes: options, streams of any kind, files whose place is tried before the work."""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.base.values import shown


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave."""
        self.exit(2, f"{self.prog}: {spoken(' '.join(message.split()))}\n")

    def format_help(self) -> str:
        """What the parser says of itself."""
        self.description, self.epilog = (text and spoken(text) for text in (self.description, self.epilog))
        for group in self._action_groups:
            group.title = group.title and spoken(group.title)
        for action in self._actions:
            for told in (action, *getattr(action, "_choices_actions", ())):  # these are the commands
                told.help = told.help and spoken(told.help)
        return super().format_help()


def prepare_streams() -> None:
    """Make standard streams that take everything: what is closed goes nowhere, what is not UTF-8 is escaped.

    A file that is opened while a standard stream is closed would take its place, and the messages with it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # It takes the lowest number that is free, which is this one; processes that are started have it too.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the process)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def tell(text: str) -> None:
    """Print a line on standard error; nobody may be there to read it, which harms nothing."""
    with contextlib.suppress(OSError):
        print(spoken(text), file=sys.stderr, flush=True)


def say(text: str) -> None:
    """Print a line on standard output."""
    print(spoken(text))


@contextlib.contextmanager
def told_if_slow(text: str, seconds: float = 2.0) -> Iterator[None]:
    """Tell somebody at a terminal ``text`` if what is done inside takes longer than ``seconds``."""
    timer = threading.Timer(seconds, tell, [text])
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def give_up_output() -> None:
    """Forget what standard output did not take: without a word of Python's own at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(document: Any) -> None:
    """Print a document on one line, in ASCII where standard output is not UTF-8."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-")
    print(json.dumps(document, ensure_ascii=encoding not in ("utf-8", "utf8")))


def _longest_name(folder: Path) -> int:
    """How many bytes the name of a file there may have, which is fewer letters outside ASCII."""
    return os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255


def check_place(path: str | None) -> None:
    """Refuse an output file that cannot be written: before the work, not after it.

    Raises
    ------
    InputError
        For a folder, a device, or a place where a small file cannot be written.
    """
    if path is None:
        return
    try:
        target = Path(os.path.realpath(path))
        length, most = len(os.fsencode(target.name)), _longest_name(target.parent)
        if length > most:
            raise InputError(f"the output file is {shown(path)}; its name has {length} bytes, and {most} is the most")
        if not path or (target.exists() and not target.is_file()):
            raise InputError(f"the output file is {shown(path)}; it must not be a folder or a device")
        with tempfile.TemporaryFile(dir=target.parent, buffering=0) as file:  # nameless where the system can do that
            file.write(b"\n")
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"the output file is {shown(path)}; its folder must exist and be writable ({reason})"
        ) from None
