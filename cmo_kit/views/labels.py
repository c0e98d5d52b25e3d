"""What orders are called in a chart: their ids where these are short, and a key where they are not."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from cmo_kit.core.instance import Instance
from cmo_kit.views.fonts import can_draw
from cmo_kit.views.layout import order_label
from cmo_kit.views.words import columns, shortened

LONGEST = 12  # columns of a label; longer ids are shortened
MANY = 40  # orders; more have their numbers for labels
LONGEST_NUMBER = 5
WHOLE = 6000  # columns of a key up to which it has the ids in full
MOST_KEY_COLUMNS = 6
LONGEST_IN_KEY = 36  # columns of an id in a longer key


def order_labels(instance: Instance) -> tuple[list[str], dict[int, str]]:
    """The label of every order, and of those whose labels are not their ids a line of the key.

    Labels are ids as they are, long ones by their two ends, and numbers where there are many orders with names, or no
    font for a name.
    """
    ids = [order_label(order.id) for order in instance.orders]
    if len(ids) > MANY and max(map(columns, ids)) > LONGEST_NUMBER:
        labels = [order_label(str(number)) for number in range(1, len(ids) + 1)]
    else:
        labels = [shortened(name, LONGEST) if can_draw(name) else f"#{i}" for i, name in enumerate(ids, start=1)]
        times = Counter(labels)
        for i, label in enumerate(labels):
            if times[label] > 1 and label != ids[i]:  # both ends are those of another
                labels[i] = f"{shortened(ids[i], LONGEST - 4)}#{i + 1}"
    changed = [i for i, label in enumerate(labels) if label != ids[i]]
    if sum(columns(ids[i]) for i in changed) > WHOLE:
        ids = [shortened(name, LONGEST_IN_KEY) for name in ids]
    return labels, {i: f"{labels[i]} = {ids[i]}" for i in changed}


def key_columns(key: Sequence[str], width: int) -> list[list[str]]:
    """What labels stand for, as columns of lines that are together ``width`` columns of letters wide, or less."""
    longest = max(map(columns, key), default=0) + 3
    count = max(1, min(width // max(longest, 1), MOST_KEY_COLUMNS, len(key)))
    lines = [line for entry in key for line in wrapped(entry, width, " " * 6)] if count == 1 else list(key)
    rows = -(-len(lines) // count)
    return [lines[begin : begin + rows] for begin in range(0, len(lines), rows or 1)]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of so many columns, the later ones indented; wide letters fill them sooner."""
    return textwrap.wrap(text, max(20, width * len(text) // columns(text)), subsequent_indent=indent)
