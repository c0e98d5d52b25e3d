"""Watching a notebook for what its next cell shows, as text; outside of notebooks nothing is watched."""

import sys
from collections.abc import Callable
from typing import Any


class ShownNext:
    """Hand to ``note`` what the first cell shows that shows something, then watch no more.

    What is printed and displayed goes on to where it goes; of a picture its alternative text counts.
    """

    now: "ShownNext | None" = None

    def __init__(self, shell: Any, note: Callable[[str], None]) -> None:
        self.shell, self.note = shell, note
        self.texts: list[str] = []
        self.heard: list[tuple[Any, str]] = []
        self.events = {"pre_run_cell": self.before, "post_run_cell": self.after}

    @classmethod
    def watch(cls, note: Callable[[str], None]) -> None:
        """Watch from the next cell on."""
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell is not None:
            cls.now = cls(shell, note)
            for event, function in cls.now.events.items():
                shell.events.register(event, function)

    @classmethod
    def end(cls) -> None:
        """Watch no more."""
        watch, cls.now = cls.now, None
        if watch is not None:
            watch._let_go()
            for event, function in watch.events.items():
                watch.shell.events.unregister(event, function)

    def before(self, _: Any) -> None:
        """A cell begins."""
        self.texts.clear()
        self._listen(sys.stdout, "write", lambda text: text)
        self._listen(self.shell.display_pub, "publish", _text_of)

    def after(self, result: Any) -> None:
        """A cell has ended; the one that began to watch was not heard, and does not count."""
        if not self.heard:
            return
        self._let_go()
        if result.result is not None:
            self.texts.append(self.shell.display_formatter.formatters["text/plain"](result.result))
        text = "".join(self.texts).strip()
        if text and result.success:
            self.end()
            self.note(text)

    def _listen(self, thing: Any, name: str, text_of: Callable[..., str]) -> None:
        function = getattr(thing, name)

        def also(*given: Any, **named: Any) -> Any:
            self.texts.append(text_of(*given, **named))
            return function(*given, **named)

        setattr(thing, name, also)
        self.heard.append((thing, name))

    def _let_go(self) -> None:
        for thing, name in self.heard:
            delattr(thing, name)  # what its class has is there again
        self.heard.clear()


def _text_of(data: Any, *_: Any, **__: Any) -> str:
    """What a display says in words."""
    return f"{data.get('text/plain', '')}\n"
