"""What the paper prints and the pictures need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cmo_kit.base.errors import InputError, about
from cmo_kit.base.jsonfile import read_json
from cmo_kit.base.values import check_integer
from cmo_kit.core.chromosome import check_keys_of, random_keys
from cmo_kit.core.instance import Instance

#: The chromosome of Figure 3: orders 1 to 4 with 3, 3, 3 and 2 batches, then two Site changes.
FIGURE_3_KEYS = (0.29, 0.62, 0.98, 0.11, 0.44, 0.30, 0.78, 0.84, 0.23, 0.38, 0.99, 0.59, 0.17)


def example_keys(instance: Instance, keys_file: str = "", seed: int = 1) -> NDArray[np.float64]:
    """One chromosome to look at; shape (n,).

    Parameters
    ----------
    instance : Instance
    keys_file : str
        A JSON array with one key per gene. Without it: Figure 3's keys for an instance of Figure 3's
        shape, uniform random keys of two decimals for any other.
    seed : int
        Of the random keys.

    Returns
    -------
    (n,) float64

    Raises
    ------
    InputError
        When the file cannot be read or does not fit the instance.

    Examples
    --------
    >>> example_keys(load_instance("tiny-one-site"), seed=1)
    array([0.51, 0.95, 0.14, 0.95, 0.31])
    """
    check_integer(seed, "seed", 0)
    if keys_file:
        found = read_json(keys_file)
        with about(keys_file):
            read = check_keys_of(instance, found)
        if read.ndim != 1:
            raise InputError(f"{keys_file}: keys has shape {read.shape}; it must hold one chromosome, shape (n,)")
        return read.copy()
    if instance.Q.tolist() == [3, 3, 3, 2] and instance.sites == 3:
        return np.array(FIGURE_3_KEYS)
    keys: NDArray[np.float64] = random_keys(instance, 1, np.random.default_rng(seed))[0].round(2)
    return keys
