"""A sorting network: a fixed list of comparisons that sorts whatever it is given.

Insertion sort decides by the numbers themselves what to do next, so sixteen chromosomes would need
sixteen different programs. A network makes the same comparisons for all of them.
"""

import numpy as np
from numpy.typing import NDArray


def sorting_network(length: int) -> NDArray[np.int64]:
    """Batcher's odd-even merge sort of ``length`` numbers.

    Returns
    -------
    (comparisons, 2) array
        Places ``a < b``; after each comparison the lesser number stands at ``a``. There are about
        ``length (log2 length)^2 / 4`` of them.
    """
    pairs: list[tuple[int, int]] = []
    merged = 1  # numbers in each half of a merge
    while merged < length:
        distance = merged
        while distance >= 1:
            for begin in range(distance % merged, length - distance, 2 * distance):
                for a in range(begin, min(begin + distance, length - distance)):
                    b = a + distance
                    if a // (2 * merged) == b // (2 * merged):  # within one merge
                        pairs.append((a, b))
            distance //= 2
        merged *= 2
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
