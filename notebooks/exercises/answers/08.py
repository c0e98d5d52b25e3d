"""Right and wrong answers to the exercises of chapter 8; see cmo_kit/course/sources.py."""

# %% 08.1 right
mine = 10 * 2

# %% 08.1 right
from itertools import permutations

mine = sum("".join(dict.fromkeys(word)) == "ABC" for word in set(permutations("AAABBC")))

# %% 08.1 wrong: all words of these letters
mine = 60

# %% 08.1 wrong: the second one has a factor too
mine = 10

# %% 08.1 wrong: merging allows more
mine = 1

# %% 08.1 wrong: the first one has a factor too
mine = 2

# %% 08.1 wrong: one factor for each run
mine = 12

# %% 08.2 right
from math import comb


def words(runs):
    number, behind = 1, 0
    for batches in reversed(runs):
        number, behind = number * comb(batches - 1 + behind, batches - 1), behind + batches
    return number


# %% 08.2 right
from math import factorial


def words(runs):
    if not runs:
        return 1
    free, behind = runs[0] - 1, sum(runs[1:])
    return factorial(free + behind) // factorial(free) // factorial(behind) * words(runs[1:])


# %% 08.2 wrong: the first batch of each run has its place
# the solution, but: ) - 1, q - 1) => ), q)

# %% 08.2 wrong: counts from the front
# the solution, but: j: => : j + 1

# %% 08.2 wrong: counts the first run only
# the solution, but: comb, prod => comb
# the solution, but: prod(comb(sum(runs[j:]) - 1, q - 1) for j, q in enumerate(runs) => comb(sum(runs) - 1, runs[0] - 1

# %% 08.2 wrong: adds the factors
# the solution, but: comb, prod => comb
# the solution, but: return prod(comb => return sum(comb

# %% 08.2 wrong: sequences of the runs
# the solution, but: comb, prod => factorial
# the solution, but: prod(comb(sum(runs[j:]) - 1, q - 1) for j, q in enumerate => factorial(len

# %% 08.3 right
from cmo_kit.course.codings_by_hand import children_of

ways = {"random": "two random codes", "canonical": "their canonical codes"}
mine = {name: children_of(figure3, way, 500, seed=7).same.mean() for name, way in ways.items()}
mine["conclusion"] = "a key means something among its own chromosome's keys only"

# %% 08.3 right
import numpy as np

from cmo_kit.course.codings_by_hand import random_code
from cmo_kit.course.operators_by_hand import without_names

rng, same = np.random.default_rng(3), []
for _ in range(600):
    coins = rng.integers(2, size=instance.key_count)
    child = decode(instance, np.where(coins, random_code(figure3, rng), random_code(figure3, rng)))
    same.append(without_names(child) == without_names(figure3))
sentence = "a key means something among its own chromosome's keys only"
mine = {"random": np.mean(same), "canonical": 1, "conclusion": sentence}

# %% 08.3 wrong: exchanged the two ways
mine = {"random": 1.0, "canonical": 0.03, "conclusion": "a key means something among its own chromosome's keys only"}

# %% 08.3 wrong: is not what 300 pairs give
mine = {"random": 0.5, "canonical": 1.0, "conclusion": "a key means something among its own chromosome's keys only"}

# %% 08.3 wrong: what can a child of them be
mine = {"random": 0.03, "canonical": 0.9, "conclusion": "a key means something among its own chromosome's keys only"}

# %% 08.3 wrong: what is lost when keys change
mine = {"random": 0.03, "canonical": 1.0, "conclusion": "the parents have different tardiness"}

# %% 08.3 wrong: between 0 and 1
mine = {"random": 18, "canonical": 600, "conclusion": "a key means something among its own chromosome's keys only"}

# %% 08.4 right
mine = {key: "evaluations" if key in "ad" else "seconds" for key in "abcde"}

# %% 08.4 right
mine = {"a": "evaluations", "b": "seconds", "c": "seconds", "d": "evaluations", "e": "seconds"}

