"""A recorded run being replayed: which generation, which crossing, which gene are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cmo_kit.widgets.ga.recording import Ancestry, Making, RecordedGeneration, Recording
from cmo_kit.widgets.stage.event import Event
from cmo_kit.widgets.stage.play import Walk, walked

#: Name of a page -> its title.
PAGES = {
    "selection": "Population and wheel",
    "crossing": "Crossover and mutation",
    "best": "Best schedule",
    "ancestry": "Where its genes came from",
}
#: Key -> the button that it stands for, beside those of the player.
KEYS = {"ArrowUp": "pair-back", "ArrowDown": "pair-next", "Escape": "no-gene",
        **{str(k): f"page-{name}" for k, name in enumerate(PAGES, start=1)}}  # fmt: skip


@dataclass(frozen=True)
class Replay:
    """A recording and what of it is shown.

    ``pair`` is the crossing that leads from this generation to the next, counted from 0; ``gene`` is one of
    the final best chromosome whose way is marked, None for none.
    """

    recording: Recording
    ancestors: tuple[Ancestry, ...]
    generation: int = 0
    pair: int = 0
    gene: int | None = None
    page: str = "selection"
    playing: bool = False

    @property
    def last(self) -> int:
        """The number of the last generation."""
        return len(self.recording.generations) - 1

    @property
    def pairs(self) -> int:
        """How many crossings make a generation; in an odd population the last child's pairs with the first parent."""
        return (self.recording.size + 1) // 2

    @property
    def here(self) -> RecordedGeneration:
        """The generation that is shown."""
        return self.recording.generations[self.generation]

    @property
    def making(self) -> Making | None:
        """How the next generation is made; None in the last one."""
        return None if self.generation == self.last else self.recording.generations[self.generation + 1].making

    @property
    def hits(self) -> NDArray[np.int64]:
        """How often the wheel hit each chromosome of this generation; 0 times in the last one."""
        parents = np.zeros(0, dtype=np.int64) if self.making is None else self.making.parents
        return np.bincount(parents, minlength=self.recording.size)

    @property
    def parents(self) -> tuple[int, ...]:
        """The two chromosomes of the crossing that is shown; none in the last generation."""
        if self.making is None:
            return ()
        first = 2 * self.pair
        return int(self.making.parents[first]), int(self.making.parents[self.making.partner(first)])

    @property
    def children(self) -> tuple[int, ...]:
        """The children of the crossing that is shown, by number; of an odd population the last crossing has one."""
        first = 2 * self.pair
        return tuple(range(first, min(first + 2, self.recording.size)))

    @property
    def carrier(self) -> int | None:
        """The chromosome of this generation that carries the marked gene's key to the final best."""
        return None if self.gene is None else self.ancestors[self.gene].carrier(self.generation)


def step(state: Replay, event: Event) -> Replay:
    """The state after an event; one without meaning changes nothing, and a control without a number raises."""
    before = Walk(state.generation, state.last, state.playing)
    walk = walked(before, event, "generation")
    if walk is not None:
        return state if walk == before else replace(state, generation=walk.at, playing=walk.playing)
    if event.kind == "key":
        return _press(state, KEYS.get(str(event.value), ""))
    return _press(state, event.target) if event.kind == "click" else state


def _press(state: Replay, name: str) -> Replay:
    if name in ("pair-back", "pair-next"):
        return _beside(state, 1 if name == "pair-next" else -1)
    if name == "no-gene":
        return replace(state, gene=None)
    kind, _, rest = name.partition("-")
    if kind == "page" and rest in PAGES:
        return replace(state, page=rest)
    if kind == "gene" and rest.isdecimal() and int(rest) < len(state.ancestors):
        return replace(state, gene=None if state.gene == int(rest) else int(rest))
    if kind == "chromosome" and rest.isdecimal() and int(rest) < state.recording.size:
        return _pair_of(state, int(rest))
    return state


def _beside(state: Replay, further: int) -> Replay:
    """The crossing after or before the one that is shown; where genes are shown, the marked gene in its place."""
    if state.page == "ancestry":
        first = 0 if further > 0 else len(state.ancestors) - 1
        gene = first if state.gene is None else state.gene + further
        return replace(state, gene=min(max(gene, 0), len(state.ancestors) - 1))
    return replace(state, pair=min(max(state.pair + further, 0), state.pairs - 1), playing=False)


def _pair_of(state: Replay, chromosome: int) -> Replay:
    """The next crossing in which a chromosome of this generation is a parent, from the one that is shown on."""
    if state.making is None:
        return state
    order = (replace(state, pair=(state.pair + 1 + k) % state.pairs, playing=False) for k in range(state.pairs))
    return next((shown for shown in order if chromosome in shown.parents), replace(state, playing=False))
