"""Right and wrong answers to the exercises of chapter 15; see cmo_kit/course/sources.py."""

# %% 15.1 right
mine = dict(a="Site", b="batch", c="operations", d="setup time", e="order", lost="the client with two breads")

# %% 15.1 right
mine = {"lost": "the client with two breads", "e": "order", "d": "setup time", "c": "operations"}
mine |= {"b": "batch", "a": "Site"}

# %% 15.1 wrong: goes through all its steps
mine = {"a": "operations", "b": "batch", "c": "operations", "d": "setup time", "e": "order"}
mine["lost"] = "the client with two breads"

# %% 15.1 wrong: made again and again
mine = {"a": "Site", "b": "order", "c": "operations", "d": "setup time", "e": "order"}
mine["lost"] = "the client with two breads"

# %% 15.1 wrong: the steps of one tray
mine = {"a": "Site", "b": "batch", "c": "setup time", "d": "setup time", "e": "order"}
mine["lost"] = "the client with two breads"

# %% 15.1 wrong: may be made on several ovens
mine = {"a": "Site", "b": "batch", "c": "operations", "d": "setup time", "e": "batch"}
mine["lost"] = "the client with two breads"

# %% 15.1 wrong: the model has that
mine = {"a": "Site", "b": "batch", "c": "operations", "d": "setup time", "e": "order", "lost": "splitting"}


# %% 15.2 right
def late_products(completion, due):
    total = 0
    for name, day in due.items():
        last = max(end for part, end in completion.items() if part[1:] == name)
        if last > day:
            total += last - day
    return total


# %% 15.2 right
def late_products(completion, due):
    late = dict.fromkeys(due, 0)
    for part in completion:
        late[part[1:]] = max(late[part[1:]], completion[part] - due[part[1:]])
    return sum(late.values())


# %% 15.2 wrong: counts every part that is late
def late_products(completion, due):
    return sum(max(0, end - due[part[1:]]) for part, end in completion.items())


# %% 15.2 wrong: takes the first of a product's parts
def late_products(completion, due):
    ready = {name: min(end for part, end in completion.items() if part[1:] == name) for name in due}
    return sum(max(0, ready[name] - due[name]) for name in due)


# %% 15.2 wrong: make up for late ones
def late_products(completion, due):
    ready = {name: max(end for part, end in completion.items() if part[1:] == name) for name in due}
    return sum(ready[name] - due[name] for name in due)


# %% 15.2 wrong: by how much they are late
def late_products(completion, due):
    ready = {name: max(end for part, end in completion.items() if part[1:] == name) for name in due}
    return sum(ready[name] > due[name] for name in due)


# %% 15.2 wrong: add them up
def late_products(completion, due):
    return max(max(0, end - due[part[1:]]) for part, end in completion.items())


# %% 15.2 wrong: stops with KeyError
def late_products(completion, due):
    return sum(max(0, end - due[part[1]]) for part, end in completion.items())


# %% 15.3 right
mine = {"a": "always", "b": "always", "c": "not always", "d": "always", "e": "always"}

# %% 15.3 right
mine = {key: "not always" if key == "c" else "always" for key in "abcde"}

# %% 15.3 wrong: each as long as the direct one
mine = {"a": "not always", "b": "always", "c": "not always", "d": "always", "e": "always"}

# %% 15.3 wrong: never longer than one over a third
mine = {"a": "always", "b": "not always", "c": "not always", "d": "always", "e": "always"}

# %% 15.3 wrong: 2 and 2 over a third colour
mine = dict.fromkeys("abcde", "always")

# %% 15.3 wrong: a tool that is put in directly
mine = {"a": "always", "b": "always", "c": "not always", "d": "not always", "e": "always"}

# %% 15.3 wrong: whichever is larger on the direct way
mine = {"a": "always", "b": "always", "c": "not always", "d": "always", "e": "not always"}

# %% 15.4 right
from itertools import product


def detours(b):
    ways = product(range(len(b)), repeat=3)
    return [(x, i, y) for x, i, y in ways if x != i != y and b[x][i] + b[i][y] < b[x][y] + b[i][i]]


# %% 15.4 right
import numpy as np


def detours(b):
    b = np.array(b)
    saved = b[:, None, :] + np.diag(b)[None, :, None] - b[:, :, None] - b[None, :, :]
    triples = np.argwhere(saved > 0)
    return [row for row in triples.tolist() if row[0] != row[1] != row[2]]


# %% 15.4 wrong: leaves out b of i to itself
# the solution, but: y] + b[i][i] > b => y] > b


