"""Pictures: they draw on every corner without a warning, and what they show is what the data say."""

import base64
import datetime
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, Wedge
from matplotlib.text import Text
from numpy.testing import assert_allclose

from cmo_kit import CleaningTimes, InputError, Instance, Order, Schedule, decode, load_instance, trace_decode
from cmo_kit.base.language import speak, speaking
from cmo_kit.core.expert import dispatch
from cmo_kit.core.schedule import from_indices
from cmo_kit.views import (
    FIGURE_3_KEYS,
    alt_text_convergence,
    alt_text_figure3,
    alt_text_gantt,
    alt_text_load,
    alt_text_pipeline,
    alt_text_population,
    alt_text_wheel,
    example_keys,
    fonts,
    operation_gaps,
    plot_convergence,
    plot_figure3,
    plot_gantt,
    plot_load,
    plot_pipeline,
    plot_population,
    plot_wheel,
    save_gantt,
    show,
    site_loads,
)
from cmo_kit.views.comparison import plot_intervals
from cmo_kit.views.decoding import alt_text_cuts, plot_cuts
from cmo_kit.views.labels import key_columns, order_labels
from cmo_kit.views.layout import batches_of
from cmo_kit.views.operations import operation_intervals
from cmo_kit.views.style import IN_ENGLISH, figure_of, png_bytes
from tests.helpers.study_help import falling

FIG1, FIG3 = load_instance("fig1"), load_instance("fig3")


def expert(instance: Instance) -> Schedule:
    """A schedule to draw."""
    return from_indices(instance, dispatch(instance, whole_orders=False))


def tiny(**changes: object) -> Instance:
    """Two orders on two Sites with given setup times, changed as a test needs."""
    values: dict[str, object] = {
        "name": "tiny",
        "sites": 2,
        "orders": (Order("A", 2, 6, (1, 2, 1)), Order("B", 1, 1, (2, 2, 2))),
        "setup": ((2, 3), (3, 2)),
    }
    return Instance(**(values | changes))  # type: ignore[arg-type]


ONE_BATCH = tiny(sites=1, orders=(Order("A", 1, 3, (1, 1, 1)),), setup=((0,),))
NO_TIME = tiny(orders=(Order("A", 2, 0, (0, 0, 0)), Order("B", 1, 0, (0, 0, 0))), setup=((0, 0), (0, 0)))
SCHEDULES = {
    "fig1": expert(FIG1),
    "fig3": decode(FIG3, FIGURE_3_KEYS),
    "empty Site": Schedule(tiny(), [[("A", 2), ("B", 1)], []]),
    "one batch": expert(ONE_BATCH),
    "weights": expert(tiny(orders=(Order("A", 2, 2, (1, 2, 1), 2.5), Order("B", 1, 1, (2, 2, 2), 0)))),
    "dates": expert(tiny(start_date="2027-02-27")),
    "hours": expert(tiny(start_date="2027-02-27", time_unit="hour")),
    "overlapping operations": expert(tiny(setup=((0, 0), (0, 0)))),
    "initial setups": expert(tiny(initial_setup_times=(4, 0.5))),
    "no time at all": expert(NO_TIME),
    "a name with $": expert(tiny(orders=(Order("$x", 2, 6, (1, 2, 1)), Order("$\\y$", 1, 1, (2, 2, 2))))),
    "one operation": expert(
        tiny(operations=("all",), orders=(Order("A", 2, 6, (3,)), Order("B", 1, 1, (2,))), name="one $operation$")
    ),
    "small": expert(load_instance("small-1")),
}


def drawn(ax: Axes) -> Axes:
    """``ax`` after it has been laid out and drawn."""
    figure_of(ax).draw_without_rendering()
    return ax


