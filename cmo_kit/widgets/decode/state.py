"""What the decode explorer shows, and what each thing that the reader does makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from cmo_kit.core.instance import Instance
from cmo_kit.core.trace import Trace, TraceStep, trace_decode
from cmo_kit.widgets.stage.event import Event

#: Keys on the keyboard -> how far they move the chosen gene's key.
MOVES = {"ArrowUp": 0.01, "ArrowDown": -0.01, "PageUp": 0.1, "PageDown": -0.1}
#: Names of everything in the picture that stands for a gene: ``gene-3`` and so on.
PART = re.compile(r"(?:key|gene|sorted|place|bar)-(\d+)")


@dataclass(frozen=True)
class DecodeState:
    """A chromosome and a step of its decoding.

    The gene of the step is the *chosen* one: what is said, lit and edited is always about it.

    Attributes
    ----------
    instance : Instance
    keys : tuple of n floats in 0..1
    first_keys : tuple of n floats
        What the reader began with.
    step : int
        0 is the sort; ``k`` has walked ``k`` sorted genes.
    playing : bool
    """

    instance: Instance
    keys: tuple[float, ...]
    first_keys: tuple[float, ...]
    step: int = 0
    playing: bool = False

    @cached_property
    def trace(self) -> Trace:
        """Every step of decoding the present keys."""
        return trace_decode(self.instance, self.keys)

    @property
    def current(self) -> TraceStep:
        """The step that is shown."""
        return self.trace.steps[self.step]

    @property
    def gene(self) -> int | None:
        """The chosen gene; None before the first one is walked."""
        return self.current.gene

    def ranks(self) -> dict[int, int]:
        """The step in which each gene is walked."""
        return {int(gene): rank for rank, gene in enumerate(self.trace.sorted_genes, start=1)}

    def bar_genes(self) -> dict[tuple[int, int], int]:
        """The gene behind every batch of the schedule, by Site and position, both from 0.

        A run's batches are alike; they belong to its genes in the sequence in which these joined it.
        """
        members: dict[tuple[int, str], list[int]] = {}
        for step in self.trace.steps:
            if step.gene is not None and step.order is not None:
                members.setdefault((step.site, step.order), []).append(step.gene)
        found = {}
        for l, site in enumerate(self.trace.schedule.sites):
            genes = [gene for run in site for gene in members[l, run.order]]
            found.update({(l, t): gene for t, gene in enumerate(genes)})
        return found


def step(state: DecodeState, event: Event) -> DecodeState:
    """The next state of the explorer; raises :class:`InputError` when a control holds no number."""
    last = len(state.keys)
    if event.kind == "tick":
        step = min(state.step + 1, last)
        return replace(state, step=step, playing=step < last) if state.playing else state
    part = PART.fullmatch(event.target)
    gene = int(part.group(1)) if part and int(part.group(1)) < last else None
    if event.kind in ("drag", "drop") and gene is not None:
        return with_key(state, gene, event.number)
    if event.kind == "set" and event.target == "step":
        return at_step(state, round(event.number))
    if event.kind == "set" and event.target == "key" and state.gene is not None:
        return with_key(state, state.gene, event.number)
    if event.kind == "click":
        return at_step(state, state.ranks()[gene]) if gene is not None else _press(state, event.target)
    if event.kind == "key":
        return _type(state, str(event.value), gene if event.target.startswith("key-") else None)
    return state


def at_step(state: DecodeState, step: int) -> DecodeState:
    """The same chromosome at another step, standing still."""
    return replace(state, step=min(max(step, 0), len(state.keys)), playing=False)


def with_key(state: DecodeState, gene: int, key: float) -> DecodeState:
    """The chromosome with one key changed, to hundredths, at the step in which that gene is now walked."""
    value = round(min(max(key, 0.0), 1.0), 2)
    keys = (*state.keys[:gene], value, *state.keys[gene + 1 :])
    changed = replace(state, keys=keys, playing=False)
    return replace(changed, step=changed.ranks()[gene])


def _press(state: DecodeState, name: str) -> DecodeState:
    last = len(state.keys)
    if name == "play":
        return replace(state, step=0 if state.step == last else state.step, playing=not state.playing)
    if name == "reset":
        return replace(state, keys=state.first_keys, step=0, playing=False)
    steps = {"first": 0, "back": state.step - 1, "next": state.step + 1, "last": last}
    return at_step(state, steps[name]) if name in steps else state


def _type(state: DecodeState, name: str, handle: int | None) -> DecodeState:
    """A key of the keyboard: on a handle of the number line it moves that handle, elsewhere it walks the steps."""
    moves = MOVES | ({"ArrowRight": 0.01, "ArrowLeft": -0.01} if handle is not None else {})
    gene = handle if handle is not None else state.gene
    if name in moves and gene is not None:
        return with_key(state, gene, state.keys[gene] + moves[name])
    if handle is not None and name in ("Home", "End"):
        return with_key(state, handle, 0.0 if name == "Home" else 1.0)
    buttons = {"ArrowLeft": "back", "ArrowRight": "next", "Home": "first", "End": "last", "Space": "play"}
    return _press(state, buttons.get(name, ""))