# %% 15.4 wrong: from an order back to itself
def detours(b):
    n = range(len(b))
    found = [(x, i, y) for x in n for i in n for y in n if len({x, i, y}) == 3]
    return [(x, i, y) for x, i, y in found if b[x][y] + b[i][i] > b[x][i] + b[i][y]]


# %% 15.4 wrong: only as cheap
def detours(b):
    n = range(len(b))
    found = [(x, i, y) for x in n for i in n for y in n if i not in (x, y)]
    return [(x, i, y) for x, i, y in found if b[x][y] + b[i][i] >= b[x][i] + b[i][y]]


# %% 15.4 wrong: has the detour in the middle
# the solution, but: i, y => y, i

# %% 15.4 wrong: reads the table by columns
# the solution, but: x][y] + b[i][i] > b[x][i] + b[i][y => y][x] + b[i][i] > b[i][x] + b[y][i

# %% 15.5 right
limits = {"ga": {"seed": 7, "evaluations": 4000}, "expert_orders": {}}


def row(problem):
    return [solve(problem, method, **limits[method]).total_tardiness for method in limits]


parts = [row(parts_problem(k, products=3)) for k in (1, 2, 3, 4, 5)]
small = [row(load_instance(f"small-{k}")) for k in (1, 2, 3, 4, 5)]
ahead = [sum(a < b for a, b in rows) for rows in (parts, small)]
names = {(True, True): "both", (True, False): "parts", (False, True): "small", (False, False): "neither"}
mine = {"parts": parts, "small": small, "ahead": ahead, "claim": names[ahead[0] >= 3, ahead[1] >= 3]}

# %% 15.5 right
mine = {"parts": [], "small": [], "ahead": [0, 0], "claim": "parts"}
for seed in range(1, 6):
    for k, (kind, problem) in enumerate(
        {"parts": parts_problem(seed, 3), "small": load_instance(f"small-{seed}")}.items()
    ):
        ga, rule = solve(problem, seed=7, evaluations=4000), solve(problem, "expert_orders")
        mine[kind].append((ga.total_tardiness, rule.total_tardiness))
        mine["ahead"][k] += ga.total_tardiness < rule.total_tardiness

# %% 15.5 wrong: the first of a pair is the genetic algorithm
problems = [parts_problem(seed, products=3) for seed in range(1, 6)]
parts = [(solve(p, "expert_orders"), solve(p, "ga", 7, evaluations=4000)) for p in problems]
parts = [(one.total_tardiness, other.total_tardiness) for one, other in parts]
mine = {"parts": parts, "small": parts, "ahead": [0, 0], "claim": "neither"}

# %% 15.5 wrong: parts: those are the pairs of the other problems
problems = [load_instance(f"small-{k}") for k in range(1, 6)]
small = [(solve(p, "ga", 7, evaluations=4000), solve(p, "expert_orders")) for p in problems]
small = [(one.total_tardiness, other.total_tardiness) for one, other in small]
mine = {"parts": small, "small": small, "ahead": [0, 0], "claim": "neither"}

# %% 15.5 wrong: have other totals
problems = [parts_problem(seed) for seed in range(1, 6)]
parts = [(solve(p, "ga", 7, evaluations=4000), solve(p, "expert_orders")) for p in problems]
parts = [(one.total_tardiness, other.total_tardiness) for one, other in parts]
mine = {"parts": parts, "small": parts, "ahead": [5, 0], "claim": "parts"}

# %% 15.5 wrong: on how many of five
problems = [parts_problem(seed, 3) for seed in range(1, 6)] + [load_instance(f"small-{k}") for k in range(1, 6)]
rows = [(solve(p, "ga", 7, evaluations=4000), solve(p, "expert_orders")) for p in problems]
rows = [(one.total_tardiness, other.total_tardiness) for one, other in rows]
mine = {"parts": rows[:5], "small": rows[5:], "ahead": [9, 9], "claim": "parts"}

# %% 15.5 wrong: more than half of the problems
problems = [parts_problem(seed, 3) for seed in range(1, 6)] + [load_instance(f"small-{k}") for k in range(1, 6)]
rows = [(solve(p, "ga", 7, evaluations=4000), solve(p, "expert_orders")) for p in problems]
rows = [(one.total_tardiness, other.total_tardiness) for one, other in rows]
ahead = [sum(a < b for a, b in part) for part in (rows[:5], rows[5:])]
mine = {"parts": rows[:5], "small": rows[5:], "ahead": ahead, "claim": "both"}
