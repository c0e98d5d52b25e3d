"""Right and wrong answers to the exercises of chapter 7; see cmo_kit/course/sources.py."""

# %% 07.1 right
import numpy as np


def rdi(totals):
    totals = np.array(totals, dtype=float)
    spread = np.ptp(totals)
    return (totals - totals.min()) / (spread or 1)


# %% 07.1 right
def rdi(totals):
    if len(set(totals)) == 1:
        return [0.0] * len(totals)
    return [(total - min(totals)) / (max(totals) - min(totals)) for total in totals]


# %% 07.1 wrong: for [5, 5] your function stops with ZeroDivisionError
def rdi(totals):
    return [(total - min(totals)) / (max(totals) - min(totals)) for total in totals]


# %% 07.1 wrong: gives the gap to the best
def rdi(totals):
    return [(total - min(totals)) / min(totals) if min(totals) else 0 for total in totals]


# %% 07.1 wrong: divides by the worst; RDI
def rdi(totals):
    return [(total - min(totals)) / max(totals) if max(totals) else 0 for total in totals]


# %% 07.1 wrong: gives the best 1
# the solution, but: best, spread = min(totals), => spread =
# the solution, but: total - best) / spread if spread else 0 => max(totals) - total) / spread if spread else 1


# %% 07.1 wrong: forgets to subtract the best
def rdi(totals):
    return [total / max(totals) if max(totals) else 0 for total in totals]


# %% 07.2 right
mine = 5000

# %% 07.2 right
mine = 1100.5

# %% 07.2 wrong: which is above 0.05
mine = 1000

# %% 07.2 wrong: is not the worst
mine = 120

# %% 07.2 wrong: never below 0
mine = -900

# %% 07.2 wrong: B has RDI
mine = 250

# %% 07.2 wrong: must be a number
mine = "very bad"

# %% 07.3 right
from statistics import fmean, stdev


def interval(first, second, t):
    differences = [a - b for a, b in zip(first, second)]
    half = t * stdev(differences) / len(differences) ** 0.5
    return fmean(differences) - half, fmean(differences) + half


# %% 07.3 right
def interval(first, second, t):
    n = len(first)
    mean = (sum(first) - sum(second)) / n
    squares = sum((a - b - mean) ** 2 for a, b in zip(first, second))
    half = t * (squares / (n - 1) / n) ** 0.5
    return [mean - half, mean + half]


# %% 07.3 wrong: as unrelated
from statistics import fmean, variance


def interval(first, second, t):
    mean = fmean(first) - fmean(second)
    half = t * ((variance(first) + variance(second)) / len(first)) ** 0.5
    return mean - half, mean + half


# %% 07.3 wrong: varies less than a single difference
# the solution, but: ) / len(differences) ** 0.5 => )

# %% 07.3 wrong: falls with the root of n
# the solution, but: ) ** 0.5 => )

# %% 07.3 wrong: divides by n; a sample's divides by n - 1
# the solution, but: (ddof=1) => ()

# %% 07.3 wrong: you take 1.96
# the solution, but: = t * => = 1.96 *

# %% 07.3 wrong: second less first
# the solution, but: (first, second) => (second, first)

# %% 07.4 right
means = samples[:, ways].mean(axis=2)
low, high = np.percentile(means, (2.5, 97.5), axis=1, method="higher")
t = np.abs(samples.mean(axis=1)) / (samples.std(axis=1, ddof=1) / np.sqrt(5))
mine = {"bootstrap": ((low < 0) & (0 < high)).mean(), "student": (t < STUDENT[3]).mean(), "conclusion": "student"}

# %% 07.4 right
from statistics import fmean, stdev

inside = [0, 0]
for sample in samples:
    means = sorted(sample[ways].mean(axis=1))
    inside[0] += means[78] <= 0 <= means[3046]
    inside[1] += abs(fmean(sample)) < STUDENT[3] * stdev(sample) / 5**0.5
mine = {"bootstrap": inside[0] / 2000, "student": inside[1] / 2000, "conclusion": "student"}

# %% 07.4 wrong: what it promises
t = np.abs(samples.mean(axis=1)) / (samples.std(axis=1, ddof=1) / np.sqrt(5))
mine = {"bootstrap": 0.95, "student": (t < STUDENT[3]).mean(), "conclusion": "student"}

# %% 07.4 wrong: that miss the mean
mine = {"bootstrap": 0.1545, "student": 0.05, "conclusion": "student"}

# %% 07.4 wrong: between 0 and 1
mine = {"bootstrap": 84, "student": 95, "conclusion": "student"}

# %% 07.4 wrong: the share depends on chance
rng = np.random.default_rng(9)
means = samples[:, rng.integers(0, 5, (500, 5))].mean(axis=2)
low, high = np.percentile(means, (2.5, 97.5), axis=1)
mine = {"bootstrap": ((low < 0) & (0 < high)).mean(), "student": 0.95, "conclusion": "student"}