def bars(ax: Axes, prefix: str) -> list[Rectangle]:
    """The rectangles whose gid begins with ``prefix``."""
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and str(patch.get_gid()).startswith(prefix)]


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_gantt_has_one_bar_per_batch_from_start_to_completion(schedule: Schedule) -> None:
    """Bars are the batches with their times, due-date lines the orders, thick edges the tardy orders."""
    ax = drawn(plot_gantt(schedule))
    found = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(ax, "batch-"))
    expected = sorted(zip(np.concatenate(schedule.starts), np.concatenate(schedule.completions), strict=True))
    assert_allclose(found, expected)
    lines = {line.get_gid(): line.get_xdata()[0] for line in ax.lines if str(line.get_gid()).startswith("due-")}
    due = [lines[f"due-{i}"] for i in range(len(schedule.instance.orders))]
    assert_allclose(due, schedule.instance.D)
    assert {bar.get_gid() for bar in bars(ax, "tardy-")} == {f"tardy-{i}" for i in np.flatnonzero(schedule.tardiness)}
    assert ax.get_xlim()[1] >= max(schedule.instance.D.max(), max(end for _, end in found))


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_gantt_of_operations_has_one_bar_per_operation(schedule: Schedule) -> None:
    """Every operation of every batch has its own bar with its interval."""
    ax = drawn(plot_gantt(schedule, operations=True))
    found = {bar.get_gid(): (bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars(ax, "operation-")}
    expected = {
        f"operation-{i.site}-{i.position}-{i.operation}": (i.start, i.end) for i in operation_intervals(schedule)
    }
    assert found.keys() == expected.keys()
    assert_allclose([found[gid] for gid in expected], list(expected.values()))


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_gantt_alt_text_states_total_tardiness_and_tardy_orders(schedule: Schedule) -> None:
    """The alternative text says the objective, who is tardy, and how many batches there are."""
    text, instance = alt_text_gantt(schedule), schedule.instance
    unit = instance.time_unit + ("" if schedule.total_tardiness == 1 else "s")
    assert f"otal tardiness {schedule.total_tardiness:g} {unit}." in text
    assert ("Weighted total" in text) == instance.weighted
    assert f"{instance.total_batches} batches of {len(instance.orders)} orders on {instance.sites} Site" in text
    assert ("Sites, complete" in text) == (instance.sites > 1)
    due = [f"order {order.id} at {order.due_date:g}" for order in instance.orders[:3]]
    assert all(told in text for told in due)
    tardy = int((schedule.tardiness > 0).sum())
    assert (f"Tardy orders ({tardy} of {len(instance.orders)})" if tardy else "No order is tardy.") in text
    if tardy and len(instance.orders) < 10:
        for i in np.flatnonzero(schedule.tardiness):
            assert f"{instance.orders[i].id} by {schedule.tardiness[i]:g} " in text


@pytest.mark.parametrize("operations", [False, True])
def test_gantt_bars_of_one_lane_never_overlap(operations: bool) -> None:
    """On a Site whose operations do not overlap, no bar hides another one."""
    ax = plot_gantt(SCHEDULES["small"], operations=operations)
    lanes: dict[float, list[tuple[float, float]]] = {}
    for bar in bars(ax, "operation-" if operations else "batch-"):
        lanes.setdefault(round(bar.get_y(), 6), []).append((bar.get_x(), bar.get_x() + bar.get_width()))
    for lane in lanes.values():
        lane.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(lane))


def test_gantt_shows_cleaning_where_the_instance_has_it() -> None:
    """Each batch with a successor on its Site is followed by cleaning, longer at a change of order."""
    schedule = Schedule(FIG1, [[("A", 2), ("B", 1)], []])
    widths = {bar.get_gid(): bar.get_width() for bar in bars(plot_gantt(schedule, operations=True), "cleaning-")}
    assert widths == {
        f"cleaning-0-{t}-{o}": k for t, row in enumerate(((1, 1, 1), (1, 4, 5))) for o, k in enumerate(row)
    }


