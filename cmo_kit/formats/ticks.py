"""Times are decimals that people type: exact multiples of a step, counted in whole ticks.

Doubles hold 0.1 and 0.3 only nearly, so sums of them miss a due date by 1e-16 on the very morning. Counted in ticks of
a tenth, both are whole numbers, which doubles add without an error up to 2^53. So every time of an instance is read as
the decimal that it is written as, the least step is found of which all of them are multiples, and all arithmetic is
done in ticks of that step. Where times are so long and so finely divided that their sum in ticks exceeds 2^52, the step
is the smallest power of ten that fits, and times are rounded to it.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Doubles add whole numbers up to twice this without an error.
MOST_TICKS = 2**52
#: No double needs more decimals than this to be told from its neighbours, if it is not below 0.1.
MOST_DECIMALS = 15


class Ticks(NamedTuple):
    """How finely numbers are divided: ``per_unit`` ticks are 1; ``exact`` says whether all numbers are whole then."""

    per_unit: int
    exact: bool

    def whole(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``values`` in ticks, as whole numbers."""
        return np.rint(values * self.per_unit)


def ticks_of(values: NDArray[np.float64], largest: float) -> Ticks:
    """The fewest ticks a unit in which all ``values`` are whole, as decimals, and ``largest`` has at most 2^52 ticks.

    A decimal of ``m`` places is the double nearest to ``k / 10^m`` for a whole ``k``: the division rounds correctly, so
    that equality decides.
    """
    if bool((values == np.rint(values)).all()):
        return Ticks(1, True)
    for decimals in range(1, MOST_DECIMALS + 1):
        per_unit = 10**decimals
        if largest * per_unit > MOST_TICKS:
            return Ticks(per_unit // 10, False)
        scaled = np.rint(values * per_unit)
        if bool((scaled / per_unit == values).all()):
            common = math.gcd(per_unit, int(np.gcd.reduce(scaled.astype(np.int64))))
            return Ticks(per_unit // common, True)
    return Ticks(10**MOST_DECIMALS, False)
