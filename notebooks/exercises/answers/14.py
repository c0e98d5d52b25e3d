"""Right and wrong answers to the exercises of chapter 14; see cmo_kit/course/sources.py."""

# %% 14.1 right
mine = {"spent": (4, 5, 6, 10), "raises": 4.0, "of the last": 4}

# %% 14.1 right
mine = {"spent": np.minimum(np.cumsum([4, 1, 1, 6]), 10), "raises": 4, "of the last": 10 - 6}

# %% 14.1 wrong: as many as it has chromosomes
mine = {"spent": [1, 2, 3, 4], "raises": 4, "of the last": 4}

# %% 14.1 wrong: a schedule is an evaluation
mine = {"spent": [4, 4, 4, 10], "raises": 4, "of the last": 4}

# %% 14.1 wrong: those that are left are evaluated
mine = {"spent": [4, 5, 6, 6], "raises": 4, "of the last": 0}

# %% 14.1 wrong: never counts more than it has
mine = {"spent": [4, 5, 6, 12], "raises": 4, "of the last": 6}

# %% 14.1 wrong: behind the third request four are left
mine = {"spent": [4, 5, 6, 10], "raises": 3, "of the last": 4}

# %% 14.1 wrong: would waste what is left
mine = {"spent": [4, 5, 6, 10], "raises": 4, "of the last": 0}


# %% 14.2 right
def exchange(budget, rng):
    here = rng.permutation(np.linspace(0, 1, budget.instance.key_count))
    low = budget.total_tardiness(here)
    while budget.left:
        there = list(here)
        k, j = rng.permutation(len(there))[:2]
        there[k], there[j] = there[j], there[k]
        total = budget.total_tardiness(there)
        if not total > low:
            here, low = there, total


# %% 14.2 right
def exchange(budget, rng):
    keys = rng.random(budget.instance.key_count)
    total = budget.total_tardiness(keys)
    while True:
        one = rng.integers(len(keys))
        two = (one + rng.integers(1, len(keys))) % len(keys)
        keys[one], keys[two] = keys[two], keys[one]
        value = budget.total_tardiness(keys)
        if value > total:
            keys[one], keys[two] = keys[two], keys[one]
        total = min(value, total)


# %% 14.2 wrong: equal ones lead across plateaus
# the solution, but: value <= total: => value < total:

# %% 14.2 wrong: are the keys copied
# the solution, but: keys.copy() => keys


# %% 14.2 wrong: draws new keys
def exchange(budget, rng):
    keys = rng.random(budget.instance.key_count)
    total = budget.total_tardiness(keys)
    while True:
        other = keys.copy()
        other[rng.integers(len(keys))] = rng.random()
        value = budget.total_tardiness(other)
        if value <= total:
            keys, total = other, value


# %% 14.2 wrong: all chance must come from rng
def exchange(budget, rng):
    rng = np.random.default_rng()
    keys = rng.random(budget.instance.key_count)
    total = budget.total_tardiness(keys)
    while True:
        one, two = rng.choice(len(keys), 2, replace=False)
        other = keys.copy()
        other[[one, two]] = keys[[two, one]]
        value = budget.total_tardiness(other)
        if value <= total:
            keys, total = other, value


# %% 14.2 wrong: remember its total tardiness
def exchange(budget, rng):
    keys = rng.random(budget.instance.key_count)
    while True:
        one, two = rng.choice(len(keys), 2, replace=False)
        other = keys.copy()
        other[[one, two]] = keys[[two, one]]
        if budget.total_tardiness(other) <= budget.total_tardiness(keys):
            keys = other


# %% 14.2 wrong: evaluations left
def exchange(budget, rng):
    keys = rng.random(budget.instance.key_count)
    total = budget.total_tardiness(keys)
    for _ in range(100):
        other = rng.permutation(keys)
        value = budget.total_tardiness(other)
        if value <= total:
            keys, total = other, value


# %% 14.3 right
mine = {"a": "seen", "b": "seen", "c": "refused", "d": "returned", "e": "seen", "f": "returned"}

# %% 14.3 right
mine = dict(zip("abcdef", "seen seen refused returned seen returned".split(), strict=True))

# %% 14.3 wrong: the checker refuses what is returned
mine = {"a": "returned", "b": "seen", "c": "refused", "d": "returned", "e": "seen", "f": "returned"}

# %% 14.3 wrong: what was seen before the error counts
mine = {"a": "seen", "b": "refused", "c": "refused", "d": "returned", "e": "seen", "f": "returned"}

# %% 14.3 wrong: there is nothing to give
mine = {"a": "seen", "b": "seen", "c": "seen", "d": "returned", "e": "seen", "f": "returned"}

# %% 14.3 wrong: is all there is
mine = {"a": "seen", "b": "seen", "c": "refused", "d": "refused", "e": "seen", "f": "returned"}

# %% 14.3 wrong: what is asked for too much
mine = {"a": "seen", "b": "seen", "c": "refused", "d": "returned", "e": "refused", "f": "returned"}

# %% 14.3 wrong: nobody sees where it comes from
mine = {"a": "seen", "b": "seen", "c": "refused", "d": "returned", "e": "seen", "f": "seen"}