def test_gantt_has_calendar_dates_only_with_a_start_date_in_days() -> None:
    """The upper axis begins at the start date; without one, or in hours, there is none."""
    calendar = plot_gantt(SCHEDULES["dates"]).child_axes[0]
    labels = [label.get_text() for label in calendar.get_xticklabels()]
    assert labels[0] == "2027-02-27"
    last = int(calendar.get_xticks()[-1])
    assert labels[-1] == (datetime.date(2027, 2, 27) + datetime.timedelta(days=last)).isoformat()
    assert not plot_gantt(SCHEDULES["hours"]).child_axes
    assert not plot_gantt(SCHEDULES["fig3"]).child_axes


def test_gantt_alt_text_may_count_in_dates() -> None:
    """With dates, completion and due dates are mornings of the calendar; without a start date it is refused."""
    text = alt_text_gantt(SCHEDULES["dates"], dates=True)
    end = max(math.ceil(float(c.max())) for c in SCHEDULES["dates"].completions if len(c))
    complete = datetime.date(2027, 2, 27) + datetime.timedelta(days=end)
    assert f"complete on {complete}, begun on 2027-02-27. " in text
    assert "Due dates: order A on 2027-03-05 and order B on 2027-02-28. " in text
    with pytest.raises(InputError, match="start_date is missing"):
        alt_text_gantt(SCHEDULES["fig3"], dates=True)


def test_gantt_says_that_operations_overlap() -> None:
    """Setup times that are too short for the operations are named under the chart."""
    assert "overlap" in plot_gantt(SCHEDULES["overlapping operations"]).get_xlabel()
    assert "overlap" not in plot_gantt(SCHEDULES["fig1"]).get_xlabel()


def touching(ax: Axes) -> list[tuple[str, str]]:
    """The pairs of labels, of runs and due dates, that lie on one another when the chart is drawn."""
    figure = figure_of(ax)
    figure.draw_without_rendering()
    boxes = [
        (text.get_text(), text.get_window_extent()) for text in ax.texts if not (text.get_gid() or "").startswith("key")
    ]
    corners = np.array([[box.x0, box.y0, box.x1, box.y1] for _, box in boxes])
    left, low, right, high = corners.T
    over = (
        (left[:, None] < right - 1)
        & (left < right[:, None] - 1)
        & (low[:, None] < high - 1)
        & (low < high[:, None] - 1)
    )
    return [(boxes[i][0], boxes[j][0]) for i, j in np.argwhere(np.triu(over, 1))]


def test_gantt_of_a_large_schedule_draws_all_batches_and_labels_where_there_is_room() -> None:
    """A thousand batches keep their bars, and no two labels touch."""
    schedule = expert(load_instance("large-1"))
    ax = plot_gantt(schedule)
    assert len(bars(ax, "batch-")) == schedule.instance.total_batches
    assert len(ax.texts) > 0.9 * sum(map(len, schedule.sites))
    assert not touching(ax)
    assert figure_of(ax).get_size_inches()[1] < 13


def named(names: Sequence[str], sites: int = 3) -> Schedule:
    """A schedule of orders with these names, a batch or two each, by the rule of whole orders."""
    orders = [Order(name, 1 + i % 2, 10 * i / sites + 5, (1, 3, 1)) for i, name in enumerate(names)]
    setup = tuple(tuple(5.0 if i != j else 2.0 for j in range(len(names))) for i in range(len(names)))
    instance = Instance("own", sites, orders, setup)
    return from_indices(instance, dispatch(instance, whole_orders=True))


@pytest.mark.parametrize("length", [35, 80, 300])
def test_gantt_shortens_long_labels_and_explains_them_below(length: int) -> None:
    """Whatever the names, the chart keeps its width, labels differ, and the key has the names in full."""
    names = [f"{k} {'x' * (length - 4)} {k}" for k in range(5)] + ["y" * length, f"{'y' * 99}{'z' * length}{'y' * 99}"]
    schedule = named(names)
    ax = plot_gantt(schedule)
    assert not touching(ax)
    assert ax.get_position().width > 0.75
    labels, _ = order_labels(schedule.instance)
    assert len(set(labels)) == len(names) and all(len(label) <= 12 for label in labels)
    below = "".join(text.get_text() for text in ax.texts if (text.get_gid() or "").startswith("key"))
    assert all("".join(name.split()) in "".join(below.split()) for name in names)
    assert len(alt_text_gantt(schedule)) < 1200