# %% 08.4 wrong: whatever one of them costs
mine = dict.fromkeys("abcde", "seconds")

# %% 08.4 wrong: looks like a better idea
mine = dict.fromkeys("abd", "evaluations") | dict.fromkeys("ce", "seconds")

# %% 08.4 wrong: what else the machine does
mine = dict.fromkeys("acd", "evaluations") | dict.fromkeys("be", "seconds")

# %% 08.4 wrong: looks at two Sites only
mine = dict.fromkeys("a", "evaluations") | dict.fromkeys("bcde", "seconds")

# %% 08.4 wrong: any day and any machine
mine = dict.fromkeys("ade", "evaluations") | dict.fromkeys("bc", "seconds")


# %% 08.5 right
def swap(sites, first, second):
    def at(place):
        return sites[place[0]][place[1]]

    instead = {tuple(first): at(second), tuple(second): at(first)}
    new = []
    for l, site in enumerate(sites):
        runs = [instead.get((l, k), run) for k, run in enumerate(site)]
        names = dict.fromkeys(order for order, _ in runs)
        new.append([(name, sum(batches for order, batches in runs if order == name)) for name in names])
    return new


# %% 08.5 right
from copy import deepcopy


def swap(sites, first, second):
    new = deepcopy(sites)
    one, other = new[first[0]][first[1]], new[second[0]][second[1]]
    new[first[0]][first[1]], new[second[0]][second[1]] = other, one
    for site in new:
        k = 0
        while k < len(site):
            again = [j for j in range(k + 1, len(site)) if site[j][0] == site[k][0]]
            for j in reversed(again):
                site[k] = (site[k][0], site[k][1] + site.pop(j)[1])
            k += 1
    return new


# %% 08.5 wrong: two runs of one order on a Site
def swap(sites, first, second):
    new = [list(site) for site in sites]
    (l, a), (m, b) = first, second
    new[l][a], new[m][b] = new[m][b], new[l][a]
    return new


# %% 08.5 wrong: changes its argument number 1
def swap(sites, first, second):
    (l, a), (m, b) = first, second
    sites[l][a], sites[m][b] = sites[m][b], sites[l][a]
    return [list(dict(site).items()) for site in sites]


# %% 08.5 wrong: merges into the last
# the solution, but: sites[m][b], sites => new[m][b], new
# the solution, but: get => pop

# %% 08.5 wrong: a run takes its batches along
# the solution, but: sites[m][b], sites[l][a] => (new[m][b][0], new[l][a][1]), (new[l][a][0], new[m][b][1])


# %% 08.5 wrong: your function changes nothing
def swap(sites, first, second):
    return [list(site) for site in sites]


# %% 08.6 right
from math import log


def accept(change, temperature, u):
    return change <= 0 or (u > 0 and change < -temperature * log(u)) or u == 0


# %% 08.6 right
from math import exp


def accept(change, temperature, u):
    return u < exp(-max(0, change) / temperature)


# %% 08.6 wrong: takes improvements only
def accept(change, temperature, u):
    return change <= 0


# %% 08.6 wrong: stops with OverflowError
from math import exp


def accept(change, temperature, u):
    return u < exp(-change / temperature)


# %% 08.6 wrong: refuses an equal schedule
# the solution, but: <= 0 or u < exp(-change / temperature) => < 0 or (change > 0 and u < exp(-change / temperature))

# %% 08.6 wrong: forgets the temperature
# the solution, but: change / temperature) => change)

# %% 08.6 wrong: a large rise more easily
# the solution, but: u < exp => u > exp


# %% 08.6 wrong: must be True or False
def accept(change, temperature, u):
    return 1


# %% 08.6 wrong: takes everything
def accept(change, temperature, u):
    return True


# %% 08.7 right
import numpy as np


