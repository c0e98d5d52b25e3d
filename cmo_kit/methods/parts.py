"""The parts of a genetic algorithm: a name, or a function of one's own, which is checked when it is used first."""

from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError, raised
from cmo_kit.base.values import check_choice, shown
from cmo_kit.codings.operators import (
    each_gene_mutation,
    exchange_mutation,
    one_point_crossover,
    random_child,
    rank_selection,
    tournament_selection,
    two_point_crossover,
)
from cmo_kit.core.operators import nothing, one_gene_mutation, roulette_selection, uniform_crossover, worst_child
from cmo_kit.core.schedule import Schedule

#: The parts that have names. The paper gives a probability of mutation and says that a random gene is replaced, and
#: leaves open whose probability it is; it keeps the best chromosome and leaves open in whose place.
NAMED: dict[str, dict[str, Any]] = {
    "selection": {"roulette": roulette_selection, "tournament": tournament_selection, "rank": rank_selection},
    "crossover": {"uniform": uniform_crossover, "one_point": one_point_crossover, "two_point": two_point_crossover},
    "mutation": {"one_gene": one_gene_mutation, "each_gene": each_gene_mutation, "exchange": exchange_mutation},
    "elitism": {"replace_worst": worst_child, "replace_random": random_child, "none": None},
}
#: What a part is handed and must leave as it is: the place among its arguments.
UNTOUCHED = {"selection": 0, "elitism": 0, "evaluate": 0, "decode": 1}
CHECKED = ("selection", "crossover", "mutation", "elitism", "repair", "decode", "evaluate")


def part(chosen: object, field: str, troubles: list[str]) -> Any:
    """The function that is ``chosen`` for ``field``, by its name or a function of one's own.

    The first use of an own one is held against what the types in :mod:`cmo_kit.core.operators` say, so that a mistake
    is one sentence and not a strange result. What it raises later, and whatever a callback raises, is added to
    ``troubles`` as a sentence and ends the run as Ctrl-C does, which keeps what was found.

    Raises
    ------
    InputError
        For an unknown name; in the run, for a first use that breaks the rule.
    """
    if chosen is nothing or (callable(chosen) and chosen in NAMED.get(field, {}).values()):
        return chosen
    if not callable(chosen):
        if field in NAMED:
            return NAMED[field][check_choice(chosen, field, tuple(NAMED[field]))]
        raise InputError(f"{field} is {shown(chosen)}; it must be a function")
    checked = field not in CHECKED

    def own(*arguments: Any) -> Any:
        nonlocal checked
        if checked:
            try:
                return chosen(*arguments)
            except Exception as error:
                troubles.append(raised(field, error))
                raise KeyboardInterrupt from error
        given = arguments[UNTOUCHED.get(field, 0)].copy()
        try:
            result = chosen(*arguments)
        except Exception as error:
            raise InputError(raised(field, error)) from error
        if field in UNTOUCHED and not np.array_equal(given, arguments[UNTOUCHED[field]]):
            raise InputError(f"{field} changed the array that it was handed; it must leave it as it is")
        if complaint := _complaint(field, result, *arguments):
            raise InputError(f"{field} {complaint}")
        checked = True
        return result

    return own


def _complaint(field: str, result: Any, given: Any, *others: Any) -> str:
    """What the first use of a part breaks; empty where it keeps its rule."""
    if field in ("mutation", "repair"):
        if result is not None:
            return f"gave {_described(result)}; it must change the chromosomes in place and give nothing"
        return "" if _are_keys(given) else "left something else than keys; every key must be from 0 to 1"
    if field == "selection":
        kept = _is_array(result, others[:1], "iu") and result.min() >= 0 and result.max() < len(given)
        rule = f"an array of {others[0]} integers from 0 to {len(given) - 1}, the parents"
    elif field == "crossover":
        kept = _is_array(result, given.shape, "f") and _are_keys(result)
        rule = f"an array of shape {given.shape} of keys from 0 to 1, the children"
    elif field == "elitism":
        kept = isinstance(result, int | np.integer) and 0 <= result < len(given)
        rule = f"an integer from 0 to {len(given) - 1}, the child that gives way"
    elif field == "decode":
        kept = isinstance(result, Schedule) and not result.lacking
        rule = "a Schedule with all batches of every order"
    else:
        e = (len(given),)
        kept = isinstance(result, tuple) and len(result) == 2 and _is_array(result[0], e, "f")
        kept = kept and _is_array(result[1], e, "iu") and bool((result[0] >= 0).all())
        rule = f"two arrays of shape {e}: total tardiness as floats from 0, and an integer for each schedule"
    return "" if kept else f"gave {_described(result)}; it must give {rule}"


def _is_array(value: Any, shape: tuple[int, ...], kinds: str) -> bool:
    return isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind in kinds


def _are_keys(values: Any) -> bool:
    return values.dtype == np.float64 and bool(((values >= 0) & (values <= 1)).all())


def _described(value: Any) -> str:
    return f"an array of shape {value.shape} of {value.dtype}" if isinstance(value, np.ndarray) else shown(value)
