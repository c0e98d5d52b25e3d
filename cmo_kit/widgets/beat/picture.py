"""The picture of a schedule that is built by hand: rivals, batches left, Sites with runs, the checker's words."""

from __future__ import annotations

import json

from cmo_kit.base.language import spoken
from cmo_kit.check import check_schedule
from cmo_kit.views.layout import CHOSEN, RED_TEXT, VERMILLION, Batch, completes_late, latest_end, order_label
from cmo_kit.views.words import duration, rounded, runs_text, tardiness_text, tardy_orders_text, total_name
from cmo_kit.widgets.beat.edits import Place
from cmo_kit.widgets.beat.state import KEYS, TRAY, Game
from cmo_kit.widgets.drawing.gantt import Chart, background, bar, chart_of, foreground, most_lanes
from cmo_kit.widgets.drawing.markup import (
    INK,
    PAPER,
    WIDE,
    button,
    fitted,
    label,
    order_fill,
    order_patterns,
    picture,
    row,
    tag,
    touchable,
    words,
)

ROW, NAMES, NUMBERS = 22.0, 172.0, 76.0  # of the scores: height of a row, room for names and for numbers
MOST_WORDS = 6  # sentences of the checker that are shown
HELP = (
    "Drag an order or a run to a place, or click it and then a + or a run of the same order. Keys: arrows, "
    "Enter takes and puts, + and - how many, S split, M merge, Delete takes off, Escape lets go, Z undo, Y redo."
)


def render(game: Game, width: float = WIDE) -> str:
    """The whole picture as HTML."""
    said = tag("p", words(game.said), role="status", aria_live="polite")
    parts = [_score_board(game, width), _tray(game), _buttons(game), said, _board(game, width), _verdict(game)]
    if game.as_text:
        text = words(json.dumps(game.schedule.to_dict(), ensure_ascii=False))
        parts.append(tag("textarea", text, readonly="readonly", rows=4, style="width:100%;font-family:monospace",
                         aria_label="the schedule as JSON"))  # fmt: skip
    parts.append(tag("p", words(HELP), class_="cmo-hint"))
    return tag("div", *parts, data_keys=" ".join(KEYS))


def standing(game: Game) -> str:
    """One sentence: how the reader stands against the rivals."""
    unit, score = game.instance.time_unit, game.schedule.total_tardiness
    if not game.complete:
        left = sum(game.left.values())
        return f"{left} batch{'es' if left > 1 else ''} left to place; so far {duration(score, unit)} of tardiness."
    parts = []
    for rival in game.rivals:
        ahead = rival.total_tardiness - score
        verb = "better than" if ahead > 0 else "worse than" if ahead < 0 else "as good as"
        parts.append(f"{duration(abs(ahead), unit) + ' ' if ahead else ''}{verb} {rival.name}")
    proved = score <= game.bound or score == 0
    return f"{duration(score, unit)}: {'; '.join(parts)}." + (
        " No schedule is better: that is proved." if proved else ""
    )


def _score_board(game: Game, width: float) -> str:
    """The reader and the rivals as bars of total tardiness, the least above, and the proved bound as a line."""
    score, complete, unit = game.schedule.total_tardiness, game.complete, game.instance.time_unit
    rows = sorted((rival.total_tardiness, 1, rival.name) for rival in game.rivals)
    rows = [(score, 0, "you" if complete else "you, so far"), *rows]
    if complete:
        rows.sort(key=lambda row: row[:2])
    most = max(max(row[0] for row in rows), 1e-9)
    per_unit = (width - NAMES - NUMBERS) / most
    parts = []
    for k, (value, other, name) in enumerate(rows):
        y, weight = 2 + k * ROW, None if other else "bold"
        look = {"fill": "#d0d0d0" if other else "#595959", "fill_opacity": 1 if other or complete else 0.35}
        parts.append(
            tag("rect", x=NAMES, y=y + 2, width=max(per_unit * value, 1.0), height=ROW - 5, stroke=INK, **look)
        )
        parts.append(label(NAMES - 8, y + ROW / 2, name, 13, "end", font_weight=weight))
        text = duration(value, unit)
        parts.append(label(NAMES + per_unit * value + 8, y + ROW / 2, text, 13, "start", font_weight=weight))
    bottom = 2 + ROW * len(rows)
    told = "; ".join(f"{spoken(name)} {duration(value, unit)}" for value, _, name in rows)
    if game.bound > 0:
        x, proved = NAMES + per_unit * game.bound, f"proved: no schedule is below {duration(game.bound, unit)}"
        anchor = "start" if x < width / 2 else "end"
        parts.append(tag("line", x1=x, x2=x, y1=0, y2=bottom + 6, stroke=INK, stroke_width=2, stroke_dasharray="2 3"))
        parts.append(label(x + (5 if anchor == "start" else -5), bottom + 8, proved, 12, anchor))
        told += f"; {spoken(proved)}"
    title = f"{total_name(game.instance).capitalize()} of your schedule and of those to beat"
    sentence = tag("p", tag("strong", words(standing(game))), style=None if complete else f"color:{RED_TEXT}")
    return sentence + picture(width, bottom + (18 if game.bound > 0 else 2), title, told, *parts)


