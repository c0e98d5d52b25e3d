"""Buttons and sliders inside a picture, as markup."""

from cmo_kit.widgets.drawing.svg import tag, words


def button(name: str, text: str, enabled: bool = True, pressed: bool | None = None) -> str:
    """A button; one that cannot be used now keeps the focus, so that the keyboard does not lose its place."""
    return tag("button", words(text), type="button", data_touch=name, aria_disabled=None if enabled else "true",
               aria_pressed=None if pressed is None else str(pressed).lower())  # fmt: skip


def slider(
    name: str, text: str, value: float, maximum: float, step: float = 1.0, said: str | None = None, width: int = 220
) -> str:
    """A slider from 0 to ``maximum`` with its text in front; ``said`` is what a screen reader says for the value."""
    control = tag("input", type="range", data_touch=name, min=0, max=maximum, step=f"{step:g}", value=f"{value:g}",
                  aria_valuetext=said, style=f"width:{width}px")  # fmt: skip
    return tag("label", words(text), " ", control)


def row(*controls: str) -> str:
    """Controls beside one another, on several lines where there is less room."""
    return tag("div", *controls, class_="cmo-row")
