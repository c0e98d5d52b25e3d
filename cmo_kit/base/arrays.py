"""What the kit's arrays hold, by name."""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.float64]
Times = NDArray[np.float64]
Integers = NDArray[np.int64]
#: 64 bits each, for sets and for random numbers.
Words = NDArray[np.uint64]