def _buttons(game: Game) -> str:
    """What can be done with the hand and with the whole."""
    held, run = game.hand, game.hand is not None and game.hand.source is not None
    count = f"{held.batches} of {game.most_in_hand} in hand" if held is not None else "nothing in hand"
    return row(
        button("fewer", "−", held is not None and held.batches > 1),
        tag("span", words(count)),
        button("more", "+", held is not None and held.batches < game.most_in_hand),
        button("split", "Split", run and game.most_in_hand > 1),
        button("merge", "Merge", run),
        button("remove", "Take off", run),
        button("let-go", "Let go", held is not None),
        button("undo", "Undo", bool(game.past)),
        button("redo", "Redo", bool(game.future)),
        button("reset", "Reset", any(game.sites)),
        button("text", "As text", True, game.as_text),
    )


def _tray(game: Game) -> str:
    """A button for each order with what is left of it to place."""
    parts = [tag("span", words("Left to place:"), data_touch="tray", data_place="")]
    for i, (order, left) in enumerate(zip(game.instance.orders, game.left.values(), strict=True)):
        held = game.hand is not None and game.hand.source is None and game.hand.order == order.id
        name = order_label(order.id)
        text = f" {name}: {left} of {order.batches}, due {rounded(order.due_date)}"
        here = game.cursor == Place(TRAY, i)
        parts.append(
            tag("button", _swatch(i, order.id), words(text), type="button", data_touch=f"order-{i}",
                data_carry=f"order-{i}", data_carried=name,
                aria_pressed=str(held).lower(), aria_disabled=None if left else "true",
                style=f"outline:3px dashed {CHOSEN};outline-offset:1px" if here else None)
        )  # fmt: skip
    return row(*parts)


def _swatch(i: int, name: str) -> str:
    """A small rectangle in the order's colour and hatch."""
    box = tag("rect", width=20, height=16, fill=order_fill(i), stroke=INK)
    return tag("svg", tag("title", words(f"order {name}")), order_patterns([i]), box, aria_hidden="true",
               xmlns="http://www.w3.org/2000/svg", viewBox="0 0 20 16", width=20, height=16,
               style="display:inline-block;vertical-align:middle")  # fmt: skip


def _board(game: Game, width: float) -> str:
    """The Sites with their runs, and the places where what is in hand may be put."""
    schedule = game.schedule
    last, lanes = max((latest_end(rival.schedule) for rival in game.rivals), default=0.0), most_lanes(game.instance)
    chart = chart_of(schedule, last, lanes, width=width)
    parts = background(chart)
    parts += [_run(game, chart, Place(l, k)) for l, site in enumerate(schedule.sites) for k in range(len(site))]
    if game.hand is not None:
        parts += [_gap(game, chart, Place(l, k)) for l, site in enumerate(schedule.sites) for k in range(len(site) + 1)]
    parts += foreground(chart)
    title = f"Schedule by hand for {game.instance.name}: {tardiness_text(schedule)}"
    told = f"{tardy_orders_text(schedule)} {runs_text(schedule)}"
    return picture(width, chart.height, title, told, *parts)


