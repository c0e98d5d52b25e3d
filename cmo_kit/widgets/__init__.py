"""Pictures that can be touched: explorers for JupyterLab and for the Voila app.

Each is a pure state, a pure ``step`` and a pure ``render`` on one common :class:`~cmo_kit.widgets.stage.stage.Stage`.
Importing this package loads nothing heavy; each name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import Any

#: Public name -> module that has it.
_PLACES = {
    "Event": "cmo_kit.widgets.stage.event",
    "Stage": "cmo_kit.widgets.stage.stage",
    "beat_the_ga": "cmo_kit.widgets.beat",
    "break_a_constraint": "cmo_kit.widgets.constraint",
    "decode_explorer": "cmo_kit.widgets.decode",
    "ga_explorer": "cmo_kit.widgets.ga",
    "gap_explorer": "cmo_kit.widgets.gap",
    "laboratory": "cmo_kit.widgets.trials",
    "live": "cmo_kit.widgets.stage.live",
    "save_gif": "cmo_kit.widgets.stage.gif",
    "save_html": "cmo_kit.widgets.stage.film",
}

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
