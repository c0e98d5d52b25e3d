"""Right and wrong answers to the exercises of chapter 4; see cmo_kit/course/sources.py."""

# %% 04.1 right
T = [12, 20, 8, 20]
F = [4 + max(T) - t for t in T]
mine = [f / sum(F) for f in F]

# %% 04.1 right
from cmo_kit.views.layout import wheel_shares
import numpy as np

mine = wheel_shares(np.array([12.0, 20.0, 8.0, 20.0]), 4)

# %% 04.1 right
mine = [0.333, 0.111, 0.444, 0.111]

# %% 04.1 wrong: those are per cents
mine = [33.3, 11.1, 44.4, 11.1]

# %% 04.1 wrong: you leave out w
mine = [8 / 20, 0, 12 / 20, 0]

# %% 04.1 wrong: those are the fitnesses
mine = [12, 4, 16, 4]

# %% 04.1 wrong: by tardiness itself
mine = [0.2, 20 / 60, 8 / 60, 20 / 60]

# %% 04.1 wrong: from the best instead of the worst
mine = [8 / 44, 16 / 44, 4 / 44, 16 / 44]

# %% 04.1 wrong: for a very large w only
mine = [0.25, 0.25, 0.25, 0.25]

# %% 04.2 right
import numpy as np


def spin(fitness, u):
    edges = np.cumsum(fitness)
    return int(np.searchsorted(edges, u * edges[-1], side="right"))


# %% 04.2 right
from bisect import bisect_right
from itertools import accumulate


def spin(fitness, u):
    return bisect_right(list(accumulate(fitness)), u * sum(fitness))


# %% 04.2 wrong: u goes from 0 to 1
def spin(fitness, u):
    edge = 0
    for k, width in enumerate(fitness):
        edge += width
        if u < edge:
            return k


# %% 04.2 wrong: compares with single fitnesses
def spin(fitness, u):
    for k, width in enumerate(fitness):
        if u * sum(fitness) < width:
            return k
    return len(fitness) - 1


# %% 04.2 wrong: takes the fittest every time
def spin(fitness, u):
    return max(range(len(fitness)), key=lambda k: fitness[k])


# %% 04.2 wrong: the same sector
def spin(fitness, u):
    return int(u * len(fitness))


# %% 04.2 wrong: indices count from 0
def spin(fitness, u):
    target, edge = u * sum(fitness), 0
    for k, width in enumerate(fitness, start=1):
        edge += width
        if target < edge:
            return k


# %% 04.3 right
def cross(first, second, rng):
    children = first.copy(), second.copy()
    for gene in range(len(first)):
        if rng.integers(2):
            children[0][gene], children[1][gene] = second[gene], first[gene]
    return children


# %% 04.3 right
import numpy as np


def cross(first, second, rng):
    rows = rng.integers(0, 2, len(first))
    both, genes = np.array([first, second]), np.arange(len(first))
    return [both[rows, genes], both[1 - rows, genes]]


# %% 04.3 wrong: a crossover with one cut
import numpy as np


def cross(first, second, rng):
    cut = rng.integers(1, len(first))
    return np.concatenate([first[:cut], second[cut:]]), np.concatenate([second[:cut], first[cut:]])


# %% 04.3 wrong: both children are the same
# the solution, but: integers(2, size=len(first)) => random(len(first)) < 0.5
# the solution, but: second, first => first, second

# %% 04.3 wrong: not complementary
import numpy as np


def cross(first, second, rng):
    return [np.where(rng.random(len(first)) < 0.5, first, second) for _ in range(2)]


# %% 04.3 wrong: keys are handed on, not mixed
def cross(first, second, rng):
    share = rng.random(len(first))
    return share * first + (1 - share) * second, share * second + (1 - share) * first


# %% 04.3 wrong: the coins must come from rng
# the solution, but: rng.integers(2, size=len(first)) => np.arange(len(first)) % 2 == 0


# %% 04.3 wrong: changes its argument number 1
def cross(first, second, rng):
    for gene in range(len(first)):
        if rng.integers(2):
            first[gene], second[gene] = second[gene], first[gene]
    return first, second


