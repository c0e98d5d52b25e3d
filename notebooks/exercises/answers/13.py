"""Right and wrong answers to the exercises of chapter 13; see cmo_kit/course/sources.py."""

# %% 13.1 right
mine = {"worse": 0.14, "equal": 1.0, "better": 1, "half": 28.9}

# %% 13.1 right
mine = {"worse": np.exp(-2), "equal": np.exp(0), "better": min(1, np.exp(0.5)), "half": -20 / np.log(0.5)}

# %% 13.1 wrong: not the other way round
mine = {"worse": 0.61, "equal": 1, "better": 1, "half": 28.85}

# %% 13.1 wrong: that it is refused
mine = {"worse": 0.86, "equal": 1, "better": 1, "half": 28.85}

# %% 13.1 wrong: equal: d is 0
mine = {"worse": 0.135, "equal": 0.5, "better": 1, "half": 28.85}

# %% 13.1 wrong: what is better is always accepted
mine = {"worse": 0.135, "equal": 1, "better": 1.65, "half": 28.85}

# %% 13.1 wrong: stands below the days
mine = {"worse": 0.135, "equal": 1, "better": 1, "half": 13.86}

# %% 13.1 wrong: twice the days
mine = {"worse": 0.135, "equal": 1, "better": 1, "half": 40}

# %% 13.2 right
from math import exp, log


def factor(hot, cold, steps):
    return exp((log(cold) - log(hot)) / steps)


# %% 13.2 right
def factor(hot, cold, steps):
    return cold ** (1 / steps) / hot ** (1 / steps)


# %% 13.2 wrong: is applied once only
# the solution, but: (cold / hot) ** (1 / steps) => cold / hot

# %% 13.2 wrong: so take a root
# the solution, but: (cold / hot) ** (1 / steps) => cold / hot / steps

# %% 13.2 wrong: when it falls in a line
# the solution, but: cold / hot) ** (1 / steps) => hot - cold) / steps

# %% 13.2 wrong: rises from cold to hot
# the solution, but: cold / hot => hot / cold

# %% 13.2 wrong: a power where a root is needed
# the solution, but: (1 / steps) => steps


# %% 13.3 right
def annealing(budget, rng, move, hot, cold):
    from math import exp

    here = solve(budget.instance, "expert_orders").schedule
    total = budget.evaluate(here)
    while budget.left:
        temperature = hot if budget.used <= 0.5 else hot ** (2 - 2 * budget.used) * cold ** (2 * budget.used - 1)
        there = here.changed(move(here, rng))
        value = budget.evaluate(there)
        if rng.random() <= exp(min(0, (total - value) / temperature)):
            here, total = there, value


# %% 13.3 right
def annealing(budget, rng, move, hot, cold):
    here = solve(budget.instance, "expert_orders").schedule
    budget.evaluate(here)
    steps = budget.left
    temperature, factor = hot, (cold / hot) ** (2 / steps)
    for step in range(steps):
        there = budget.change(here, move(here, rng))
        most = here.total_tardiness + rng.exponential(temperature)
        here = there if there.total_tardiness <= most else here
        temperature *= factor if step > steps / 2 else 1
    return here


# %% 13.3 wrong: falls from the beginning
# the solution, but: max(0, 2 * budget.used - 1) => budget.used

# %% 13.3 wrong: stays hot to the end
# the solution, but: (cold / hot) ** max(0, 2 * budget.used - 1) => 1

# %% 13.3 wrong: falls at once from hot to cold
# the solution, but: hot * (cold / hot) ** max(0, 2 * budget.used - 1) => hot if budget.used < 0.5 else cold

# %% 13.3 wrong: takes improvements only
# the solution, but: rng.random() < np.exp(-worse / temperature) => worse == 0

# %% 13.3 wrong: takes everything
# the solution, but: rng.random() < np.exp(-worse / temperature) => True

# %% 13.3 wrong: the planners' rule
# the solution, but: budget.evaluate(schedule) => pass

# %% 13.3 wrong: evaluations left
# the solution, but: while True: => for _ in range(1000):


# %% 13.3 wrong: from the best schedule so far
def annealing(budget, rng, move, hot, cold):
    schedule = solve(budget.instance, "expert_orders").schedule
    budget.evaluate(schedule)
    while True:
        temperature = hot * (cold / hot) ** max(0, 2 * budget.used - 1)
        other = budget.change(schedule, move(schedule, rng))
        worse = max(0, other.total_tardiness - schedule.total_tardiness)
        schedule = other if rng.random() < np.exp(-worse / temperature) else budget.best


# %% 13.4 right
def temperatures(worse, p_hot, p_cold):
    days = np.median(worse), np.min(worse)
    return days[0] / np.log(1 / p_hot), days[1] / np.log(1 / p_cold)


# %% 13.4 right
from math import log2


