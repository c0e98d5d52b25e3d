"""Decoding step by step, as Figure 3 shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.language import spoken
from cmo_kit.core.chromosome import SITE_CHANGE, check_keys_of, decode, gene_name, sort_genes
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule


@dataclass(frozen=True)
class TraceStep:
    """One step of decoding, as data and as one plain sentence.

    ``rule`` is ``sort``, ``site change``, ``open run`` or ``join run``; what does not belong to it is None. ``sites``
    holds the runs after the step, as (order id, batches) per Site; ``site`` and ``run``, the batch's place among the
    runs of its Site, count from 0.
    """

    number: int
    rule: str
    sentence: str
    site: int
    sites: tuple[tuple[tuple[str, int], ...], ...]
    gene: int | None = None
    key: float | None = None
    order: str | None = None
    run: int | None = None


@dataclass(frozen=True)
class Trace:
    """Decoding as it happens: the sorted genes, every step, the schedule.

    ``keys`` and ``sorted_genes`` (gene indices by ascending key) have the shape (n,); ``steps[0]`` is Step 1 of
    Section 4.1, the others are Step 2, gene by gene; ``schedule`` is that of ``instance``.

    Examples
    --------
    >>> trace_decode(load_instance("tiny-one-site"), [0.4, 0.9, 0.1, 0.5, 0.3]).sorted_genes
    array([2, 4, 0, 3, 1])
    """

    instance: Instance
    keys: NDArray[np.float64]
    sorted_genes: NDArray[np.int64]
    steps: Sequence[TraceStep]
    schedule: Schedule

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        names = ("number", "rule", "gene", "key", "order", "site", "sentence")
        steps = [{name: getattr(step, name) for name in names} | {"site": step.site + 1} for step in self.steps]
        told = {"instance": self.instance.name, "sorted_genes": self.sorted_genes.tolist(), "steps": steps}
        return told | {"schedule": self.schedule.to_dict()}


def trace_decode(instance: Instance, keys: ArrayLike) -> Trace:
    """Decode ``keys`` (n,) of ``instance`` and keep every step (Section 4.1); arguments and errors as :func:`decode`.

    Returns
    -------
    Trace

    Examples
    --------
    >>> print(trace_decode(load_instance("tiny-one-site"), [0.4, 0.9, 0.1, 0.5, 0.3]).steps[1].sentence)
    Key 0.1 is order 2, batch 1: it opens run 1 of Site 1.
    """
    schedule = decode(instance, keys)
    values = check_keys_of(instance, keys)
    genes = sort_genes(values)
    sites: list[dict[str, int]] = [{} for _ in range(instance.sites)]

    def runs() -> tuple[tuple[tuple[str, int], ...], ...]:
        return tuple(tuple(site.items()) for site in sites)

    sentence = spoken(f"Sort the {len(genes)} genes by key; decoding starts on Site 1.")
    steps = [TraceStep(0, "sort", sentence, 0, runs())]
    l = 0
    for number, gene in enumerate(genes, start=1):
        gene, i = int(gene), int(instance.gene_orders[gene])
        key = float(values[gene])
        if i == SITE_CHANGE:
            l += 1
            sentence = spoken(f"Key {key:g} is {gene_name(instance, gene)}: what follows goes to Site {l + 1}.")
            steps.append(TraceStep(number, "site change", sentence, l, runs(), gene, key))
            continue
        order = instance.orders[i].id
        rule = "join run" if order in sites[l] else "open run"
        sites[l][order] = sites[l].get(order, 0) + 1
        place = list(sites[l]).index(order)
        what = (
            f"order {order} is on Site {l + 1} already, so the batch joins its run, now {sites[l][order]} batches."
            if rule == "join run"
            else f"it opens run {place + 1} of Site {l + 1}."
        )
        sentence = spoken(f"Key {key:g} is {gene_name(instance, gene)}: {what}")
        steps.append(TraceStep(number, rule, sentence, l, runs(), gene, key, order, place))
    return Trace(instance, values, genes, tuple(steps), schedule)
