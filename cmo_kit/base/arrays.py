"""What the kit's arrays hold, by name."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.float64]
Times = NDArray[np.float64]
Integers = NDArray[np.int64]
#: 64 bits each, for sets and for random numbers.
Words = NDArray[np.uint64]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The array for somebody who must not write into it."""
    view = array.view()
    view.flags.writeable = False
    return view
