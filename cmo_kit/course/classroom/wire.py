"""Messages between a graded method and those who count its evaluations: a kind, a length, and so many bytes."""

import os
import select
import struct
from collections.abc import Callable

HEAD = struct.Struct(">cI")
MAXIMUM_BYTES = 16 * 1024 * 1024
#: From inside: it is ready; keys as doubles; a schedule's runs; it has ended. From outside: the order; totals.
READY, KEYS, RUNS, ENDED, ORDER, TOTALS = b"r", b"k", b"s", b"e", b"o", b"t"
#: What is said of a run, at either end.
NOTHING = "method has evaluated nothing"
#: How often who waits looks around, in seconds.
LOOK_SECONDS = 0.25


class Wire:
    """One end of two pipes.

    Parameters
    ----------
    reading, writing : int
        File descriptors.
    look : callable, optional
        Called now and then while the other end is waited for; it may raise.
    """

    def __init__(self, reading: int, writing: int, look: Callable[[], None] | None = None) -> None:
        self.reading, self.writing, self.look = reading, writing, look
        if look is not None:
            os.set_blocking(writing, False)  # the other end may never read

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Send a message."""
        left = memoryview(HEAD.pack(kind, len(content)) + content)
        while left:
            try:
                left = left[os.write(self.writing, left) :]
            except BlockingIOError:
                assert self.look is not None
                self.look()
                select.select([], [self.writing], [], LOOK_SECONDS)

    def receive(self) -> tuple[bytes, bytes]:
        """The next message.

        Raises
        ------
        EOFError
            When the other end is gone.
        ValueError
            When the message is too long.
        """
        kind, length = HEAD.unpack(self._exactly(HEAD.size))
        if length > MAXIMUM_BYTES:
            raise ValueError(f"a message of {length} bytes")
        return kind, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        parts = []
        while count:
            if self.look is not None:
                self.look()
                if not select.select([self.reading], [], [], LOOK_SECONDS)[0]:
                    continue
            part = os.read(self.reading, min(count, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
