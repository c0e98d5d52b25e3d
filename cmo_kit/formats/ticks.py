"""Times are numbers that people type: exact multiples of a step, counted in whole ticks.

Doubles hold 0.1 and 0.3 only nearly, so sums of them miss a due date by 1e-16 on the very morning. Counted in ticks of
a tenth, both are whole numbers, which doubles add without an error up to 2^53. So every time of an instance is read as
the decimal, or the fraction such as a third or a 24th, whose nearest double it is; the coarsest step is found of which
all of them are multiples; and all arithmetic is done in ticks of that step. Where times are so long and so finely
divided that their sum exceeds 2^52 ticks, the step is the smallest power of ten that fits, and times are rounded to it.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Doubles add whole numbers up to twice this without an error.
MOST_TICKS = 2**52
#: Parts of a unit that are tried, the coarsest first: small fractions, minutes and seconds of a day, decimals.
PARTS = sorted({*range(2, 121), 1440, 86_400, *(10**decimals for decimals in range(3, 16))})


class Ticks(NamedTuple):
    """How finely numbers are divided: ``per_unit`` ticks are 1; ``exact`` says whether all numbers are whole then."""

    per_unit: int
    exact: bool

    def whole(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``values`` in ticks, as whole numbers."""
        return np.rint(values * self.per_unit)


def ticks_of(values: NDArray[np.float64], largest: float) -> Ticks:
    """The fewest ticks a unit, of :data:`PARTS`, in which all ``values`` are whole and ``largest`` is at most 2^52.

    A number is the double nearest to ``k / d`` for a whole ``k`` if dividing gives it: division rounds correctly.
    """
    distinct = np.unique(values)
    fitting = [1] + [parts for parts in PARTS if largest * parts <= MOST_TICKS]
    for per_unit in fitting:
        if bool((np.rint(distinct * per_unit) / per_unit == distinct).all()):
            return Ticks(per_unit, True)
    return Ticks(max((parts for parts in fitting if math.log10(parts).is_integer()), default=1), False)
