"""An instance as the arrays that compiled code reads."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cmo_kit.core.instance import Instance


class Tables(NamedTuple):
    """Table 1's data in the layout of the kernels; times in time units.

    ``first`` (I + 1,) holds the first gene of each order, then the first Site change; ``g`` (I, I) the
    gaps of equation (6), ``same`` (I,) its diagonal ``g_ii``; ``sigma``, ``tails``, ``due`` and
    ``weight`` (I,) are ``sigma_i``, ``sum_o p_io``, ``D_i`` and ``w_i``.
    """

    first: NDArray[np.int64]
    g: NDArray[np.float64]
    same: NDArray[np.float64]
    sigma: NDArray[np.float64]
    tails: NDArray[np.float64]
    due: NDArray[np.float64]
    weight: NDArray[np.float64]


def tables(instance: Instance) -> Tables:
    """The tables of ``instance``; copies, so that the kernels may assume plain contiguous memory."""
    first = np.concatenate([[0], np.cumsum(instance.Q)]).astype(np.int64)
    floats = (instance.g, np.diag(instance.g), instance.sigma, instance.tails, instance.D, instance.w)
    return Tables(first, *(np.array(values, dtype=np.float64, order="C") for values in floats))