def temperatures(worse, p_hot, p_cold):
    ordered, n = sorted(worse), len(worse)
    middle = (ordered[n // 2] + ordered[(n - 1) // 2]) / 2
    return [days / -log2(p) / log2(2.718281828459045) ** -1 for days, p in ((middle, p_hot), (ordered[0], p_cold))]


# %% 13.4 wrong: are negative
def temperatures(worse, p_hot, p_cold):
    return np.median(worse) / np.log(p_hot), min(worse) / np.log(p_cold)


# %% 13.4 wrong: follows the mean
def temperatures(worse, p_hot, p_cold):
    return -np.mean(worse) / np.log(p_hot), -min(worse) / np.log(p_cold)


# %% 13.4 wrong: in the end the least harm counts
def temperatures(worse, p_hot, p_cold):
    return -np.median(worse) / np.log(p_hot), -np.median(worse) / np.log(p_cold)


# %% 13.4 wrong: exchanged the two temperatures
def temperatures(worse, p_hot, p_cold):
    return -min(worse) / np.log(p_cold), -np.median(worse) / np.log(p_hot)


# %% 13.4 wrong: multiply the days by the probability
def temperatures(worse, p_hot, p_cold):
    return np.median(worse) * p_hot, min(worse) * p_cold


# %% 13.5 right
def totals(**others):
    limits = {"evaluations": 4000, "chains": 1}
    problems = [load_instance(f"small-{k}") for k in (2, 3)]
    return [solve(p, "search", seed=s, **limits, **others).total_tardiness for p in problems for s in range(1, 6)]


mine = {"all": totals(), "two": totals(frequencies=[1, 0, 0, 1, 0, 0, 0, 0])}
mine["wins"] = int(np.sum(np.array(mine["all"]) < np.array(mine["two"])))
mine["conclusion"] = "on average"

# %% 13.5 right
every, two = [], []
for name in ("small-2", "small-3"):
    for seed in range(1, 6):
        problem = load_instance(name)
        run = solve(problem, "search", seed, evaluations=4000, chains=1)
        every.append(run.total_tardiness)
        own = [0.5, 0, 0, 0.5, 0, 0, 0, 0]
        run = solve(problem, "search", seed, evaluations=4000, chains=1, frequencies=own)
        two.append(run.total_tardiness)
better = np.mean(every) < np.mean(two)
wins = sum(a < b for a, b in zip(every, two, strict=True))
conclusion = "always" if wins == 10 else "on average" if better else "not even on average"
mine = {"all": tuple(every), "two": tuple(two), "wins": wins, "conclusion": conclusion}

# %% 13.5 wrong: the runs of the other setting
runs = [(load_instance(name), seed) for name in ("small-2", "small-3") for seed in range(1, 6)]
own = {"evaluations": 4000, "chains": 1, "frequencies": [0.5, 0, 0, 0.5, 0, 0, 0, 0]}
two = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
mine = {"all": two, "two": two, "wins": 0, "conclusion": "not even on average"}

# %% 13.5 wrong: small-2 first
runs = [(load_instance(name), seed) for name in ("small-3", "small-2") for seed in range(1, 6)]
own = {"evaluations": 4000, "chains": 1}
every = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
mine = {"all": every, "two": every, "wins": 0, "conclusion": "not even on average"}

# %% 13.5 wrong: have other totals
runs = [(load_instance(name), seed) for name in ("small-2", "small-3") for seed in range(1, 6)]
every = [solve(problem, "ga", seed, evaluations=4000).total_tardiness for problem, seed in runs]
mine = {"all": every, "two": every, "wins": 0, "conclusion": "not even on average"}

# %% 13.5 wrong: compare pair by pair
runs = [(load_instance(name), seed) for name in ("small-2", "small-3") for seed in range(1, 6)]
own = {"evaluations": 4000, "chains": 1}
every = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
own["frequencies"] = [0.5, 0, 0, 0.5, 0, 0, 0, 0]
two = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
mine = {"all": every, "two": two, "wins": -1, "conclusion": "on average"}

# %% 13.5 wrong: compare the number of wins with ten
runs = [(load_instance(name), seed) for name in ("small-2", "small-3") for seed in range(1, 6)]
own = {"evaluations": 4000, "chains": 1}
every = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
own["frequencies"] = [0.5, 0, 0, 0.5, 0, 0, 0, 0]
two = [solve(problem, "search", seed, **own).total_tardiness for problem, seed in runs]
wins = sum(a < b for a, b in zip(every, two, strict=True))
mine = {"all": every, "two": two, "wins": wins, "conclusion": "never"}

# %% 13.6 right
mine = {"evaluations": "mine", "seconds": "compiled", "times": 50, "idea": "evaluations"}

# %% 13.6 right
mine = {"evaluations": "mine", "seconds": "compiled", "times": 2 / 0.04, "idea": "evaluations"}

# %% 13.6 wrong: it needs more moves
mine = {"evaluations": "compiled", "seconds": "compiled", "times": 50, "idea": "evaluations"}

# %% 13.6 wrong: it needs longer
mine = {"evaluations": "mine", "seconds": "mine", "times": 50, "idea": "evaluations"}

# %% 13.6 wrong: the compiled one also needs more moves
mine = {"evaluations": "mine", "seconds": "compiled", "times": 150, "idea": "evaluations"}

# %% 13.6 wrong: the other way round
mine = {"evaluations": "mine", "seconds": "compiled", "times": 0.02, "idea": "evaluations"}

# %% 13.6 wrong: what counts the same for both programs
mine = {"evaluations": "mine", "seconds": "compiled", "times": 50, "idea": "seconds"}