def bound(instance):
    most = -(-instance.Q // instance.sites)
    return np.maximum(0, (most - 1) * instance.g.diagonal() + instance.tails - instance.D).sum()


# %% 08.7 right
from cmo_kit.bounds import lower_bound


def bound(instance):
    return lower_bound(instance).lower_bound


# %% 08.7 wrong: a schedule has
def bound(instance):
    g, D = instance.g, instance.D
    return sum(max(0, (q - 1) * g[i, i] + instance.tails[i] - D[i]) for i, q in enumerate(instance.Q))


# %% 08.7 wrong: 0 holds for everything
def bound(instance):
    return 0


# %% 08.7 wrong: valid and weak
def bound(instance):
    g, D, L = instance.g, instance.D, instance.sites
    return sum(max(0, (q // L - 1) * g[i, i] + instance.tails[i] - D[i]) for i, q in enumerate(instance.Q))


# %% 08.7 wrong: cannot make up for late ones
def bound(instance):
    g, D, L = instance.g, instance.D, instance.sites
    late = sum((-(-q // L) - 1) * g[i, i] + instance.tails[i] - D[i] for i, q in enumerate(instance.Q))
    return late


# %% 08.7 wrong: a bound holds
def bound(instance):
    from cmo_kit import solve

    return solve(instance, "expert").total_tardiness


# %% 08.8 right
mine = {"b": [[1, 0, 20], [1, 1, 0], [20, 1, 1]], "due": [0, 20, 4]}

# %% 08.8 right
import numpy as np

b = np.zeros((3, 3))
b[0, 2] = b[2, 0] = 18
mine = {"b": b, "due": np.array([2, 15, 3])}

# %% 08.8 wrong: so two runs of W never help
mine = {"b": [[1, 5, 5], [5, 1, 5], [5, 5, 1]], "due": [4, 10, 6]}

# %% 08.8 wrong: look at the due dates
mine = {"b": [[0, 0, 20], [0, 0, 0], [20, 0, 0]], "due": [100, 100, 100]}

# %% 08.8 wrong: 5 are asked for
mine = {"b": [[0, 0, 20], [0, 0, 0], [20, 0, 0]], "due": [4, 14, 10]}

# %% 08.8 wrong: between 0 and 20 days
mine = {"b": [[0, 0, 1000], [0, 0, 0], [1000, 0, 0]], "due": [4, 10, 6]}

# %% 08.8 wrong: it must have 3
mine = {"b": [[0, 20], [20, 0]], "due": [4, 10, 6]}

# %% 08.9 right
from cmo_kit.bounds import lower_bound

mine = {}
for name, conclusion in (("fig3", "optimal"), ("fig1", "cannot tell")):
    problem = load_instance(name)
    found = solve(problem, "search", seed=5, evaluations=50000)
    mine[name] = [found.schedule, lower_bound(problem).lower_bound, conclusion]

# %% 08.9 right
from cmo_kit.bounds import lower_bound


def both(name):
    problem = load_instance(name)
    schedule = solve(problem, "search", evaluations=30000).schedule
    low = lower_bound(problem, upper_bound=schedule.total_tardiness).lower_bound
    return schedule, low, "optimal" if schedule.total_tardiness <= low else "cannot tell"


mine = {name: both(name) for name in ("fig3", "fig1")}

# %% 08.9 wrong: what do the two say together
# the solution, but: schedule  # your choice => schedule
# the solution, but: " if low == schedule.total_tardiness else "cannot tell") => ")

# %% 08.9 wrong: is no bound
mine = {}
for name in ("fig3", "fig1"):
    schedule = solve(load_instance(name), "search", evaluations=20000).schedule
    mine[name] = (schedule, schedule.total_tardiness + 1, "optimal")

# %% 08.9 wrong: the search finds
mine = {}
for name in ("fig3", "fig1"):
    schedule = solve(load_instance(name), "expert").schedule
    mine[name] = (schedule, 1, "cannot tell")

# %% 08.9 wrong: holds, but lower_bound proves
mine = {}
for name in ("fig3", "fig1"):
    schedule = solve(load_instance(name), "search", evaluations=20000).schedule
    mine[name] = (schedule, 0, "cannot tell")

# %% 08.9 wrong: must be the schedule
mine = {"fig3": (4, 4, "optimal"), "fig1": (2, 1, "cannot tell")}
