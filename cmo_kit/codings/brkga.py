"""A biased random-key genetic algorithm on the paper's chromosome or on the compact one.

After Goncalves & Resende 2011 (doi:10.1007/s10732-010-9143-1). Each generation keeps an elite unchanged,
adds a few new random chromosomes (mutants), and fills up with children of one elite and one other parent;
each key comes from the elite parent with a probability above one half. The paper's algorithm has no
elite, no mutants, and takes each key from either parent alike.
"""

from functools import cache, partial

import numpy as np

from cmo_kit.base.arrays import Keys
from cmo_kit.base.errors import InputError
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.base.values import check_choice, check_flag, check_integer, check_number
from cmo_kit.codings.compact import decode_compact
from cmo_kit.codings.initial import initial_compact_keys, initial_keys
from cmo_kit.core.chromosome import decode
from cmo_kit.core.genetic import Evaluate, default_population_size
from cmo_kit.core.instance import Instance, Order
from cmo_kit.core.outcome import Outcome
from cmo_kit.formats.history import History, HistoryRow, history_row


def next_generation(ranked: Keys, elite: int, mutants: int, bias: float, rng: np.random.Generator) -> Keys:
    """Mutants, then children, (e - elite, n), to stand behind the elite: the first rows of ``ranked`` (e, n)."""
    e, n = ranked.shape
    children = e - elite - mutants
    first = ranked[rng.integers(elite, size=children)]
    second = ranked[rng.integers(elite, e, size=children)]
    crossed = np.where(rng.random((children, n)) < bias, first, second)
    return np.concatenate([rng.random((mutants, n)), crossed])


def brkga(
    instance: Instance,
    rng: np.random.Generator,
    *,
    seconds: float | None = 3600,
    evaluations: int | None = None,
    progress: Progress | None = None,
    coding: str = "compact",
    population_size: int | None = None,
    elite: float = 0.2,
    mutants: float = 0.15,
    bias: float = 0.7,
    seeded: bool = False,
    canonical_elite: bool = False,
    patience: int | None = 100,
    generations: int | None = None,
    target: float = 0,
) -> Outcome:
    """Run a biased random-key genetic algorithm.

    Parameters
    ----------
    instance : Instance
    rng : numpy.random.Generator
    seconds, evaluations, generations, patience, target : optional
        Ends, as for the paper's algorithm; an evaluation is one decoding.
    progress : callable, optional
        Called after every generation with (best, evaluations, seconds).
    coding : {"compact", "batches"}
        Two keys per order (:mod:`cmo_kit.codings.compact`), or the paper's chromosome.
    population_size : int, optional
        At least 4; the paper's 100, 200 or 300 by default.
    elite, mutants : float
        Parts of the population; at least one chromosome is elite and at least two are not.
    bias : float
        Probability that a key comes from the elite parent, 0.5 to 1.
    seeded : bool
        Begin with the schedules of :mod:`cmo_kit.codings.initial` in front of random keys.
    canonical_elite : bool
        Rewrite every new elite chromosome of the paper's coding as its schedule's canonical code.

    Returns
    -------
    Outcome
        With the history by generation, the initial population first.

    Raises
    ------
    InputError
        For a parameter that breaks its rule.

    Examples
    --------
    >>> brkga(load_instance("fig3"), np.random.default_rng(1), generations=20).schedule.total_tardiness  # days
    4.0
    """
    limits = Limits(seconds, evaluations, patience, target, generations)
    e = default_population_size(instance) if population_size is None else population_size
    e = check_integer(e, "population_size", 4, 1_000_000)
    check_choice(coding, "coding", ("compact", "batches"))
    check_number(elite, "elite", 0, 1)
    check_number(mutants, "mutants", 0, 1)
    check_number(bias, "bias", 0.5, 1)
    if check_flag(canonical_elite, "canonical_elite") and coding != "batches":
        raise InputError("canonical_elite is true; it must be false with the compact coding, which has no other codes")
    kept = min(max(1, round(elite * e)), e - 2)
    new = min(round(mutants * e), e - kept)
    from cmo_kit.codings.kernels import evaluate_compact, recode
    from cmo_kit.fast import compiled_evaluation

    if coding == "compact":
        length, initial, decoded = 2 * len(instance.orders), initial_compact_keys, decode_compact
        evaluate: Evaluate = partial(evaluate_compact, instance)
    else:
        length, initial, decoded = instance.key_count, initial_keys, decode
        evaluate = compiled_evaluation(instance)
    children = rng.random((e, length))
    check_flag(seeded, "seeded")
    best, least, spent, status, rows = children[0], np.inf, 0, "feasible", list[HistoryRow]()
    keys, tardiness, schedules = children[:0], np.empty(0), np.empty(0, np.uint64)  # ranked
    try:
        if seeded:
            given = initial(instance)[:e]
            children[: len(given)] = given
        while not (rows and limits.reached(spent)):
            if rows:
                children = next_generation(keys, kept, new, bias, rng)
            children = children[: limits.left(spent)]
            totals, numbers = evaluate(children)
            spent += len(children)
            tardiness = np.concatenate([tardiness[:kept], totals])
            order = np.argsort(tardiness, kind="stable")
            tardiness, keys = tardiness[order], np.concatenate([keys[:kept], children])[order]
            schedules = np.concatenate([schedules[:kept], numbers])[order]
            if tardiness[0] < least:
                best, least = keys[0].copy(), float(tardiness[0])
            if canonical_elite:
                fresh = np.flatnonzero(order[:kept] >= (kept if rows else 0))
                codes = keys[fresh]
                recode(instance, codes)
                keys[fresh] = codes
            rows.append(history_row(least, tardiness, schedules, spent, limits.elapsed))
            limits.round_ends(least)
            if progress is not None:
                progress(least, spent, limits.elapsed)
    except KeyboardInterrupt:
        status = "stopped"
    schedule = decoded(instance, best)
    return Outcome(
        schedule,
        "optimal" if schedule.total_tardiness == 0 else status,
        evaluations=spent,
        history=History.from_rows(rows),
        details={"keys": best, "population_size": e},
    )


@cache
def warm_up() -> None:
    """Load, or compile, what :func:`brkga` needs, so that no clock has to count it."""
    instance = Instance("warm", 1, (Order("1", 1, 0, (1,)),), ((0,),), operations=("one",))
    for coding in ("compact", "batches"):
        recoded = coding == "batches"
        brkga(instance, np.random.default_rng(0), evaluations=1, coding=coding, seeded=True, canonical_elite=recoded)