def test_gantt_of_many_named_orders_has_numbers_and_a_key() -> None:
    """Sixty orders: every run has its number, none on another, and the key says whose it is."""
    names = [f"Client {k} of somewhere" for k in range(1, 61)]
    schedule = named(names, 4)
    ax = plot_gantt(schedule)
    assert not touching(ax)
    numbers = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert set(numbers) >= {f"o{k}" for k in range(1, 61)}
    below = "\n".join(text.get_text() for text in ax.texts if (text.get_gid() or "").startswith("key"))
    assert sorted(below.splitlines()) == sorted(f"o{k} = {name}" for k, name in enumerate(names, start=1))
    assert key_columns([], 100) == [] and order_labels(FIG1)[0] == ["A", "B", "C"]


def test_gantt_shows_a_window_of_time() -> None:
    """Only what happens in it: batches, due dates, and of the key the orders that are there."""
    schedule = named([f"Client {k}" for k in range(60)], 4)
    ax = plot_gantt(schedule, window=(20, 40))
    assert ax.get_xlim() == (20, 40)
    seen = {f"batch-{b.site}-{b.position}" for b in batches_of(schedule) if b.end > 20 and b.start < 40}
    assert {bar.get_gid() for bar in bars(ax, "batch-")} == seen
    due = {int(line.get_gid().split("-")[1]) for line in ax.lines if (line.get_gid() or "").startswith("due-")}
    assert due == {i for i, day in enumerate(schedule.instance.D) if 20 <= day < 40}
    figure_of(ax).draw_without_rendering()
    middle = [text for text in ax.texts if text.get_gid() is None]
    assert all(20 <= text.get_position()[0] <= 40 for text in middle)
    assert "The chart shows 20 to 40 days." in alt_text_gantt(schedule, window=(20, 40))
    drawn(plot_gantt(schedule, operations=True, window=(1e6, 2e6)))
    for wrong in ((4, 4), (5, 4), (math.nan, 4), (1,)):
        with pytest.raises(InputError, match="window"):
            plot_gantt(schedule, window=wrong)  # type: ignore[arg-type]


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has matplotlib's usual font and no other."""
    for name in ("_known_fonts", "_new_fonts"):
        monkeypatch.setattr(fonts, name, list)
    fonts._fallbacks.cache_clear()
    yield
    fonts._fallbacks.cache_clear()


def test_letters_are_drawn_with_a_font_that_has_them() -> None:
    """One that comes with matplotlib has script capitals."""
    ax = drawn(plot_gantt(named(["\U0001d49c\U0001d49e", "Kessock"])))
    assert "DejaVu Math TeX Gyre" in ax.texts[0].get_fontfamily()
    assert figure_of(ax).get_supxlabel() == "" and any("\U0001d49c" in text.get_text() for text in ax.texts)


@pytest.mark.usefixtures("no_fonts")
def test_letters_that_no_font_has_are_told_once() -> None:
    """A note and no warning; also beside an axis, which writes its labels anew whenever it is drawn."""
    ax = drawn(plot_gantt(named(["\U0001d49c\U0001d49e", "Kessock"])))
    assert figure_of(ax).get_supxlabel() == fonts.NOTE
    assert {text.get_text() for text in ax.texts} >= {"#1-1", "Kessock1", "#1 = ??"}
    ax = drawn(plot_convergence({"삼성": [falling(3, 2)]}))
    assert ax.get_legend().get_texts()[0].get_text() == "??"
    ax = drawn(plot_intervals({"effort": {"삼성": (2.0, 1.0, 3.0), "ga": (3.0, 2.0, 4.0)}}, "two", {}))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["??", "ga"]


