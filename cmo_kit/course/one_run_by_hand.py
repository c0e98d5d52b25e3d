"""One run per order and Site, or several: the best of both on tiny instances, and how often it matters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.core.chromosome import SITE_CHANGE
from cmo_kit.core.generate import generate_instance
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.core.model import runs_of
from cmo_kit.core.schedule import Schedule, from_indices
from cmo_kit.course.redundancy import MOST_GENES

Word = tuple[int, ...]


def merged(word: Word) -> Word:
    """The batches of one Site moved to their order's first batch there, as the decoder does."""
    return tuple(i for i in dict.fromkeys(word) for _ in range(word.count(i)))


def best_of_all(instance: Instance, rule: Callable[[Word], Word] = lambda word: word) -> Schedule:
    """The best schedule over all sequences of batches on all Sites, each Site's sequence changed by ``rule``.

    With :func:`merged` it is the best with one run per order and Site, without a rule the best of all.

    Raises :class:`InputError` for an instance whose sequences are too many to try.
    """
    if instance.key_count > MOST_GENES:
        raise InputError(f"{instance.name!r} has {instance.key_count} genes; all are tried for at most {MOST_GENES}")
    best: Schedule | None = None
    for word in sorted(set(permutations(instance.gene_orders.tolist()))):
        schedule = from_indices(instance, [runs_of(rule(site)) for site in cut(word)])
        if best is None or schedule.total_tardiness < best.total_tardiness:
            best = schedule
    assert best is not None
    return best


def cut(word: Word) -> list[Word]:
    """A word cut into one word per Site at its Site changes."""
    sites: list[list[int]] = [[]]
    for symbol in word:
        if symbol == SITE_CHANGE:
            sites.append([])
        else:
            sites[-1].append(symbol)
    return [tuple(site) for site in sites]


def failure_sentence(instance: Instance) -> str:
    """Where the one-run condition fails most, with its numbers, or that it holds."""
    failure = instance.one_run_failure
    if failure is None:
        return f"{instance.name}: the condition holds, one run per order and Site is enough."
    i, y, b, sigma = failure.i, failure.y, instance.b, instance.sigma
    name = [order.id for order in instance.orders]
    if failure.x is not None:
        x = failure.x
        left = f"b({name[x]},{name[y]}) + b({name[i]},{name[i]})"
        right = f"b({name[x]},{name[i]}) + b({name[i]},{name[y]})"
        values = f"{b[x, y]:g} + {b[i, i]:g} is above {b[x, i]:g} + {b[i, y]:g}"
    else:
        left = f"max(0, sigma({name[y]}) - sigma({name[i]})) + b({name[i]},{name[i]})"
        right = f"b({name[i]},{name[y]})"
        values = f"{max(0.0, sigma[y] - sigma[i]):g} + {b[i, i]:g} is above {b[i, y]:g}"
    return f"{instance.name}: the condition fails: {left} must not exceed {right}, but {values}."


def share_with_condition(change: int, problems: int) -> float:
    """Share of generated Small problems that fulfil it; a change takes ``change`` to ``change + 2`` days' cleaning."""
    one = (change, change + 2)
    instances = [generate_instance("small", seed, change=((0, 0), one, one)) for seed in range(1, problems + 1)]
    return sum(instance.one_run_failure is None for instance in instances) / problems


@dataclass(frozen=True)
class SplitCounts:
    """Of ``problems`` random ones, how many break the condition, how many have a better split schedule, by how much."""

    problems: int
    broken: int
    better: int
    most: float


def random_pipelines(problems: int, seed: int) -> Iterator[Instance]:
    """Tiny random pipelines on one Site: three orders of 1 or 2 batches, processing times of 2 to 12 days.

    Cleaning takes 2 days within an order and 6 at a change, on all equipment but the first.
    """
    rng = np.random.default_rng(seed)
    cleaning = CleaningTimes(((1, 2, 2),) * 3, ((1, 6, 6),) * 3)
    for number in range(problems):
        orders = tuple(
            Order(str(k), int(rng.integers(1, 3)), int(rng.integers(15, 60)), tuple(rng.integers(2, 13, 3).tolist()))
            for k in range(1, 4)
        )
        yield Instance(f"random {number}", 1, orders, cleaning)


def count_splits(problems: int, seed: int) -> SplitCounts:
    """How many of the :func:`random_pipelines` break the condition, and how many gain by split runs."""
    broken, better, most = 0, 0, 0.0
    for instance in random_pipelines(problems, seed):
        gain = best_of_all(instance, merged).total_tardiness - best_of_all(instance).total_tardiness
        broken += instance.one_run_failure is not None
        better += gain > 0
        most = max(most, gain)
    return SplitCounts(problems, broken, better, most)
