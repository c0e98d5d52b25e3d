"""Right and wrong answers to the exercises of chapter 12; see cmo_kit/course/sources.py."""

# %% 12.1 right
mine = {"sites": [(("A", 3),), (("C", 4),), (("A", 1), ("B", 3))], "anew": (3, 1)}

# %% 12.1 right
from cmo_kit import Run
from cmo_kit.course.neighbourhoods import put_in, taken_out

left, middle, right = [("A", 2), ("B", 1), ("A", 1)], [("C", 4)], [("A", 1), ("B", 2)]
left, right = [Run(*run) for run in left], [Run(*run) for run in right]
mine = {"sites": [taken_out(left, 1), middle, put_in(right, 2, left[1])], "anew": [1, 3]}

# %% 12.1 wrong: on Site 1 two runs of A
mine = {"sites": [[("A", 2), ("A", 1)], [("C", 4)], [("A", 1), ("B", 3)]], "anew": [1, 3]}

# %% 12.1 wrong: on Site 3 two runs of B
mine = {"sites": [[("A", 3)], [("C", 4)], [("A", 1), ("B", 2), ("B", 1)]], "anew": [1, 3]}

# %% 12.1 wrong: it leaves Site 1
mine = {"sites": [[("A", 2), ("B", 1), ("A", 1)], [("C", 4)], [("A", 1), ("B", 3)]], "anew": [1, 3]}

# %% 12.1 wrong: so its times stay
mine = {"sites": [[("A", 3)], [("C", 4)], [("A", 1), ("B", 3)]], "anew": [1, 2, 3]}

# %% 12.1 wrong: that a run leaves ends earlier
mine = {"sites": [[("A", 3)], [("C", 4)], [("A", 1), ("B", 3)]], "anew": [3]}

# %% 12.1 wrong: counted from 1
mine = {"sites": [[("A", 3)], [("C", 4)], [("A", 1), ("B", 3)]], "anew": [0, 2]}


# %% 12.2 right
def neighbours(sizes):
    n, places = sum(sizes), sum(sizes) + len(sizes) - 2
    return n * places - sum(size - 1 for size in sizes if size)


# %% 12.2 right
def neighbours(sizes):
    found, start = set(), []
    for size in sizes:
        start.append(tuple(range(sum(map(len, start)), sum(map(len, start)) + size)))
    for name in range(sum(sizes)):
        rest = [[other for other in site if other != name] for site in start]
        for to, site in enumerate(rest):
            for place in range(len(site) + 1):
                made = [*rest[:to], [*site[:place], name, *site[place:]], *rest[to + 1 :]]
                found.add(tuple(map(tuple, made)))
    return len(found - {tuple(start)})


# %% 12.2 wrong: which make one schedule
# the solution, but: ) - sum(max(0, size - 1) for size in sizes) => )

# %% 12.2 wrong: also the one where the run was
# the solution, but: 2) - sum(max(0, size - 1) for size in sizes => 1

# %% 12.2 wrong: also from an empty one
# the solution, but: max(0, size - 1) => size - 1


# %% 12.2 wrong: may go to the end of a Site
def neighbours(sizes):
    return sum(sizes) * (sum(sizes) - 1)


# %% 12.2 wrong: to other Sites only
def neighbours(sizes):
    return sum(size * (sum(sizes) - size + len(sizes) - 1) for size in sizes)


# %% 12.3 right
from itertools import combinations, product


def ends(schedule):
    for (l, one), (to, other) in combinations(enumerate(schedule.sites), 2):
        cuts = list(product(range(len(one) + 1), range(len(other) + 1)))
        for k, place in cuts[1:-1]:
            yield {l: joined(one[:k] + other[place:]), to: joined(other[:place] + one[k:])}