@pytest.mark.usefixtures("no_fonts")
def test_without_a_font_for_its_language_a_picture_is_in_english() -> None:
    """All of it, with a note, and what is said elsewhere stays in the language."""
    speak("ko")
    try:
        ax = drawn(plot_gantt(SCHEDULES["fig1"]))
        assert speaking() == "ko"
        texts = [text.get_text() for text in figure_of(ax).findobj(Text)]
        assert IN_ENGLISH in texts and "total tardiness" in ax.get_title("left") and "".join(texts).count("?") == 0
        with pytest.raises(InputError):
            plot_gantt(SCHEDULES["fig1"], window=(1,))  # type: ignore[arg-type]
        assert speaking() == "ko"
    finally:
        speak("en")


def test_with_a_font_for_its_language_a_picture_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_fallbacks", lambda missing: ((), frozenset()))
    speak("ko")
    try:
        ax = plot_gantt(SCHEDULES["fig1"])
    finally:
        speak("en")
    assert "총 납기 지연" in ax.get_title("left") and "납기" in ax.get_yticklabels()[0].get_text()
    assert figure_of(ax).get_supxlabel() == ""


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_save_gantt_writes_the_kind_that_the_ending_says(tmp_path: Path, kind: str) -> None:
    """The file has the right format, equal pictures give equal files, and nothing else lies beside it."""
    path = tmp_path / f"chart.{kind}"
    save_gantt(SCHEDULES["one batch"], path)
    first = path.read_bytes()
    save_gantt(SCHEDULES["one batch"], path)
    assert path.read_bytes() == first
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")
    assert list(tmp_path.iterdir()) == [path]


def test_save_gantt_refuses_other_endings_and_keeps_the_folder_clean(tmp_path: Path) -> None:
    """A wrong ending or a missing folder is one clear error and leaves no file."""
    with pytest.raises(InputError, match=r"must end with \.png"):
        save_gantt(SCHEDULES["fig1"], tmp_path / "chart.txt")
    with pytest.raises(InputError, match="cannot be written"):
        save_gantt(SCHEDULES["fig1"], tmp_path / "missing" / "chart.png")
    assert not list(tmp_path.iterdir())


def test_pipeline_shows_the_gap_and_the_operation_that_decides() -> None:
    """For every pair the largest need is the gap; the second batch is drawn that much later."""
    for instance in (FIG1, FIG3):
        for i, first in enumerate(instance.orders):
            for j, second in enumerate(instance.orders):
                gaps = operation_gaps(instance, first.id, second.id)
                assert max(part.gap for part in gaps) == instance.g[i, j]
                assert [part.decides for part in gaps] == [part.gap == instance.g[i, j] for part in gaps]
    ax = drawn(plot_pipeline(FIG1, "A", "B"))
    assert [bars(ax, "second-0")[0].get_x()] == [FIG1.g[0, 1]] == [10]
    assert len(bars(ax, "first-")) == len(bars(ax, "second-")) == len(bars(ax, "cleaning-")) == 3
    assert "10 days later (the gap), 7 days after" in alt_text_pipeline(FIG1, "A", "B")
    assert "purification decides" in alt_text_pipeline(FIG1, "B", "C")
    assert "seed culture and main culture decide." in alt_text_pipeline(FIG1, "C", "C")


def test_pipeline_keeps_long_names_and_numbers_in_their_places() -> None:
    """Nothing leaves the picture, and what an operation needs stands behind all bars, in every digit."""
    orders = [
        replace(
            order, id=f"the client of order {order.id} of somewhere", processing_times=(1234.567, 2345.678, 987.654)
        )
        for order in FIG1.orders
    ]
    operations = tuple(f"{name} in the second building" for name in FIG1.operations)
    slow = replace(FIG1, orders=tuple(orders), operations=operations)
    ax = drawn(plot_pipeline(slow, orders[0].id, orders[1].id))
    width = figure_of(ax).bbox.width
    texts = [ax.title, ax._left_title, ax.xaxis.label, *ax.get_yticklabels(), *ax.texts]
    assert all(text.get_window_extent().x0 >= 0 and text.get_window_extent().x1 <= width for text in texts)
    needs = [text for text in ax.texts if text.get_text().startswith("needs")]
    ends = max(bar.get_window_extent().x1 for bar in bars(ax, "second-"))
    assert len(needs) == 3 and min(text.get_window_extent().x0 for text in needs) >= ends


