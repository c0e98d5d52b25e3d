"""What the decode explorer shows, and what each thing that the reader does makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cmo_kit.core.instance import Instance
from cmo_kit.core.trace import Trace, TraceStep, trace_decode
from cmo_kit.widgets.stage.event import Event
from cmo_kit.widgets.stage.play import Walk, stopped, walked

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
    code : bool
        Whether the decoder's lines, and the Sites as they fill, are shown.
    """

    instance: Instance
    keys: tuple[float, ...]
    first_keys: tuple[float, ...]
    step: int = 0
    playing: bool = False
    code: bool = True

    @property
    def walk(self) -> Walk:
        """Where the decoding stands."""
        return Walk(self.step, len(self.keys), self.playing)

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
    part = PART.fullmatch(event.target)
    gene = int(part.group(1)) if part and int(part.group(1)) < len(state.keys) else None
    handle = gene if event.target.startswith("key-") else None
    if event.kind in ("drag", "drop") and gene is not None:
        return with_key(state, gene, event.number)
    if event.kind == "set" and event.target == "key" and state.gene is not None:
        return with_key(state, state.gene, event.number)
    if event.kind == "click" and gene is not None:
        return at_step(state, state.ranks()[gene])
    if event.kind == "click" and event.target == "reset":
        return replace(state, keys=state.first_keys, step=0, playing=False)
    if event.kind == "click" and event.target == "code":
        return _same_keys(state, code=not state.code)
    if event.kind == "key" and (moved := _moved(state, str(event.value), handle)) is not None:
        return moved
    walk = walked(state.walk, event, "step")
    if walk is None or walk == state.walk:
        return state
    return _same_keys(state, step=walk.at, playing=walk.playing)


def at_step(state: DecodeState, step: int) -> DecodeState:
    """The same chromosome at another step, standing still."""
    return _same_keys(state, step=stopped(state.walk, step).at, playing=False)


def with_key(state: DecodeState, gene: int, key: float) -> DecodeState:
    """The chromosome with one key changed, to hundredths, at the step in which that gene is now walked."""
    value = round(min(max(key, 0.0), 1.0), 2)
    keys = (*state.keys[:gene], value, *state.keys[gene + 1 :])
    return at_step(changed := replace(state, keys=keys), changed.ranks()[gene])


def _same_keys(state: DecodeState, **changes: Any) -> DecodeState:
    """The state with changes that leave its decoding as it is, which is not done again."""
    changed = replace(state, **changes)
    vars(changed)["trace"] = state.trace
    return changed


def _moved(state: DecodeState, name: str, handle: int | None) -> DecodeState | None:
    """The chosen gene's key moved by a key of the keyboard; on a handle of the number line, that one's."""
    moves = MOVES | ({"ArrowRight": 0.01, "ArrowLeft": -0.01} if handle is not None else {})
    gene = handle if handle is not None else state.gene
    if name in moves and gene is not None:
        return with_key(state, gene, state.keys[gene] + moves[name])
    if handle is not None and name in ("Home", "End"):
        return with_key(state, handle, 0.0 if name == "Home" else 1.0)
    return None
