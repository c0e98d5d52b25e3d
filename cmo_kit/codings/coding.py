"""The two chromosomes behind one interface, so that one genetic algorithm can work on both."""

from collections.abc import Callable
from typing import NamedTuple

from cmo_kit.base.arrays import Keys
from cmo_kit.codings.compact import decode_compact
from cmo_kit.codings.initial import initial_compact_keys, initial_keys
from cmo_kit.core.chromosome import decode
from cmo_kit.core.genetic import Evaluate
from cmo_kit.core.instance import Instance
from cmo_kit.core.schedule import Schedule

CODINGS = ("compact", "batches")


class Coding(NamedTuple):
    """What a genetic algorithm needs to know of its chromosome.

    ``length`` keys each; ``evaluate`` turns a population (e, n) into total tardiness and one number per
    schedule, (e,) each; ``decode`` gives the schedule of one chromosome; ``initial`` makes chromosomes of good
    schedules to begin with.
    """

    length: int
    evaluate: Evaluate
    decode: Callable[[Keys], Schedule]
    initial: Callable[[], Keys]


def make_coding(instance: Instance, name: str) -> Coding:
    """The coding with one of the names ``CODINGS``; compiled code is loaded here."""
    if name == "batches":
        from cmo_kit.fast import compiled_evaluation

        return Coding(
            instance.key_count,
            compiled_evaluation(instance),
            lambda keys: decode(instance, keys),
            lambda: initial_keys(instance),
        )
    from cmo_kit.codings.kernels import evaluate_compact

    return Coding(
        2 * len(instance.orders),
        lambda population: evaluate_compact(instance, population),
        lambda keys: decode_compact(instance, keys),
        lambda: initial_compact_keys(instance),
    )