# %% 12.3 right
def ends(schedule):
    found, sites = [], [list(map(tuple, site)) for site in schedule.sites]
    for to in range(len(sites)):
        for l in range(to):
            for k in range(len(sites[l]), -1, -1):
                for place in range(len(sites[to]) + 1):
                    new = {l: sites[l][:k] + sites[to][place:], to: sites[to][:place] + sites[l][k:]}
                    if new[l] != sites[l] and not (k == 0 and place == 0):
                        for site, runs in new.items():
                            merged = []
                            for order, batches in runs:
                                if merged and merged[-1][0] == order:
                                    batches += merged.pop()[1]
                                merged.append((order, batches))
                            new[site] = merged
                        found.append(new)
                    elif k < len(sites[l]) and not (k == 0 and place == 0):
                        found.append({l: sites[l], to: sites[to]})
    return found


# %% 12.3 wrong: two runs of one order side by side
# the solution, but: joined([*one[:k], *other[place:]]) => [*one[:k], *other[place:]]
# the solution, but: joined([*other[:place], *one[k:]]) => [*other[:place], *one[k:]]

# %% 12.3 wrong: in front of the first run
# the solution, but: range(len(one) + 1) => range(1, len(one) + 1)
# the solution, but: range(len(other) + 1) => range(1, len(other) + 1)

# %% 12.3 wrong: also what changes nothing
# the solution, but: (k, place) not in ((0, 0), (len(one), len(other))) => True

# %% 12.3 wrong: twice, once from either side
# the solution, but: list(enumerate(schedule.sites))[l + 1 :] => enumerate(schedule.sites)
# the solution, but: if (k => if l != to and (k


# %% 12.3 wrong: all that stands behind a cut goes along
def ends(schedule):
    return swaps(schedule)


# %% 12.3 wrong: other batches than the schedule
# the solution, but: , to: joined([*other[:place], *one[k:]])} => }


# %% 12.3 wrong: such neighbours; you make 0
def ends(schedule):
    return []


# %% 12.3 wrong: is no change of a schedule
def ends(schedule):
    yield schedule.sites


# %% 12.4 right
mine = {"a": "yes", "b": "yes", "c": "no", "d": "no", "e": "cannot tell"}

# %% 12.4 right
kinds = {"moves": [3, 0, 5], "swaps": [1, 2], "splits": [-2, 4]}
low = {kind: min(values) for kind, values in kinds.items()}
said = {True: "yes", False: "no"}
mine = {
    "a": said[low["moves"] >= 0],
    "b": said[low["moves"] >= 0 and low["swaps"] >= 0],
    "c": said[min(low.values()) >= 0],
    "d": said[min(low.values()) >= 0],
    "e": "cannot tell",
}

# %% 12.4 wrong: as good is not better
mine = {"a": "no", "b": "yes", "c": "no", "d": "no", "e": "cannot tell"}

# %% 12.4 wrong: neither a move nor a swap
mine = {"a": "yes", "b": "no", "c": "no", "d": "no", "e": "cannot tell"}

# %% 12.4 wrong: in which one neighbour is better
mine = {"a": "yes", "b": "yes", "c": "yes", "d": "no", "e": "cannot tell"}

# %% 12.4 wrong: something better than S is known
mine = {"a": "yes", "b": "yes", "c": "no", "d": "cannot tell", "e": "cannot tell"}

# %% 12.4 wrong: not those of another schedule
mine = {"a": "yes", "b": "yes", "c": "no", "d": "no", "e": "yes"}


# %% 12.5 right
def descend(schedule, neighbourhood):
    totals = []
    while schedule is not None:
        totals.append(schedule.total_tardiness)
        others = (schedule.changed(change) for change in neighbourhood(schedule))
        schedule = next((other for other in others if other.total_tardiness < totals[-1]), None)
    return totals


# %% 12.5 right
def descend(schedule, neighbourhood):
    for change in neighbourhood(schedule):
        other = schedule.changed(change)
        if other.total_tardiness < schedule.total_tardiness:
            return [schedule.total_tardiness, *descend(other, neighbourhood)]
    return [schedule.total_tardiness]


