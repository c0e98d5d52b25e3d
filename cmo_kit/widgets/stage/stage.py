"""The ground of all pictures that can be touched: a state, a step, a picture, and the browser's events."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from cmo_kit.base.errors import InputError
from cmo_kit.base.language import spoken
from cmo_kit.widgets.drawing.markup import NARROW, WIDE, words
from cmo_kit.widgets.stage.event import Event, answer_to, event_from
from cmo_kit.widgets.stage.still import STYLE_SHEET, VIEW, still_frame

FOLDER = Path(__file__).parent
LEAST_WIDE = 880  # pixels of a stage whose pictures are wide, so that a unit is a pixel, or nearly so

#: What the script says by itself.
SCRIPT_WORDS = ("Keys", "Large", "Play", "Pause", "The kernel is busy; the picture waits for it.", "No answer: reload.",
                "No answer: run the cell again.")  # fmt: skip


def script_words() -> dict[str, str]:
    """What the script says in another language than English."""
    return {text: spoken(text) for text in SCRIPT_WORDS if spoken(text) != text}


class Stage(anywidget.AnyWidget):
    """A picture that takes clicks, drags and keys; all thinking is done in Python.

    Parameters
    ----------
    state : object
        What the picture shows. It is replaced by each event, never changed in place, because
        events may arrive in another thread than the one that runs the cells.
    step : callable
        ``step(state, event)`` returns the next state. It may raise :class:`InputError`; then the
        state stays, and the sentence is shown under the picture.
    render : callable
        ``render(state, width)`` returns HTML or SVG with everything escaped; its pictures are ``width`` units wide, and
        the browser stretches them to the room that there is.
    label : str
        What the picture is, for screen readers and as plain text.

    Notes
    -----
    Attributes in the rendered HTML say what can be touched:

    - ``data-touch="name"``: a click is an event ``click``; on an input or select, a new value is ``set``.
    - ``data-drag="name"`` inside a ``data-track``: ``drag`` while the pointer moves and ``drop`` at its end, with the
      fraction 0..1 along the track, or along the ``data-rail`` in it if there is one.
    - ``data-carry="name"``: the element can be carried about; ``take`` when that begins, and when it ends ``put`` on
      the ``data-touch`` name of the nearest element with ``data-place``, or on none.
    - ``data-every="800"``: a ``tick`` every 800 ms while the element is there; its ``data-touch`` is the target.
    - ``data-keys="ArrowLeft Space a"`` on any element: only these keys are taken; all if no element has it.
    - ``aria-disabled="true"``: not to be clicked now; unlike ``disabled`` it keeps the focus.

    Everything with a tabindex can be clicked with Enter and Space; other keys are events ``key`` with
    the name of the focused element. Elements keep focus and identity by their name when the picture changes.

    Examples
    --------
    >>> from cmo_kit.widgets import Event
    >>> draw = lambda n, width: f'<button data-touch="more">{n}</button>'
    >>> stage = Stage(0, lambda n, event: n + 1, draw, "a counter")
    >>> stage.send_event(Event("click", "more"))
    >>> stage.frame
    '<button data-touch="more">1</button>'
    """

    _esm = FOLDER / "stage.js"
    _css = STYLE_SHEET
    frame = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    state = traitlets.Any()

    def __init__(
        self, state: Any, step: Callable[[Any, Event], Any], render: Callable[[Any, float], str], label: str
    ) -> None:
        self._step, self._render, self._lock, self._failed = step, render, threading.RLock(), False
        self._view: object = None  # whose ticks count
        self._before: object = None  # the view whose message came before
        self.width = WIDE
        super().__init__(state=state, frame=render(state, WIDE), label=spoken(label), words=script_words())
        self.observe(self._redraw, "state")
        self.on_msg(self._receive)

    @property
    def still(self) -> str:
        """The frame as it is now, as HTML that needs neither a kernel nor a script."""
        return still_frame(self.frame, self.label)

    def send_event(self, event: Event) -> None:
        """Do what the browser does when the reader does something; for tests and for programs."""
        with self._lock:
            if event.kind == "room":
                self.width = WIDE if event.number >= LEAST_WIDE else NARROW
                self.frame = self._draw(self.state)
                return
            try:
                state = self._step(self.state, event)
            except InputError as error:
                self._failed = True
                self.frame = self._draw(self.state) + f'<p class="cmo-error" role="alert">{words(error)}</p>'
                return
            self.state = state  # draws, if it is another one
            if self._failed:
                self._failed, self.frame = False, self._draw(state)

    def _draw(self, state: Any) -> str:
        return self._render(state, self.width)

    def _redraw(self, change: Any) -> None:
        self.frame = self._draw(change["new"])

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Do nothing: a browser changes a picture by events, and writes none of its traits."""

    def _receive(self, _: object, content: object, buffers: object) -> None:
        event, answer = event_from(content), answer_to(content)
        view = answer and answer["view"]
        try:
            if event is not None and (event.kind != "tick" or view == self._before):
                self._view = view
            self._before = view
            if event is not None and view == self._view:  # two views that both tick would play twice as fast
                self.send_event(event)
        finally:  # whatever happened, the browser may send its next event
            if answer is not None:
                self.send(answer)

    def __repr__(self) -> str:
        return f"Stage({self.label!r})"

    def _ipython_display_(self) -> None:
        """Show the frame as it is now, and behind it the live picture, which hides it by the stage's style.

        These are two outputs: a notebook that was saved, exported or printed holds the first one as plain HTML,
        which a reader without a kernel is shown in place of the second, whose model is gone.
        """
        live, _ = self._repr_mimebundle_() or ({}, {})
        for data in ({"text/html": self.still, "text/plain": repr(self)}, {VIEW: live[VIEW]}):
            display(data, raw=True)  # type: ignore[no-untyped-call]
