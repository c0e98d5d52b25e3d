"""Right and wrong answers to the exercises of chapter 3; see cmo_kit/course/sources.py."""

# %% 03.1 right
mine = dict(zip("abcdef", (3, 2, 6, 8, 9, 10)))

# %% 03.1 right
mine = {"f": 10.0, "e": 9, "d": 8, "c": 6, "b": 2, "a": 3}

# %% 03.1 wrong: a is not 2
mine = {"a": 2, "b": 3, "c": 6, "d": 8, "e": 9, "f": 10}

# %% 03.1 wrong: c is not 7
mine = {"a": 3, "b": 2, "c": 7, "d": 8, "e": 9, "f": 10}

# %% 03.1 wrong: about an order's due date
mine = {"a": 3, "b": 2, "c": 6, "d": 8, "e": 8, "f": 10}

# %% 03.1 wrong: f is not 2
mine = {"a": 3, "b": 2, "c": 6, "d": 8, "e": 9, "f": 2}

# %% 03.1 wrong: must be one of
mine = {"a": 1, "b": 2, "c": 6, "d": 8, "e": 9, "f": 10}

# %% 03.2 right
mine = {"all": 3.0, 3: 0.0, 6: 2.0, 8: 0.0, 9: 0.0}

# %% 03.2 right
import numpy as np

mine = dict(zip(("all", 3, 6, 8, 9), np.array([3, 0, 2, 0, 0])))

# %% 03.2 wrong: the other sequence
mine = {"all": 7, 3: 0, 6: 2, 8: 0, 9: 0}

# %% 03.2 wrong: wait for the first one's completion
mine = {"all": 4, 3: 0, 6: 2, 8: 0, 9: 0}

# %% 03.2 wrong: nobody has to make any
mine = {"all": 3, 3: 3, 6: 2, 8: 0, 9: 0}

# %% 03.2 wrong: each still takes its operations
mine = {"all": 3, 3: 0, 6: 0, 8: 0, 9: 0}

# %% 03.2 wrong: nothing ties completions
mine = {"all": 3, 3: 0, 6: 2, 8: 3, 9: 0}

# %% 03.3 right
from itertools import pairwise


def too_early(p1, b, orders, starts):
    gaps = [p1[i] + b[i][j] for i, j in pairwise(orders)]
    return [t for t, (gap, (s, e)) in enumerate(zip(gaps, pairwise(starts)), start=2) if s + gap > e]


# %% 03.3 right
import numpy as np


def too_early(p1, b, orders, starts):
    orders = np.array(orders)
    gaps = np.array(p1)[orders[:-1]] + np.array(b)[orders[:-1], orders[1:]]
    return (np.flatnonzero(np.diff(starts) < gaps) + 2).tolist()


# %% 03.3 wrong: the setup time alone
def too_early(p1, b, orders, starts):
    return [t + 1 for t in range(1, len(orders)) if starts[t] - starts[t - 1] < b[orders[t - 1]][orders[t]]]


# %% 03.3 wrong: seed culture of the batch behind
def too_early(p1, b, orders, starts):
    pairs = [(t, orders[t - 1], orders[t]) for t in range(1, len(orders))]
    return [t + 1 for t, i, j in pairs if starts[t] - starts[t - 1] < p1[j] + b[i][j]]


# %% 03.3 wrong: reads b backwards
def too_early(p1, b, orders, starts):
    pairs = [(t, orders[t - 1], orders[t]) for t in range(1, len(orders))]
    return [t + 1 for t, i, j in pairs if starts[t] - starts[t - 1] < p1[i] + b[j][i]]


# %% 03.3 wrong: exactly as early as allowed
def too_early(p1, b, orders, starts):
    pairs = [(t, orders[t - 1], orders[t]) for t in range(1, len(orders))]
    return [t + 1 for t, i, j in pairs if starts[t] - starts[t - 1] <= p1[i] + b[i][j]]


# %% 03.3 wrong: count from 0
def too_early(p1, b, orders, starts):
    pairs = [(t, orders[t - 1], orders[t]) for t in range(1, len(orders))]
    return [t for t, i, j in pairs if starts[t] - starts[t - 1] < p1[i] + b[i][j]]


# %% 03.3 wrong: with the earliest possible start
def too_early(p1, b, orders, starts):
    found, earliest = [], 0
    for t in range(1, len(orders)):
        earliest += p1[orders[t - 1]] + b[orders[t - 1]][orders[t]]
        if starts[t] < earliest:
            found.append(t + 1)
    return found


# %% 03.4 right
mine = {2: 0, 4: 3, 7: 3, 10: 0, "pair": [7, 4]}

# %% 03.4 right
claimed = {2: 0.0, 4: 3.0, 7: 3.0, 10: 0.0}
mine = {**claimed, "pair": tuple(number for number, value in claimed.items() if value == 3)}

# %% 03.4 wrong: a hole between batches swallows
mine = {2: 3, 4: 3, 7: 3, 10: 0, "pair": (4, 7)}

# %% 03.4 wrong: nothing better appears
mine = {2: 0, 4: 0, 7: 3, 10: 0, "pair": (4, 7)}

# %% 03.4 wrong: cannot have a worse optimum
mine = {2: 0, 4: 3, 7: 5, 10: 0, "pair": (4, 7)}

# %% 03.4 wrong: CBC claims another total than -100
mine = {2: -100, 4: 3, 7: 3, 10: -7, "pair": (4, 7)}

# %% 03.4 wrong: (10): CBC claims another total
mine = {2: 0, 4: 3, 7: 3, 10: 2, "pair": (4, 7)}

# %% 03.4 wrong: whose absence changes nothing
mine = {2: 0, 4: 3, 7: 3, 10: 0, "pair": (2, 10)}


# %% 03.5 right
def big_v(instance):
    latest = sum(order.batches * max(row) for order, row in zip(instance.orders, instance.g)) + max(instance.tails)
    return [max(0, latest - order.due_date) for order in instance.orders]


# %% 03.5 right
def big_v(instance):
    gaps = (instance.Q * instance.g.max(axis=1)).sum() - instance.g.max(axis=1).min()
    return [gaps + instance.tails.max() - due for due in instance.D]


# %% 03.5 wrong: larger than it needs to be
def big_v(instance):
    return [1e6] * len(instance.orders)


# %% 03.5 wrong: is too small
def big_v(instance):
    return instance.tails.max() - instance.D


# %% 03.5 wrong: the row subtracts the due date
# the solution, but: latest - instance.D => [latest] * len(instance.orders)

# %% 03.5 wrong: V = -
# the solution, but: max(axis=1)).sum() + instance.tails.max => min(axis=1)).sum
# the solution, but: D => D - 20


# %% 03.5 wrong: it must be a list
def big_v(instance):
    return instance.horizon


# %% 03.6 right
def gammas(I, L, T):
    return L * sum(I * I for t in range(1, T))


# %% 03.6 right
def gammas(I, L, T):
    return len(range(I)) * I * L * T - I * I * L


# %% 03.6 wrong: of an order with itself
def gammas(I, L, T):
    return I * (I - 1) * L * (T - 1)


# %% 03.6 wrong: t goes to T - 1
# the solution, but: I**2 * L * (T - 1) => I * I * L * T


# %% 03.6 wrong: gamma knows no order 0
def gammas(I, L, T):
    return (I + 1) ** 2 * L * (T - 1)


# %% 03.6 wrong: I times I pairs
def gammas(I, L, T):
    return I * L * (T - 1)


# %% 03.6 wrong: one Site only
def gammas(I, L, T):
    return I * I * (T - 1)