def _run(game: Game, chart: Chart, place: Place) -> str:
    """The batches of a run as one thing to click."""
    site = game.sites[place.site]
    first = sum(run.batches for run in site[: place.position])
    run = site[place.position]
    batches = [b for b in chart.batches if b.site == place.site and first <= b.position < first + run.batches]
    bars = [_bar(chart, batch) for batch in batches]
    x, y = chart.x(batches[0].start), chart.tops[place.site]
    if not any("<text" in drawn for drawn in bars):  # too narrow for names: the order's name stands above
        name = fitted(order_label(run.order), 80)
        bars.append(label(x + 11 * (game.hand is not None), y - 11, name, 12, "start", font_weight="bold"))
    held = game.hand if game.hand is not None and game.hand.source == place else None
    here = game.hand is None and game.cursor == place
    if held or here:
        bars.append(tag("rect", x=x - 3, y=y - 3, width=chart.x(max(b.end for b in batches)) - x + 6,
                        height=chart.deep(place.site) + 6, rx=4, fill="none", stroke=CHOSEN, stroke_width=3,
                        stroke_dasharray=None if held else "6 4"))  # fmt: skip
    unit = game.instance.time_unit
    joins = game.hand is not None and game.hand.source != place and game.hand.order == run.order
    name = f"run {place.position + 1} of Site {place.site + 1}: order {run.order}, {run.batches} batches"
    name += f", starts after {duration(batches[0].start, unit)}" + (", in hand" if held else "")
    part = f"run-{place.site}-{place.position}"
    carried = f"{(held or run).batches} of {order_label(run.order)}"
    return touchable(part, name, *bars, data_carry=part, data_carried=carried, data_place="" if joins else None)


def _bar(chart: Chart, batch: Batch) -> str:
    """A batch; the one that completes a tardy order has a thick edge."""
    late = completes_late(chart.schedule, batch)
    edge = {"stroke": VERMILLION, "stroke_width": 3} if late else {}
    return bar(chart, batch, order_label(chart.schedule.instance.orders[batch.order].id), edge)


def _gap(game: Game, chart: Chart, gap: Place) -> str:
    """A place to put what is in hand: a plus above the line where it would go, behind the last run a wide box."""
    starts, site = chart.schedule.run_starts[gap.site], chart.schedule.sites[gap.site]
    y, here = chart.tops[gap.site], game.cursor == gap
    last = gap.position == len(site)
    x = chart.x(starts[gap.position]) if not last else _behind(chart, gap.site)
    look = {"fill": CHOSEN if here else PAPER, "stroke": CHOSEN, "stroke_width": 2}
    parts = []
    if last:
        parts.append(tag("rect", x=x, y=y - 2, width=max(chart.right - x, 24.0), height=chart.deep(gap.site) + 4,
                         fill=CHOSEN, fill_opacity=0.15 if here else 0.05, stroke=CHOSEN,
                         stroke_dasharray="5 4"))  # fmt: skip
    else:
        parts.append(tag("line", x1=x, y1=y - 4, x2=x, y2=y + chart.deep(gap.site), stroke=CHOSEN, stroke_width=2,
                         stroke_dasharray="3 3"))  # fmt: skip
    parts.append(tag("circle", cx=x, cy=y - 11, r=12, fill=PAPER, fill_opacity=0))
    parts.append(tag("circle", cx=x, cy=y - 11, r=9, **look))
    parts.append(label(x, y - 11, "+", 15, fill=PAPER if here else CHOSEN, stroke="none", font_weight="bold"))
    name = f"put it in place {gap.position + 1} of Site {gap.site + 1}"
    return touchable(f"gap-{gap.site}-{gap.position}", name, *parts, data_place="")


def _behind(chart: Chart, l: int) -> float:
    """Where a run behind all others would be drawn: after the last bar, and clear of the other places."""
    ends = [batch.end for batch in chart.batches if batch.site == l]
    return min(chart.x(max(ends)) + 12, chart.right - 24) if ends else chart.x(0)


def _verdict(game: Game) -> str:
    """The checker's words about what stands on the Sites; none while nothing does."""
    if not any(game.sites):
        return ""
    found = [violation.message for violation in check_schedule(game.instance, game.schedule)]
    if not found:
        return tag("p", words("Checker: nothing is wrong. Every batch is placed, and the score is right."))
    listed = found[:MOST_WORDS] + ([f"And {len(found) - MOST_WORDS} more."] if len(found) > MOST_WORDS else [])
    return tag("div", tag("p", words("Checker:")), tag("ul", *(tag("li", words(text)) for text in listed)))
