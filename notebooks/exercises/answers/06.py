"""Right and wrong answers to the exercises of chapter 6; see cmo_kit/course/sources.py."""

# %% 06.1 right
runs = [solve(instance, seed=seed, evaluations=2000) for seed in (1, 2, 3, 4, 5, 3)]
totals = {run.seed: run.total_tardiness for run in runs}
mine = {"totals": totals, "again": runs[-1].total_tardiness, "conclusion": "the seed decides"}

# %% 06.1 right
totals = {5: 0, 4: 0, 3: 0, 2: 0, 1: 0}
for seed in totals:
    totals[seed] = int(solve(instance, "ga", seed=seed, evaluations=2000).total_tardiness)
mine = {"totals": totals, "again": totals[3], "conclusion": "the seed decides"}

# %% 06.1 wrong: is the seed handed to solve?
totals = {seed: solve(instance, "ga", evaluations=2000).total_tardiness for seed in range(1, 6)}
mine = {"totals": totals, "again": totals[3], "conclusion": "the seed decides"}

# %% 06.1 wrong: gives another total
totals = {seed: solve(instance, "ga", seed=seed, evaluations=1000).total_tardiness for seed in range(1, 6)}
mine = {"totals": totals, "again": totals[3], "conclusion": "the seed decides"}

# %% 06.1 wrong: run seed 3 once more
totals = {seed: solve(instance, "ga", seed=seed, evaluations=2000).total_tardiness for seed in range(1, 6)}
mine = {"totals": totals, "again": totals[5], "conclusion": "the seed decides"}

# %% 06.1 wrong: what differs between two runs
totals = {seed: solve(instance, "ga", seed=seed, evaluations=2000).total_tardiness for seed in range(1, 6)}
mine = {"totals": totals, "again": totals[3], "conclusion": "chance decides"}

# %% 06.1 wrong: for the seeds 1 to 5
totals = {seed: solve(instance, "ga", seed=seed, evaluations=2000).total_tardiness for seed in range(5)}
mine = {"totals": totals, "again": totals[3], "conclusion": "the seed decides"}

# %% 06.2 right
from statistics import fmean, stdev


def steadiness(totals):
    return min(totals), fmean(totals), stdev(totals)


# %% 06.2 right
import numpy as np


def steadiness(totals):
    return [np.min(totals), np.mean(totals), np.std(totals, ddof=1)]


# %% 06.2 wrong: divides by n - 1
import numpy as np


def steadiness(totals):
    return np.min(totals), np.mean(totals), np.std(totals)


# %% 06.2 wrong: take its root
from statistics import fmean, variance


def steadiness(totals):
    return min(totals), fmean(totals), variance(totals)


# %% 06.2 wrong: give the mean
from statistics import median, stdev


def steadiness(totals):
    return min(totals), median(totals), stdev(totals)


# %% 06.2 wrong: has the least tardiness
from statistics import fmean, stdev


def steadiness(totals):
    return max(totals), fmean(totals), stdev(totals)


# %% 06.2 wrong: the third number is the range
from statistics import fmean


def steadiness(totals):
    return min(totals), fmean(totals), max(totals) - min(totals)


# %% 06.3 right
import numpy as np

totals = np.zeros((2, 5))
for k in range(5):
    problem = load_instance(f"small-{k + 1}")
    totals[:, k] = [solve(problem, evaluations=4000).total_tardiness, solve(problem, "expert_orders").total_tardiness]
wins = int((totals[0] < totals[1]).sum())
mine = {"ga": totals[0], "expert_orders": totals[1], "wins": wins, "conclusion": "expert_orders"}

# %% 06.3 right
mine = {"ga": [], "expert_orders": [], "wins": 0, "conclusion": "expert_orders"}
for name in ("small-1", "small-2", "small-3", "small-4", "small-5"):
    for method, limit in (("ga", 4000), ("expert_orders", None)):
        mine[method].append(solve(load_instance(name), method, evaluations=limit).total_tardiness)
    mine["wins"] += mine["ga"][-1] < mine["expert_orders"][-1]

# %% 06.3 wrong: those are the totals of expert_orders
problems = [load_instance(f"small-{k}") for k in range(1, 6)]
orders = [solve(problem, "expert_orders").total_tardiness for problem in problems]
mine = {"ga": orders, "expert_orders": orders, "wins": 0, "conclusion": "expert_orders"}

# %% 06.3 wrong: you count the problems on which whole orders
problems = [load_instance(f"small-{k}") for k in range(1, 6)]
ga = [solve(problem, "ga", seed=1, evaluations=4000).total_tardiness for problem in problems]
orders = [solve(problem, "expert_orders").total_tardiness for problem in problems]
wins = sum(a > b for a, b in zip(ga, orders, strict=True))
mine = {"ga": ga, "expert_orders": orders, "wins": wins, "conclusion": "expert_orders"}

# %% 06.3 wrong: on most of these problems
problems = [load_instance(f"small-{k}") for k in range(1, 6)]
ga = [solve(problem, "ga", seed=1, evaluations=4000).total_tardiness for problem in problems]
orders = [solve(problem, "expert_orders").total_tardiness for problem in problems]
wins = sum(a < b for a, b in zip(ga, orders, strict=True))
mine = {"ga": ga, "expert_orders": orders, "wins": wins, "conclusion": "ga"}

# %% 06.3 wrong: in another sequence
problems = [load_instance(f"small-{k}") for k in (5, 4, 3, 2, 1)]
ga = [solve(problem, "ga", seed=1, evaluations=4000).total_tardiness for problem in problems]
orders = [solve(problem, "expert_orders").total_tardiness for problem in problems]
mine = {"ga": ga, "expert_orders": orders, "wins": 0, "conclusion": "expert_orders"}

# %% 06.3 wrong: have other totals
mine = {"ga": [1, 2, 3, 4, 5], "expert_orders": [5, 4, 3, 2, 1], "wins": 2, "conclusion": "expert_orders"}

# %% 06.4 right
mine = "papermill -p instance_name medium-3 notebooks/06_experiment.ipynb mine.ipynb"

# %% 06.4 right
mine = "python3 -m papermill notebooks/06_experiment.ipynb results/mine.ipynb -p problem 3 -r test_set medium"

# %% 06.4 wrong: no equals sign
mine = "papermill notebooks/06_experiment.ipynb mine.ipynb -p test_set=medium -p problem=3"

# %% 06.4 wrong: first the notebook that is run
mine = "papermill mine.ipynb notebooks/06_experiment.ipynb -p test_set medium -p problem 3"

# %% 06.4 wrong: this runs on small-3
mine = "papermill notebooks/06_experiment.ipynb mine.ipynb -p problem 3"

# %% 06.4 wrong: the program is papermill
mine = "jupyter notebooks/06_experiment.ipynb"

# %% 06.4 wrong: has no parameter set
mine = "papermill notebooks/06_experiment.ipynb mine.ipynb -p set medium -p problem 3"
