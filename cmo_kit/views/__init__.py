"""Pictures of instances, schedules, decoding and runs.

Every ``plot_x(thing, ..., ax=None)`` draws on ``ax``, or on a new figure of its own, and returns the Axes;
every ``alt_text_x(thing, ...)`` says the same in words. Figures are plain :class:`matplotlib.figure.Figure`
objects without any global state, so they may be drawn in notebooks, callbacks and scripts alike.
Figures 1 and 3 are drawn anew from their description; nothing is copied from the paper's images.
Importing this package loads nothing heavy, for the explorers draw without matplotlib.
"""

from importlib import import_module
from typing import Any

#: Module -> the public names that it has; they are loaded when they are first asked for.
_PLACES = {
    "convergence": ("alt_text_convergence", "plot_convergence"),
    "decoding": ("alt_text_figure3", "plot_figure3"),
    "display": ("picture_html", "show", "show_table"),
    "gantt": ("alt_text_gantt", "plot_gantt", "save_gantt"),
    "gap": ("GapHistory", "alt_text_gap", "plot_gap"),
    "genetic": ("alt_text_population", "alt_text_wheel", "plot_population", "plot_wheel"),
    "load": ("alt_text_load", "plot_load", "site_loads"),
    "operations": ("alt_text_pipeline", "operation_gaps"),
    "paper": ("FIGURE_3_KEYS", "example_keys"),
    "pipeline": ("plot_pipeline",),
}

__all__ = sorted(name for names in _PLACES.values() for name in names)


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
