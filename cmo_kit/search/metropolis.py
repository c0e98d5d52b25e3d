"""Which moves an annealing makes, whatever it anneals."""

import numpy as np

from cmo_kit.fast.compiled import compiled
from cmo_kit.search.randomness import Words, uniform

HOPELESS = 40.0  # at so many temperatures the probability is below 1e-17, and no random number is drawn


@compiled
def accepts(change: float, temperature: float, words: Words) -> bool:
    """Whether to make a move that changes total tardiness by ``change``.

    Always when it does not rise, otherwise with probability ``exp(-change / temperature)`` (Kirkpatrick, Gelatt &
    Vecchi 1983, doi:10.1126/science.220.4598.671).
    """
    if change <= 0.0:
        return True
    return change <= HOPELESS * temperature and uniform(words) < np.exp(-change / temperature)