# %% 04.3 wrong: a fair coin gives 50
# the solution, but: integers(2, size=len(first)) => random(len(first)) < 0.8

# %% 04.3 wrong: all chance must come from rng
# the solution, but: rng.integers(2, size=len(first)) => np.random.random(len(first)) < 0.5


# %% 04.4 right
def mutate(keys, rng):
    chosen = rng.integers(len(keys))
    return [rng.random() if gene == chosen else key for gene, key in enumerate(keys)]


# %% 04.4 right
import numpy as np


def mutate(keys, rng):
    return np.where(np.arange(len(keys)) == rng.choice(len(keys)), rng.uniform(0, 1), keys)


# %% 04.4 wrong: changes its argument number 1
def mutate(keys, rng):
    keys[rng.integers(len(keys))] = rng.random()
    return keys


# %% 04.4 wrong: the others stay
import numpy as np


def mutate(keys, rng):
    return np.where(rng.random(len(keys)) < 0.5, rng.random(len(keys)), keys)


# %% 04.4 wrong: you exchange two keys
def mutate(keys, rng):
    after = keys.copy()
    a, b = rng.choice(len(keys), 2, replace=False)
    after[a], after[b] = keys[b], keys[a]
    return after


# %% 04.4 wrong: the last one too
# the solution, but: )) => ) - 1)


# %% 04.4 wrong: not uniform between 0 and 1
def mutate(keys, rng):
    after = keys.copy()
    gene = rng.integers(len(keys))
    after[gene] = min(1, max(0, after[gene] + rng.normal(0, 0.1)))
    return after


# %% 04.4 wrong: sometimes nothing changes
def mutate(keys, rng):
    after = keys.copy()
    if rng.random() < 0.5:
        after[rng.integers(len(keys))] = rng.random()
    return after


# %% 04.4 wrong: is a return missing?
def mutate(keys, rng):
    after = keys.copy()
    after[rng.integers(len(keys))] = rng.random()


# %% 04.5 right
from cmo_kit.course.operators_by_hand import mutation_effects
from cmo_kit.views import FIGURE_3_KEYS

counts = mutation_effects(instance, FIGURE_3_KEYS, 4000, 3)
mine = {"same schedule": counts.same / 4000, "better": counts.better / 4000, "conclusion": "less than half"}

# %% 04.5 right
from cmo_kit.course.exercises.genetic import effects
from cmo_kit.views import FIGURE_3_KEYS

exact = effects(instance, tuple(FIGURE_3_KEYS))
mine = {"same schedule": exact["same"], "better": exact["better"], "conclusion": "less than half"}

# %% 04.5 wrong: between 0 and 1
mine = {"same schedule": 1000, "better": 300, "conclusion": "less than half"}

# %% 04.5 wrong: give another share
mine = {"same schedule": 0.9, "better": 0.05, "conclusion": "more than half"}

# %% 04.5 wrong: does not follow from your share
from cmo_kit.course.exercises.genetic import effects
from cmo_kit.views import FIGURE_3_KEYS

exact = effects(instance, tuple(FIGURE_3_KEYS))
mine = {"same schedule": exact["same"], "better": exact["better"], "conclusion": "more than half"}

# %% 04.5 wrong: you count what is no worse
from cmo_kit.course.exercises.genetic import effects
from cmo_kit.views import FIGURE_3_KEYS

exact = effects(instance, tuple(FIGURE_3_KEYS))
mine = {"same schedule": exact["same"], "better": 1 - exact["worse"], "conclusion": "less than half"}


# %% 04.6 right
def ends(best, patience):
    idle = 0
    for g in range(1, len(best)):
        idle = idle + 1 if best[g] == best[g - 1] else 0
        if idle == patience:
            return g
    return len(best) - 1


# %% 04.6 right
def ends(best, patience):
    flat = [g for g in range(patience, len(best)) if len(set(best[g - patience : g + 1])) == 1]
    return min(flat, default=len(best) - 1)


# %% 04.6 wrong: start the count anew
def ends(best, patience):
    idle = 0
    for g in range(1, len(best)):
        idle += best[g] == best[g - 1]
        if idle == patience:
            return g
    return len(best) - 1


