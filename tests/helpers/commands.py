"""The command in processes of their own, as a shell starts it, and signals to it."""

import argparse
import contextlib
import os
import pty
import subprocess
import sys
import threading
import time

#: Says when everything is imported: before that, a signal meets Python and not the command.
READY = "import sys, pulp, cmo_kit.cli; print('ready', file=sys.stderr, flush=True);sys.exit(cmo_kit.cli.main())"


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands that stand directly below a parser, by name."""
    found = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0]) if found else {}


def cmo_kit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([sys.executable, "-m", "cmo_kit", *arguments], capture_output=True, text=True, timeout=120)


def interrupted(arguments: list[str], signum: int, sign: str, after: float = 0) -> tuple[int, str, str]:
    """Send the command a signal once its terminal has shown ``sign``: code, standard output, what was shown.

    A terminal, because there progress is shown several times a second, and in a log every ten seconds only.
    """
    ours, theirs = pty.openpty()
    shown, seen = bytearray(), threading.Event()

    def read() -> None:
        with contextlib.suppress(OSError):  # the command has ended
            while part := os.read(ours, 4096):
                shown.extend(part)
                if sign.encode() in shown:
                    seen.set()
        seen.set()

    command = [sys.executable, "-c", READY, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert seen.wait(120), shown
        time.sleep(after)
        assert process.poll() is None, shown
        process.send_signal(signum)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        reader.join()
        os.close(ours)
    return process.returncode, out, shown.decode()
