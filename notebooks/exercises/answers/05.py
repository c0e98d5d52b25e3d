"""Right and wrong answers to the exercises of chapter 5; see cmo_kit/course/sources.py."""

# %% 05.1 right
mine = [[("C", 2), ("B", 3)], [("A", 3)]]

# %% 05.1 right
from cmo_kit import solve

mine = solve(instance, "expert_orders").schedule

# %% 05.1 wrong: as they stand in the list
mine = [[("A", 3)], [("B", 3), ("C", 2)]]

# %% 05.1 wrong: that is batch by batch
from cmo_kit import solve

mine = solve(instance, "expert").schedule

# %% 05.1 wrong: when could the next one start on each Site
mine = [[("A", 3), ("B", 3)], [("C", 2)]]

# %% 05.1 wrong: an order must stay together
mine = [[("A", 2), ("B", 3)], [("C", 2), ("A", 1)]]

# %% 05.1 wrong: fig1 has 2 Sites
mine = [[("A", 3)], [("C", 2)], [("B", 3)]]

# %% 05.2 right
import numpy as np


def batch_by_batch(instance):
    sites = [[] for _ in range(instance.sites)]
    start, before = np.zeros(instance.sites), np.full(instance.sites, -1)
    for i in np.argsort(instance.D, kind="stable"):
        for _ in range(instance.Q[i]):
            next_start = np.where(before < 0, 0, start + instance.g[before, i])
            l = next_start.argmin()
            start[l], before[l] = next_start[l], i
            sites[l].append((instance.orders[i].id, 1))
    return sites


# %% 05.2 right
from cmo_kit import solve


def batch_by_batch(instance):
    return solve(instance, "expert").schedule


# %% 05.2 wrong: keeps orders together
from cmo_kit import solve


def batch_by_batch(instance):
    return solve(instance, "expert_orders").schedule


# %% 05.2 wrong: as they stand in the list
# the solution, but: sorted(range(len(instance.orders)), key=lambda i: instance.D[i] => range(len(instance.orders)

# %% 05.2 wrong: begins with the latest due date
# the solution, but: : instance. => : -instance.


# %% 05.2 wrong: balances numbers of batches
def batch_by_batch(instance):
    sites = [[] for _ in range(instance.sites)]
    for i in sorted(range(len(instance.orders)), key=lambda i: instance.D[i]):
        for _ in range(instance.Q[i]):
            min(sites, key=len).append((instance.orders[i].id, 1))
    return sites


# %% 05.2 wrong: forgets the gap to the batch that comes
def batch_by_batch(instance):
    sites, last = [[] for _ in range(instance.sites)], [None] * instance.sites
    for i in sorted(range(len(instance.orders)), key=lambda i: instance.D[i]):
        for _ in range(instance.Q[i]):
            l = min(range(instance.sites), key=lambda l: -1 if last[l] is None else last[l][0])
            start = 0 if last[l] is None else last[l][0] + instance.g[last[l][1], i]
            last[l] = (start, i)
            sites[l].append((instance.orders[i].id, 1))
    return sites


# %% 05.2 wrong: by the rule it is
def batch_by_batch(instance):
    return [[(order.id, order.batches) for order in instance.orders], *([] for _ in range(instance.sites - 1))]


# %% 05.3 right
from cmo_kit.course.dispatching import mean_totals

mine = {"conclusion": "whole orders"}
for c in (0, 4, 13):
    means = mean_totals("small", 5, change=((0, 0), (c, c + 2), (c, c + 2)))
    mine[c] = means["batch by batch"], means["whole orders"]

# %% 05.3 right
from cmo_kit import generate_instance, solve

mine = {"conclusion": "whole orders"}
for c in (0, 4, 13):
    problems = [generate_instance("small", seed=s, change=((0, 0), (c, c + 2), (c, c + 2))) for s in range(1, 6)]
    mine[c] = [sum(solve(p, m).total_tardiness for p in problems) / 5 for m in ("expert", "expert_orders")]

# %% 05.3 wrong: batch by batch comes first
# the solution, but: )) for => ))[::-1] for

# %% 05.3 wrong: those are sums
from cmo_kit.course.dispatching import rule_totals

mine = {"conclusion": "whole orders"}
for c in (0, 4, 13):
    mine[c] = [sum(t) for t in rule_totals("small", 5, change=((0, 0), (c, c + 2), (c, c + 2))).values()]

# %% 05.3 wrong: the other one wins
# the solution, but: whole orders => batch by batch

# %% 05.3 wrong: gives other means
mine = {0: [0, 0], 4: [20, 20], 13: [1400, 200], "conclusion": "whole orders"}

# %% 05.3 wrong: means of other problems
# the solution, but: 5 => 4

# %% 05.4 right
mine = 180

# %% 05.4 right
before = 240 / 4 / 2
mine = before * 9 - 90.0

# %% 05.4 wrong: half of a Site's batches
mine = 450

# %% 05.4 wrong: divide by L
mine = 990

# %% 05.4 wrong: subtract the slack
mine = 270

# %% 05.4 wrong: it lessens tardiness
mine = 360

# %% 05.5 right
import numpy as np


def fit(points):
    x, y = np.array(points, dtype=float).T
    gap = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    return [gap, gap * x.mean() - y.mean()]


# %% 05.5 right
from cmo_kit.course.dispatching import fit_slack


def fit(points):
    line = fit_slack([x for x, _ in points], [y for _, y in points])
    return line.gap, line.slack


# %% 05.5 wrong: the wrong sign
import numpy as np


def fit(points):
    return np.polyfit(*zip(*points), 1)


# %% 05.5 wrong: the gap comes first
import numpy as np


def fit(points):
    slope, start = np.polyfit(*zip(*points), 1)
    return -start, slope


# %% 05.5 wrong: the first and the last point only
def fit(points):
    (x, y), (u, v) = min(points), max(points)
    return (v - y) / (u - x), (v - y) / (u - x) * x - y


# %% 05.5 wrong: no slack at all
def fit(points):
    return sum(x * y for x, y in points) / sum(x * x for x, _ in points), 0


# %% 05.5 wrong: is a return missing?
import numpy as np


def fit(points):
    slope, start = np.polyfit(*zip(*points), 1)


# %% 05.6 right
def apart(ours, deviation, count, printed):
    variance = deviation**2 / count + deviation**2 / 5
    return (ours - printed) / variance**0.5


# %% 05.6 right
from math import hypot


def apart(ours, deviation, count, printed):
    return (ours - printed) / hypot(deviation / count**0.5, deviation / 5**0.5)


# %% 05.6 wrong: an error of its own
# the solution, but: deviation * (1 / count + 1 / 5) ** 0. => deviation / count**0.

# %% 05.6 wrong: a mean varies less
# the solution, but: (deviation * (1 / count + 1 / 5) ** 0.5) => deviation

# %% 05.6 wrong: their squares do
# the solution, but: deviation * (1 / count + 1 / 5) ** 0. => deviation / count**0.5 + deviation / 5**0.

# %% 05.6 wrong: positive where ours is larger
# the solution, but: ours - printed => printed - ours

# %% 05.6 wrong: take the root
# the solution, but: ) ** 0.5) => ))
