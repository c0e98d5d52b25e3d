"""Random keys and what they mean: Section 4.1 and Figure 3.

A chromosome has one key per batch and one per Site change. Step 1 sorts the genes by key. Step 2
walks the sorted genes: a Site change means that what follows goes to the next Site; a batch joins
its order's run on the current Site, and runs stand in the order of their first batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import shown
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule, from_indices

SITE_CHANGE = -1


def check_keys_of(instance: Instance, keys: ArrayLike) -> NDArray[np.float64]:
    """``keys`` as an array of one chromosome's length, or of a population's shape (e, n).

    Raises
    ------
    InputError
        When the length is not ``sum_i Q_i + L - 1`` or a key is not a finite number in 0..1.
    """
    try:
        array = np.asarray(keys)
    except ValueError:
        raise InputError("keys is a ragged list; it must be one chromosome or a population of equal ones") from None
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2):
        raise InputError(f"keys has {array.ndim} axes of {array.dtype}; it must hold numbers, shape (n,) or (e, n)")
    values = array.astype(np.float64, copy=False)
    n = instance.key_count
    if values.shape[-1] != n:
        raise InputError(
            f"keys has {values.shape[-1]} entries; {instance.name!r} needs {n}, one per batch and one per Site change"
        )
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        place = np.argwhere(wrong)[0]
        where = "".join(f"[{k}]" for k in place)
        raise InputError(
            f"keys{where} is {shown(float(values[tuple(place)]))}; a key must be a finite number from 0 to 1"
        )
    return values


def gene_name(instance: Instance, gene: int) -> str:
    """What a gene stands for, in words: ``order 2, batch 1`` or ``Site change 1``."""
    if gene >= instance.total_batches:
        return f"Site change {gene - instance.total_batches + 1}"
    i = int(instance.gene_orders[gene])
    first = int(instance.Q[:i].sum())
    return f"order {instance.orders[i].id}, batch {gene - first + 1}"


def sort_genes(keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Step 1: the genes by ascending key; equal keys keep gene order, so a batch precedes a Site change."""
    return np.argsort(keys, kind="stable").astype(np.int64)


def decode_sites(instance: Instance, keys: NDArray[np.float64]) -> list[list[tuple[int, int]]]:
    """Steps 1 and 2: per Site the runs as (order index, batches)."""
    sites: list[dict[int, int]] = [{} for _ in range(instance.sites)]
    l = 0
    for gene in sort_genes(keys):
        i = int(instance.gene_orders[gene])
        if i == SITE_CHANGE:
            l += 1
        else:
            sites[l][i] = sites[l].get(i, 0) + 1  # a dict keeps the order of first batches
    return [list(runs.items()) for runs in sites]


def decode(instance: Instance, keys: ArrayLike) -> Schedule:
    """The schedule that a chromosome stands for.

    Parameters
    ----------
    instance : Instance
    keys : (n,) array of finite numbers in 0..1, ``n = sum_i Q_i + L - 1``
        Orders as in the instance, each with its batches; then the ``L - 1`` Site changes.

    Raises
    ------
    InputError
        For a wrong length or a key outside 0..1.
    """
    values = check_keys_of(instance, keys)
    if values.ndim != 1:
        raise InputError(f"keys has shape {values.shape}; decode takes one chromosome, shape (n,)")
    return from_indices(instance, decode_sites(instance, values))


def random_keys(instance: Instance, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """``size`` chromosomes of uniform keys in [0, 1); shape (size, n)."""
    return rng.random((size, instance.key_count))


@dataclass(frozen=True)
class TraceStep:
    """One step of decoding, as data and as one plain sentence.

    ``rule`` is ``sort``, ``site change``, ``open run`` or ``join run``; ``gene``, ``key`` and ``order``
    (an id) are None for the sort, ``order`` also for a Site change. ``sites`` holds the runs after
    the step, as (order id, batches) per Site; ``site`` and ``run``, the batch's place among the runs of its Site,
    count from 0.
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

    ``sorted_genes`` (n,) are gene indices by ascending key; ``steps[0]`` is Step 1 and the
    others are the genes of Step 2, in that order.
    """

    instance: Instance
    keys: NDArray[np.float64]
    sorted_genes: NDArray[np.int64]
    steps: Sequence[TraceStep]
    schedule: Schedule

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "instance": self.instance.name,
            "sorted_genes": self.sorted_genes.tolist(),
            "steps": [
                {
                    "number": step.number,
                    "rule": step.rule,
                    "gene": step.gene,
                    "key": step.key,
                    "order": step.order,
                    "site": step.site + 1,
                    "sentence": step.sentence,
                }
                for step in self.steps
            ],
            "schedule": self.schedule.to_dict(),
        }


def trace_decode(instance: Instance, keys: ArrayLike) -> Trace:
    """Decode one chromosome and keep every step; arguments and errors as :func:`decode`."""
    schedule = decode(instance, keys)
    values = check_keys_of(instance, keys)
    genes = sort_genes(values)
    sites: list[dict[str, int]] = [{} for _ in range(instance.sites)]

    def runs() -> tuple[tuple[tuple[str, int], ...], ...]:
        return tuple(tuple(site.items()) for site in sites)

    sentence = f"Sort the {len(genes)} genes by key; decoding starts on Site 1."
    steps = [TraceStep(0, "sort", sentence, 0, runs())]
    l = 0
    for number, gene in enumerate(genes, start=1):
        gene, i = int(gene), int(instance.gene_orders[gene])
        key = float(values[gene])
        if i == SITE_CHANGE:
            l += 1
            sentence = f"Key {key:g} is {gene_name(instance, gene)}: what follows goes to Site {l + 1}."
            steps.append(TraceStep(number, "site change", sentence, l, runs(), gene, key))
            continue
        order = instance.orders[i].id
        rule = "join run" if order in sites[l] else "open run"
        sites[l][order] = sites[l].get(order, 0) + 1
        place = list(sites[l]).index(order)
        sentence = f"Key {key:g} is {gene_name(instance, gene)}: " + (
            f"order {order} is on Site {l + 1} already, so the batch joins its run, now {sites[l][order]} batches."
            if rule == "join run"
            else f"it opens run {place + 1} of Site {l + 1}."
        )
        steps.append(TraceStep(number, rule, sentence, l, runs(), gene, key, order, place))
    return Trace(instance, values, genes, tuple(steps), schedule)