# %% 04.6 wrong: one generation too late
# the solution, but: patience, => patience + 1,
# the solution, but: patience] => patience - 1]

# %% 04.6 wrong: however patient it is
# the solution, but: (patience, => (1,
# the solution, but: - patience]: => - 1]:


# %% 04.6 wrong: never ends the run
def ends(best, patience):
    return len(best) - 1


# %% 04.6 wrong: is a return missing?
def ends(best, patience):
    for g in range(patience, len(best)):
        if best[g] == best[g - patience]:
            return g


# %% 04.7 right
mine = "e, a, f, b, d, c"

# %% 04.7 right
mine = list("EAFBDC")

# %% 04.7 right
mine = ("E", "A", "F", "B", "D", "C")

# %% 04.7 wrong: knows nothing of its tardiness
mine = "BDCEAF"

# %% 04.7 wrong: first crossover, then mutation
mine = "EAFBCD"

# %% 04.7 wrong: A saves it
mine = "EFABDC"

# %% 04.7 wrong: must stand once
mine = "EAFBDD"

# %% 04.7 wrong: parents are chosen next
mine = "EAFDBC"

# %% 04.8 right
mine = {"a": "open", "b": "stated", "c": "open", "d": "open", "e": "stated", "f": "open", "g": "stated"}

# %% 04.8 right
mine = dict(zip("abcdefg", "open stated open open stated open stated".split()))

# %% 04.8 wrong: no sentence gives its value
mine = {key: "open" if key in "cdf" else "stated" for key in "abcdefg"}

# %% 04.8 wrong: not whether a chromosome or each gene
mine = {key: "open" if key in "adf" else "stated" for key in "abcdefg"}

# %% 04.8 wrong: Table 3 gives 100, 200 and 300
mine = {key: "open" if key in "acdef" else "stated" for key in "abcdefg"}

# %% 04.8 wrong: what meets whom is not
mine = {key: "open" if key in "acd" else "stated" for key in "abcdefg"}

# %% 04.8 wrong: must be one of
mine = {key: "yes" for key in "abcdefg"}

# %% 04.9 right
import numpy as np
from cmo_kit import solve

mine = {"none": np.zeros(3), "replace_worst": np.zeros(3), "conclusion": "replace_worst"}
for k in range(3):
    for way in ("none", "replace_worst"):
        mine[way][k] = solve(watched, seed=k + 1, evaluations=4000, elitism=way).total_tardiness

# %% 04.9 right
from cmo_kit import solve


def totals(way):
    return tuple(solve(watched, "ga", evaluations=4000, seed=s, elitism=way).total_tardiness for s in range(1, 4))


mine = {"replace_worst": totals("replace_worst"), "none": totals("none"), "conclusion": "replace_worst"}

# %% 04.9 wrong: in another sequence
from cmo_kit import solve

mine = {"conclusion": "replace_worst"}
for way in ("none", "replace_worst"):
    mine[way] = [solve(watched, evaluations=4000, seed=s, elitism=way).total_tardiness for s in (3, 2, 1)]

# %% 04.9 wrong: those are the runs with elitism=
from cmo_kit import solve

one, other = (
    [solve(watched, evaluations=4000, seed=s, elitism=way).total_tardiness for s in (1, 2, 3)]
    for way in ("none", "replace_worst")
)
mine = {"none": other, "replace_worst": one, "conclusion": "replace_worst"}

# %% 04.9 wrong: gives other totals
mine = {"none": [2000, 2100, 2200], "replace_worst": [900, 950, 1000], "conclusion": "replace_worst"}

# %% 04.9 wrong: seed by seed
from cmo_kit import solve

mine = {"conclusion": "none"}
for way in ("none", "replace_worst"):
    mine[way] = [solve(watched, evaluations=4000, seed=s, elitism=way).total_tardiness for s in (1, 2, 3)]

# %% 04.9 wrong: it must have 3
mine = {"none": [1, 2], "replace_worst": [1, 2], "conclusion": "none"}