def test_pipeline_with_given_setup_times_has_no_cleaning() -> None:
    """Where setup times are given, the gap is theirs and no operation may decide."""
    ax = drawn(plot_pipeline(tiny(), "A", "B"))
    assert bars(ax, "second-0")[0].get_x() == 4 and not bars(ax, "cleaning-")
    assert "no operation decides" in alt_text_pipeline(tiny(), "A", "B")
    drawn(plot_pipeline(NO_TIME, "A", "B"))
    with pytest.raises(InputError, match="no such order"):
        plot_pipeline(tiny(), "A", "C")


def test_figure3_shows_every_element_of_the_golden_case() -> None:
    """All 13 genes stand in the encoding and, sorted, below it; the Sites hold the paper's runs."""
    trace = trace_decode(FIG3, FIGURE_3_KEYS)
    ax = drawn(plot_figure3(trace))
    assert [bar.get_gid() for bar in bars(ax, "gene-")] == [f"gene-{k}" for k in range(13)]
    assert [bar.get_gid() for bar in bars(ax, "sorted-")] == [
        f"sorted-{k}" for k in (3, 12, 8, 0, 5, 9, 4, 11, 1, 6, 7, 2, 10)
    ]
    widths = {bar.get_gid(): round(bar.get_width()) for bar in bars(ax, "run-") if bar.get_gid() != "run-here"}
    assert widths == {"run-0-0": 1, "run-1-0": 1, "run-1-1": 1, "run-1-2": 2, "run-1-3": 1,
                      "run-2-0": 2, "run-2-1": 2, "run-2-2": 1}  # fmt: skip
    words = {text.get_text() for text in ax.texts}
    assert {"o1", "o2", "o3", "o4", "site", "0.11", "0.99", "o2 ×2", "o3 ×2", "o1 ×2"} <= words
    assert "Site 2: 3 x1, 1 x1, 2 x2, 4 x1; Site 3: 1 x2, 3 x2, 4 x1." in alt_text_figure3(trace)


def test_figure3_at_every_step_shows_the_trace() -> None:
    """After each step the runs drawn, the gene marked and the title are the trace's."""
    trace = trace_decode(FIG3, FIGURE_3_KEYS)
    for step in trace.steps:
        ax = plot_figure3(trace, step.number)
        assert len([bar for bar in bars(ax, "run-") if bar.get_gid() != "run-here"]) == sum(map(len, step.sites))
        assert step.sentence in ax.get_title(loc="left").replace("\n", " ")
        assert step.sentence in alt_text_figure3(trace, step.number)
        thick = {bar.get_gid() for bar in bars(ax, "gene-") if bar.get_linewidth() > 2}
        assert thick == ({f"gene-{step.gene}"} if step.number else set())
        assert len(bars(ax, "run-here")) == (step.order is not None)


