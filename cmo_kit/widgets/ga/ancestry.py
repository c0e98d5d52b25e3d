"""Where each gene of the final best chromosome came from."""

from __future__ import annotations

from dataclasses import dataclass

from cmo_kit.widgets.ga.recording import Recording


@dataclass(frozen=True)
class Ancestry:
    """The way of one gene's key through a run.

    ``generation`` and ``chromosome`` are where the key first appeared: in the first population (``mutation``
    False), or by a mutation. ``path`` holds for every generation from there to that in which the final best was
    met the chromosome that carried it.
    """

    gene: int
    key: float
    generation: int
    chromosome: int
    mutation: bool
    path: tuple[int, ...]

    def carrier(self, generation: int) -> int | None:
        """The chromosome on the way to the final best that carries the key in a generation, None outside the way."""
        at = generation - self.generation
        return self.path[at] if 0 <= at < len(self.path) else None


def ancestry(recording: Recording) -> tuple[Ancestry, ...]:
    """Follow every gene of the final best chromosome back to its origin, one entry a gene."""
    last = recording.generations[-1]
    return tuple(_follow(recording, gene, last.best_generation, last.best_child) for gene in range(len(last.best)))


def _follow(recording: Recording, gene: int, g: int, k: int) -> Ancestry:
    """Walk from child ``k`` of generation ``g`` to the place where its key of ``gene`` was drawn."""
    key, path = float(recording.generations[g].best[gene]), [k]
    while (making := recording.generations[g].making) is not None and making.mutated[k] != gene:
        place = making.partner(k) if making.exchanged[k, gene] else k
        g, parent = g - 1, int(making.parents[place])
        g, k = _unreplaced(recording, g, parent, path)
        path.append(k)
    return Ancestry(gene, key, g, k, making is not None, tuple(reversed(path)))


def _unreplaced(recording: Recording, g: int, parent: int, path: list[int]) -> tuple[int, int]:
    """Where a parent was made; one in the place of the worst is the best so far and comes from an earlier generation.

    The places where it was carried are added to ``path``.
    """
    here = recording.generations[g]
    if parent != here.replaced:
        return g, parent
    while g > here.best_generation:
        assert here.replaced is not None
        path.append(here.replaced)
        g -= 1
        here = recording.generations[g]
    return g, here.best_child
