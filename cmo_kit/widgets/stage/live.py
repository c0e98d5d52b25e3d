"""Widgets of ipywidgets in a notebook that is read without a kernel too."""

from __future__ import annotations

from typing import Any

import anywidget
from IPython.display import display

from cmo_kit.widgets.stage.still import VIEW, still_frame


class _Marker(anywidget.AnyWidget):
    """By it the style hides the frame in front of a box, and JupyterLab takes no key in the box for a command."""

    _esm = """export default { render({ el }) {
        el.className = "cmo-stage"; el.hidden = true;
        const wait = setInterval(() => {
            const box = el.closest(".widget-box");
            if (!box) return;
            clearInterval(wait);
            box.classList.add("cmo-live");
            box.addEventListener("keydown", (event) => event.stopPropagation());
        }, 50);
    } };"""


def live(widget: Any, still: str, label: str) -> None:
    r"""Show a widget, and before it a frame that stands in its place where there is no kernel.

    Parameters
    ----------
    widget : ipywidgets.Box
        Such as a VBox, or what ``interactive`` makes.
    still : str
        HTML of what it shows at first, with everything escaped.
    label : str
        What the widget is, for screen readers and as plain text.

    Examples
    --------
    >>> import ipywidgets
    >>> live(ipywidgets.VBox(), "<p>a slider</p>", "how the mean follows the slider")
    {'text/html': '<style>.cmo-stage {\n  background: #fff;\n  c...
    {'application/vnd.jupyter.widget-view+json': {'version_major...
    """
    widget.children = (*widget.children, _Marker())
    bundle = widget._repr_mimebundle_()
    for data in ({"text/html": still_frame(still, label), "text/plain": label}, {VIEW: bundle[VIEW]}):
        display(data, raw=True)  # type: ignore[no-untyped-call]
