"""Pictures of instances, schedules, decoding and runs.

Every ``plot_x(thing, ..., ax=None)`` draws on ``ax``, or on a new figure of its own, and returns the Axes;
every ``alt_text_x(thing, ...)`` says the same in words. Figures are plain :class:`matplotlib.figure.Figure`
objects without any global state, so they may be drawn in notebooks, callbacks and scripts alike.
Figures 1 and 3 are drawn anew from their description; nothing is copied from the paper's images.
"""

from cmo_kit.views.convergence import alt_text_convergence, plot_convergence
from cmo_kit.views.decoding import alt_text_figure3, plot_figure3
from cmo_kit.views.display import show, show_table
from cmo_kit.views.gantt import alt_text_gantt, plot_gantt, save_gantt
from cmo_kit.views.gap import GapHistory, alt_text_gap, plot_gap
from cmo_kit.views.genetic import alt_text_population, alt_text_wheel, plot_population, plot_wheel
from cmo_kit.views.load import alt_text_load, plot_load, site_loads
from cmo_kit.views.paper import FIGURE_3_KEYS, example_keys
from cmo_kit.views.pipeline import alt_text_pipeline, operation_gaps, plot_pipeline

__all__ = [
    "FIGURE_3_KEYS",
    "GapHistory",
    "alt_text_convergence",
    "alt_text_figure3",
    "alt_text_gantt",
    "alt_text_gap",
    "alt_text_load",
    "alt_text_pipeline",
    "alt_text_population",
    "alt_text_wheel",
    "example_keys",
    "operation_gaps",
    "plot_convergence",
    "plot_figure3",
    "plot_gantt",
    "plot_gap",
    "plot_load",
    "plot_pipeline",
    "plot_population",
    "plot_wheel",
    "save_gantt",
    "show",
    "show_table",
    "site_loads",
]
