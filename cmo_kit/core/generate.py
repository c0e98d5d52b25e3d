"""Random problems of the three sizes of Table 2.

The paper's times and due dates are not published. The defaults come near what its Table 4 betrays of them: the mean
tardiness of the Expert Heuristic and of the genetic algorithm on all three sets (``make calibrate`` measures it). Due
dates come from one range whatever the set, because the Expert's mean tardiness on the three fits one mean slack.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_integer, shown
from cmo_kit.core.instance import CleaningTimes, Instance, Order
from cmo_kit.formats.generator import GeneratorParameters, Range
from cmo_kit.formats.instance import DEFAULT_OPERATIONS

SETS = {
    "small": GeneratorParameters(orders=30, sites=3, batches=(1, 5)),
    "medium": GeneratorParameters(orders=50, sites=5, batches=(1, 10)),
    "large": GeneratorParameters(orders=100, sites=10, batches=(1, 20)),
}


def generate_instance(test_set: str, seed: int, **changes: Any) -> Instance:
    """Draw a random problem, in whole days.

    Parameters
    ----------
    test_set : {"small", "medium", "large"}
        A row of Table 2.
    seed : int
        The same seed and changes give the same instance.
    **changes
        Other values for fields of :class:`GeneratorParameters`, and ``name``.

    Returns
    -------
    Instance

    Raises
    ------
    InputError
        For an unknown set or field, or a value that breaks a rule.

    Examples
    --------
    >>> generate_instance("small", seed=1, orders=4)
    Instance('small-1': 4 orders, 15 batches, 3 Sites)
    """
    if not isinstance(test_set, str) or test_set not in SETS:
        raise InputError(f"the set is {shown(test_set)}; it must be one of {', '.join(SETS)}")
    seed = check_integer(seed, "seed", 0)
    name = changes.pop("name", f"{test_set}-{seed}")
    known = [field.name for field in fields(GeneratorParameters)]
    for key in changes:
        if key not in known:
            raise InputError(f"{key!r} is no parameter of the generator; they are {', '.join(known)}")
    parameters = replace(SETS[test_set], **changes)
    rng = np.random.default_rng(seed)

    def table(ranges: tuple[Range, ...]) -> list[list[int]]:
        columns = [rng.integers(low, high, size=parameters.orders, endpoint=True) for low, high in ranges]
        rows: list[list[int]] = np.stack(columns, axis=1).tolist()
        return rows

    batches = rng.integers(*parameters.batches, size=parameters.orders, endpoint=True).tolist()
    processing, same_order, change = (table(getattr(parameters, key)) for key in ("processing", "same_order", "change"))
    due_dates = rng.integers(*parameters.due_date, size=parameters.orders, endpoint=True).tolist()
    orders = tuple(Order(str(i + 1), batches[i], due_dates[i], tuple(processing[i])) for i in range(parameters.orders))
    operations: tuple[str, ...] = DEFAULT_OPERATIONS
    if len(parameters.processing) != len(DEFAULT_OPERATIONS):
        operations = tuple(f"operation {o + 1}" for o in range(len(parameters.processing)))
    return Instance(
        name=name,
        sites=parameters.sites,
        orders=orders,
        setup=CleaningTimes(tuple(map(tuple, same_order)), tuple(map(tuple, change))),
        operations=operations,
        source="generated; the paper's data are not published",
        generator={"parameters": {"set": test_set, **parameters.to_dict()}, "seed": seed},
    )