@pytest.mark.parametrize("name", ["small-1", "large-1"])
def test_figure3_of_long_chromosomes_shows_the_gene_of_the_step(name: str) -> None:
    """Where not all genes have room, the window holds the step's gene in both rows."""
    instance = load_instance(name)
    trace = trace_decode(instance, example_keys(instance))
    for number in (1, instance.key_count // 2):
        ax = drawn(plot_figure3(trace, number))
        gene = trace.steps[number].gene
        assert len(bars(ax, f"gene-{gene}")) >= 1 and len(bars(ax, f"sorted-{gene}")) >= 1


@pytest.mark.parametrize("name", ["fig3", "small-1"])
def test_figure3_shortens_long_names_to_their_boxes(name: str) -> None:
    """At no step does a name of genes and runs lie on another."""
    instance = load_instance(name)
    orders = tuple(replace(order, id=f"the client of order {order.id}") for order in instance.orders)
    instance = replace(instance, orders=orders)
    trace = trace_decode(instance, example_keys(instance))
    for number in (2, len(trace.steps) - 1):
        assert not touching(plot_figure3(trace, number))


def test_figure3_draws_empty_sites_one_site_and_refuses_other_steps() -> None:
    """All genes equal: one Site is full, the others are empty; L = 1 has no Site change."""
    trace = trace_decode(FIG3, [0.5] * 13)
    ax = drawn(plot_figure3(trace))
    assert [text.get_text() for text in ax.texts].count("empty") == 2
    drawn(plot_figure3(trace_decode(ONE_BATCH, [0.5])))
    for step in (-1, 14, True):
        with pytest.raises(InputError, match="from 0 to 13"):
            plot_figure3(trace, step)


@pytest.mark.parametrize(
    "keys", [FIGURE_3_KEYS, (0.5,) * 13, tuple(np.linspace(0, 1, 13))], ids=["paper", "equal", "rising"]
)
def test_there_is_a_mark_for_every_batch_change_and_run(keys: tuple[float, ...]) -> None:
    """Every batch once, every Site change once, and below exactly the runs of the schedule."""
    ax = plot_cuts(FIG3, keys)
    marked = {text.get_gid() for text in ax.texts} | {line.get_gid() for line in ax.lines}
    runs = {
        f"cell-{l}-{FIG3.order_index[run.order]}"
        for l, site in enumerate(decode(FIG3, np.array(keys)).sites)
        for run in site
    }
    batches = {f"batch-{gene}" for gene in range(FIG3.total_batches)}
    assert marked - {None} == batches | runs | {f"cut-{k}" for k in range(FIG3.sites - 1)}
    assert f"Of these keys {len(runs)} are kept" in alt_text_cuts(FIG3, keys)


def test_convergence_draws_median_and_band_over_seeds() -> None:
    """Runs that have ended keep their last value; the line is the median, the band least to greatest."""
    runs = {"GA": [falling(9, 6, 5), falling(8, 7), falling(7, 1, 1, 0)], "other": [falling(4, 3)]}
    for x, end in (("evaluations", 40), ("seconds", 2.0)):
        ax = drawn(plot_convergence(runs, x=x))  # type: ignore[arg-type]
        lines = {line.get_gid(): line for line in ax.lines}
        assert lines["median-0"].get_ydata().tolist() == [8, 6, 5, 5]
        assert lines["median-1"].get_ydata().tolist() == [4, 3, 3]
        assert lines["median-0"].get_xdata()[-1] == end
        assert [band.get_gid() for band in ax.collections] == ["band-0"]
        assert lines["median-0"].get_linestyle() != lines["median-1"].get_linestyle()
    assert "GA falls from 8 to 5 (median of 3; final values 0 to 7)" in alt_text_convergence(runs)
    with pytest.raises(InputError, match="'evaluations' or 'seconds'"):
        plot_convergence(runs, x="days")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least one row"):
        plot_convergence({"GA": []})


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_loads_add_up_to_the_last_completion(schedule: Schedule) -> None:
    """First operations, setups and the last batch's rest fill a Site from 0 to its last completion."""
    for load, completions in zip(site_loads(schedule), schedule.completions, strict=True):
        assert_allclose(load.end, completions[-1] if len(completions) else 0)
        assert load.batches == len(completions)
    drawn(plot_load(schedule))
    text = alt_text_load(schedule)
    assert ("is empty" in text) == (not all(schedule.sites))
    told = [sum(map(float, re.findall(r": ([\d.]+)", parts))) for parts in re.findall(r"\(.*?\)", text)]
    assert_allclose(told, [load.end for load in site_loads(schedule) if load.batches])


def test_wheel_sectors_are_as_wide_as_fitness() -> None:
    """Equation (16) with w = 1: tardiness 0, 2, 4 gives fitness 5, 3, 1; the sectors fill the circle."""
    ax = drawn(plot_wheel([0, 2, 4]))
    wedges = [patch for patch in ax.patches if isinstance(patch, Wedge)]
    assert_allclose([wedge.theta2 - wedge.theta1 for wedge in wedges], 360 * np.array([5, 3, 1]) / 9)
    assert "number 1 with total tardiness 0, has 55.6% of the wheel" in alt_text_wheel([0, 2, 4])
    assert len(drawn(plot_wheel(np.arange(300))).patches) == 300
    drawn(plot_wheel([7]))
    with pytest.raises(InputError, match="above 0"):
        plot_wheel([1, 2], w=0)
    with pytest.raises(InputError, match="one number for each"):
        plot_wheel([])


def test_population_map_has_a_row_per_chromosome_best_above() -> None:
    """The image is the population, sorted by total tardiness where it is given."""
    keys = np.random.default_rng(1).random((4, 13))
    ax = drawn(plot_population(FIG3, keys, [3, 1, 2, 0]))
    assert_allclose(ax.images[0].get_array(), keys[[3, 1, 2, 0]])
    drawn(plot_population(ONE_BATCH, [[0.5]]))
    assert "4 chromosomes of 13 keys" in alt_text_population(FIG3, keys)


def test_example_keys_are_figure_3s_a_files_or_random(tmp_path: Path) -> None:
    """Figure 3's shape gets its keys, a file its own, any other instance reproducible random ones."""
    assert_allclose(example_keys(FIG3), FIGURE_3_KEYS)
    (tmp_path / "keys.json").write_text("[0.1, 0.2, 0.3, 0.4]")
    assert example_keys(tiny(), str(tmp_path / "keys.json")).tolist() == [0.1, 0.2, 0.3, 0.4]
    assert example_keys(FIG1, seed=2).tolist() == example_keys(FIG1, seed=2).tolist()
    with pytest.raises(InputError):
        example_keys(FIG3, str(tmp_path / "keys.json"))


def test_pictures_take_axes_that_are_there() -> None:
    """Two pictures on one figure stay on the Axes that they were given."""
    upper, lower = Figure(figsize=(9, 8), layout="constrained").subplots(2)
    assert plot_gantt(SCHEDULES["fig1"], ax=upper) is upper
    assert plot_load(SCHEDULES["fig1"], ax=lower) is lower
    assert len(drawn(upper).figure.axes) == 2


def test_show_displays_a_picture_with_its_alternative_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook gets an image with its text as HTML, which readers prefer, the PNG, and the text alone."""
    shown: list[dict[str, object]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    ax = plot_gantt(SCHEDULES["fig1"])
    show(ax, 'three days "late" & <b>')
    png = png_bytes(figure_of(ax))
    assert shown == [
        {
            "text/html": '<img alt="three days &quot;late&quot; &amp; &lt;b&gt;" src="data:image/png;base64,'
            f'{base64.b64encode(png).decode()}">',
            "image/png": png,
            "text/plain": 'three days "late" & <b>',
        }
    ]


def test_the_package_loads_no_matplotlib_and_pictures_no_pyplot() -> None:
    """Importing cmo_kit stays light; drawing leaves no global state of pyplot behind."""
    code = (
        "import sys, cmo_kit; assert 'matplotlib' not in sys.modules\n"
        "from cmo_kit.views import plot_gantt, plot_load\n"
        "s = cmo_kit.Schedule(cmo_kit.load_instance('fig1'), [[('A', 3), ('B', 3)], [('C', 2)]])\n"
        "plot_gantt(s); plot_load(s); assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_cleaning_times_of_every_kind_draw() -> None:
    """Cleaning of length 0 draws no bar, and a cleaning longer than all else stays on the picture."""
    instance = tiny(setup=CleaningTimes(((0, 0, 0), (0, 0, 0)), ((0, 50, 0), (0, 0, 0))))
    ax = drawn(plot_pipeline(instance, "A", "B"))
    assert len(bars(ax, "cleaning-")) == 1 and ax.get_xlim()[1] > 53
    drawn(plot_gantt(expert(instance), operations=True))