# %% 14.4 right
mine = """
name = "comparison"
report = false
instances = {names = ["small-1", "small-2"]}

[[runs]]
method = "ga"
label = "GA"
seeds = [1, 2, 3]
evaluations = 2000

[[runs]]
method = "mine.py:one_key"
label = "one key"
seeds = [1, 2, 3]
evaluations = 2000
"""

# %% 14.4 right
mine = 'report = false\nname = "two"\ninstances.names = ["small-[12]"]\n'
for method in ("mine.py:one_key", "ga"):
    mine += f'[[runs]]\nevaluations = 2000\nseeds = {{ entropy = 7, count = 3 }}\nmethod = "{method}"\n'

# %% 14.4 wrong: are to be compared
mine = 'name = "mine"\nreport = false\n[instances]\nnames = ["small-1", "small-2"]\n'
mine += '[[runs]]\nmethod = "mine.py:one_key"\nseeds = 3\nevaluations = 2000\n'

# %% 14.4 wrong: a study would say
mine = 'name = "mine"\nreport = false\n[instances]\nnames = ["small-1", "small-2"]\n'
for method in ("ga", "one_key"):
    mine += f'[[runs]]\nmethod = "{method}"\nseeds = 3\nevaluations = 2000\n'

# %% 14.4 wrong: different limits
mine = 'name = "mine"\nreport = false\n[instances]\nnames = ["small-1", "small-2"]\n'
mine += '[[runs]]\nmethod = "ga"\nseeds = 3\nevaluations = 100000\n'
mine += '[[runs]]\nmethod = "mine.py:one_key"\nseeds = 3\nevaluations = 2000\n'

# %% 14.4 wrong: three are asked for
mine = 'name = "mine"\nreport = false\n[instances]\nnames = ["small-1", "small-2"]\n'
for method in ("ga", "mine.py:one_key"):
    mine += f'[[runs]]\nmethod = "{method}"\nevaluations = 2000\n'

# %% 14.4 wrong: small-1 and small-2 are asked for
mine = 'name = "mine"\nreport = false\n[instances]\nnames = ["small-*"]\n'
for method in ("ga", "mine.py:one_key"):
    mine += f'[[runs]]\nmethod = "{method}"\nseeds = 3\nevaluations = 2000\n'

# %% 14.4 wrong: renders a report too
mine = 'name = "mine"\n[instances]\nnames = ["small-1", "small-2"]\n'
for method in ("ga", "mine.py:one_key"):
    mine += f'[[runs]]\nmethod = "{method}"\nseeds = 3\nevaluations = 2000\n'

# %% 14.5 right
mine = {"decided": "cannot tell", "better": 0}
for selection in ("tournament", "roulette"):
    mine[selection] = []
    for name in ("small-1", "small-2", "small-3"):
        runs = [solve(load_instance(name), seed=seed, evaluations=2000, selection=selection) for seed in (1, 2)]
        mine[selection].append(np.mean([run.total_tardiness for run in runs]))
mine["better"] = int((np.array(mine["tournament"]) < np.array(mine["roulette"])).sum())

# %% 14.5 right
problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]


def mean(problem, **parts):
    return sum(solve(problem, "ga", seed, evaluations=2000, **parts).total_tardiness for seed in (1, 2)) / 2


wheel = [mean(problem) for problem in problems]
tournament = [mean(problem, selection="tournament") for problem in problems]
better = sum(a < b for a, b in zip(tournament, wheel, strict=True))
mine = {"roulette": wheel, "tournament": tournament, "better": better, "decided": "cannot tell"}

# %% 14.5 wrong: means of the other selection
problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]
wheel = [sum(solve(p, "ga", s, evaluations=2000).total_tardiness for s in (1, 2)) / 2 for p in problems]
mine = {"roulette": wheel, "tournament": wheel, "better": 0, "decided": "cannot tell"}

# %% 14.5 wrong: give means
problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]
wheel = [sum(solve(p, "ga", s, evaluations=2000).total_tardiness for s in (1, 2)) for p in problems]
mine = {"roulette": wheel, "tournament": wheel, "better": 0, "decided": "cannot tell"}

# %% 14.5 wrong: have other means
problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]
wheel = [solve(p, "ga", 1, evaluations=2000).total_tardiness for p in problems]
mine = {"roulette": wheel, "tournament": wheel, "better": 0, "decided": "cannot tell"}

# %% 14.5 wrong: problem by problem
mine = {"better": 7, "decided": "cannot tell"}
for selection in ("roulette", "tournament"):
    problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]
    runs = [[solve(p, "ga", s, evaluations=2000, selection=selection) for s in (1, 2)] for p in problems]
    mine[selection] = [(one.total_tardiness + other.total_tardiness) / 2 for one, other in runs]

# %% 14.5 wrong: what can three problems show
mine = {"decided": "yes"}
for selection in ("roulette", "tournament"):
    problems = [load_instance(f"small-{k}") for k in (1, 2, 3)]
    runs = [[solve(p, "ga", s, evaluations=2000, selection=selection) for s in (1, 2)] for p in problems]
    mine[selection] = [(one.total_tardiness + other.total_tardiness) / 2 for one, other in runs]
mine["better"] = sum(a < b for a, b in zip(mine["tournament"], mine["roulette"], strict=True))