# %% 07.4 wrong: keeps its promise of 95 %
low, high = np.percentile(samples[:, ways].mean(axis=2), (2.5, 97.5), axis=1)
t = np.abs(samples.mean(axis=1)) / (samples.std(axis=1, ddof=1) / np.sqrt(5))
mine = {"bootstrap": ((low < 0) & (0 < high)).mean(), "student": (t < STUDENT[3]).mean(), "conclusion": "bootstrap"}

# %% 07.4 wrong: divides by n - 1
low, high = np.percentile(samples[:, ways].mean(axis=2), (2.5, 97.5), axis=1)
t = np.abs(samples.mean(axis=1)) / (samples.std(axis=1) / np.sqrt(5))
mine = {"bootstrap": ((low < 0) & (0 < high)).mean(), "student": (t < STUDENT[3]).mean(), "conclusion": "student"}

# %% 07.5 right
mine = {key: "may" if key in "ac" else "may not" for key in "abcde"}

# %% 07.5 right
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("ac", "may")

# %% 07.5 wrong: share a name
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("abc", "may")

# %% 07.5 wrong: seconds say how long one waits
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("acd", "may")

# %% 07.5 wrong: the worst of the methods
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("ace", "may")

# %% 07.5 wrong: both ran on the same problem
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("a", "may")

# %% 07.5 wrong: what the generator was made for
mine = dict.fromkeys("abcde", "may not") | dict.fromkeys("c", "may")

# %% 07.6 right
untested = "cannot be tested"
mine = {"a": "reproduced", "b": "not reproduced", "c": untested, "d": untested, "e": untested}

# %% 07.6 right
mine = dict(zip("abcde", ["reproduced", "not reproduced"] + 3 * ["cannot be tested"]))

# %% 07.6 wrong: the one that is meant
mine = dict.fromkeys("de", "cannot be tested") | {"a": "reproduced", "b": "not reproduced", "c": "reproduced"}

# %% 07.6 wrong: neither convergence nor its absence
mine = dict.fromkeys("ce", "cannot be tested") | {"a": "reproduced", "b": "not reproduced", "d": "not reproduced"}

# %% 07.6 wrong: two go the other way
mine = dict.fromkeys("bcde", "cannot be tested") | {"a": "reproduced"}

# %% 07.6 wrong: the interval leaves out 0
mine = dict.fromkeys("acde", "cannot be tested") | {"b": "not reproduced"}

# %% 07.6 wrong: must be one of
mine = dict.fromkeys("cde", "unclear") | {"a": "reproduced", "b": "not reproduced"}

# %% 07.7 right
from cmo_kit.study.results.compare import compare
from cmo_kit.study.results.tables import labels_of

labels = {row["method"]: row["label"] for row in study.rows}
found = compare(study.rows, labels["ga"], labels["expert_orders"], "Small")
names = sorted({row["instance"] for row in study.rows})


def mean(name, method):
    totals = [r["total_tardiness"] for r in study.rows if (r["instance"], r["method"]) == (name, method)]
    return sum(totals) / len(totals)


differences = [mean(name, "ga") - mean(name, "expert_orders") for name in names]
mine = {"differences": differences, "low": found.low, "high": found.high, "conclusion": "expert_orders"}

# %% 07.7 right
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["ga", name]) - fmean(totals["expert_orders", name]) for name in names]
half = STUDENT[len(d) - 2] * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "expert_orders"}

# %% 07.7 wrong: less whole orders
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["expert_orders", name]) - fmean(totals["ga", name]) for name in names]
half = STUDENT[3] * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "ga"}

# %% 07.7 wrong: you take one seed
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [totals["ga", name][0] - totals["expert_orders", name][0] for name in names]
half = STUDENT[3] * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "expert_orders"}

# %% 07.7 wrong: standard errors
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["ga", name]) - fmean(totals["expert_orders", name]) for name in names]
half = STUDENT[3] * stdev(d)
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "cannot tell"}

# %% 07.7 wrong: standard errors
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["ga", name]) - fmean(totals["expert_orders", name]) for name in names]
half = 1.96 * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "expert_orders"}

# %% 07.7 wrong: leaves out 0, or holds it
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["ga", name]) - fmean(totals["expert_orders", name]) for name in names]
half = STUDENT[3] * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "cannot tell"}

# %% 07.7 wrong: leaves out 0, or holds it
from statistics import fmean, stdev

totals = {}
for row in study.rows:
    totals.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
names = [name for method, name in totals if method == "ga"]
d = [fmean(totals["ga", name]) - fmean(totals["expert_orders", name]) for name in names]
half = STUDENT[3] * stdev(d) / len(d) ** 0.5
mine = {"differences": d, "low": fmean(d) - half, "high": fmean(d) + half, "conclusion": "ga"}
