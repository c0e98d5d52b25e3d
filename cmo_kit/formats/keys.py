"""Chromosomes as they come from outside: arrays and JSON lists of random keys."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmo_kit.base.errors import InputError
from cmo_kit.base.values import check_number, shown
from cmo_kit.formats.instance import InstanceData


def check_keys_of(instance: InstanceData, keys: ArrayLike) -> NDArray[np.float64]:
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
    if array.dtype == object and array.ndim == 1:  # None, or an integer that numpy does not hold
        array = np.array([check_number(value, f"keys[{k}]", 0, 1) for k, value in enumerate(array)])
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2):
        raise InputError(f"keys has {array.ndim} axes of {array.dtype}; it must hold numbers, shape (n,) or (e, n)")
    values = array.astype(np.float64, copy=False)
    if values.shape[-1] != (n := instance.key_count):
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