# %% 12.5 wrong: goes to the best neighbour
def descend(schedule, neighbourhood):
    return [step.total_tardiness for step in steepest(schedule, neighbourhood)]


# %% 12.5 wrong: on in the old neighbourhood
def descend(schedule, neighbourhood):
    totals = [schedule.total_tardiness]
    for change in neighbourhood(schedule):
        other = schedule.changed(change)
        if other.total_tardiness < totals[-1]:
            totals.append(other.total_tardiness)
    return totals


# %% 12.5 wrong: is a step taken only to what is strictly better
# the solution, but: total_tardiness < totals[ => total_tardiness <= totals[


# %% 12.5 wrong: lacks the total tardiness of the start
def descend(schedule, neighbourhood):
    totals = []
    while True:
        others = (schedule.changed(change) for change in neighbourhood(schedule))
        better = next((other for other in others if other.total_tardiness < schedule.total_tardiness), None)
        if better is None:
            return totals
        totals.append(better.total_tardiness)
        schedule = better


# %% 12.5 wrong: until nothing is better
def descend(schedule, neighbourhood):
    for change in neighbourhood(schedule):
        other = schedule.changed(change)
        if other.total_tardiness < schedule.total_tardiness:
            return [schedule.total_tardiness, other.total_tardiness]
    return [schedule.total_tardiness]


# %% 12.6 right
steps, looked, best = [], 0, solve(instance, "expert_orders").schedule
while not steps or best.total_tardiness < steps[-1].total_tardiness:
    steps.append(here := best)
    for change in swaps(here):
        looked += 1
        best = min(best, here.changed(change), key=lambda schedule: schedule.total_tardiness)
ga = solve(instance, "ga", seed=1, evaluations=looked).total_tardiness
low = {kind: min(here.changed(c).total_tardiness for c in kind(here)) for kind in (splits, moves)}
better = [kind.__name__ for kind, value in low.items() if value < here.total_tardiness]
mine = {"steps": steps, "looked": looked, "ga": ga, "conclusion": "descent", "better": better}

# %% 12.6 right
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
looked = len(steps) * len(list(swaps(steps[0])))
ga = solve(instance, seed=1, evaluations=looked).total_tardiness
kinds = {"moves": moves, "splits": splits}
better = [name for name, kind in kinds.items() if len(steepest(steps[-1], kind)) > 1]
mine = {"steps": steps, "looked": looked, "ga": ga, "conclusion": "descent", "better": better}

# %% 12.6 wrong: a swap still betters the last one
start = solve(instance, "expert_orders").schedule
ga = solve(instance, "ga", seed=1, evaluations=435).total_tardiness
mine = {"steps": [start], "looked": 435, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: is too few
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=435).total_tardiness
mine = {"steps": steps, "looked": 435, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: looked: 870 is too few
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=870).total_tardiness
mine = {"steps": steps, "looked": 870, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: evaluations has another total
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=2, evaluations=2610).total_tardiness
mine = {"steps": steps, "looked": 2610, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: which of the two total tardinesses is less
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=2610).total_tardiness
mine = {"steps": steps, "looked": 2610, "ga": ga, "conclusion": "ga", "better": []}

# %% 12.6 wrong: is any neighbour of the end better
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=2610).total_tardiness
mine = {"steps": steps, "looked": 2610, "ga": ga, "conclusion": "descent", "better": ["swaps"]}

# %% 12.6 wrong: begins at the planners' rule
steps = steepest(solve(instance, "ga", seed=1).schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=2610).total_tardiness
mine = {"steps": steps, "looked": 2610, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: must have less total tardiness
steps = steepest(solve(instance, "expert_orders").schedule, swaps)
ga = solve(instance, "ga", seed=1, evaluations=2610).total_tardiness
mine = {"steps": [*steps, steps[-1]], "looked": 2610, "ga": ga, "conclusion": "descent", "better": []}

# %% 12.6 wrong: give all that steepest returns
mine = {"steps": [297], "looked": 2610, "ga": 900, "conclusion": "descent", "better": []}
