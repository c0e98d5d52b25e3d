"""Right and wrong answers to the exercises of chapter 9; see cmo_kit/course/sources.py."""

# %% 09.1 right
head, *_ = BAD_LIST.splitlines()
mine = f"""{head}
Alder,6,2027-03-01,2,5,2,1,9,8
Birch,4,2027-03-15,3,4,2,1,8,8
Cedar,5,2027-04-20,2,6,3,1,9,7"""

# %% 09.1 right
lines = BAD_LIST.splitlines()
lines[1] = lines[1].replace("six", "6")
lines[2] = lines[2].replace("15.3.2027", "2027-03-15")
lines[3] = lines[3].replace("Alder", "Cedar")
mine = "\n".join([lines[0], lines[3], *lines[1:3]])

# %% 09.1 wrong: the reader says
mine = BAD_LIST.replace("six", "6")

# %% 09.1 wrong: not what the list means
mine = BAD_LIST.replace("six", "7").replace("15.3.2027", "2027-03-15").replace("Alder,5", "Cedar,5")

# %% 09.1 wrong: they must be Alder, Birch, Cedar
mine = BAD_LIST.replace("six", "6").replace("15.3.2027", "2027-03-15").replace("Alder,5", "Alder 2,5")

# %% 09.1 wrong: the whole list
mine = ["Alder,6", "Birch,4", "Cedar,5"]

# %% 09.1 wrong: mend only what is wrong
fixed = BAD_LIST.replace("six", "6").replace("15.3.2027", "2027-03-15").replace("Alder,5", "Cedar,5")
mine = fixed.replace("3,4,2,1", "3,5,2,1")

# %% 09.1 wrong: mend only what is wrong
fixed = BAD_LIST.replace("six", "6").replace("15.3.2027", "2027-03-15").replace("Alder,5", "Cedar,5")
mine = fixed.replace("1,8,8", "1,8,9")

# %% 09.2 right
from cmo_kit.planning import Calendar


def ready(start, completion):
    return Calendar(start).ready(completion)


# %% 09.2 right
from datetime import date


def ready(start, completion):
    days = int(completion)
    return date.fromordinal(start.toordinal() + days + (completion > days))


# %% 09.2 wrong: rounds down
from datetime import timedelta


def ready(start, completion):
    return start + timedelta(days=int(completion))


# %% 09.2 wrong: rounds to the nearest day
from datetime import timedelta


def ready(start, completion):
    return start + timedelta(days=round(completion))


# %% 09.2 wrong: a day too many
from datetime import timedelta


def ready(start, completion):
    return start + timedelta(days=int(completion) + 1)


# %% 09.2 wrong: it must be a date
import math


def ready(start, completion):
    return math.ceil(completion)


# %% 09.2 wrong: it is day 0
from datetime import timedelta
from math import ceil


def ready(start, completion):
    return start + timedelta(days=ceil(completion) - 1)


# %% 09.3 right
from cmo_kit.bounds import lower_bound

result = solve(instance, "search", seed=3, evaluations=150000)
low = lower_bound(instance, upper_bound=result.total_tardiness).lower_bound
late = {order.id for order, tau in zip(instance.orders, result.schedule.tardiness) if tau > 0}
mine = {"schedule": result.schedule, "bound": low, "gap": 1 - low / result.total_tardiness, "late": late}

# %% 09.3 right
from cmo_kit.bounds import lower_bound

schedule = solve(instance, "search", evaluations=80000).schedule
low = lower_bound(instance).lower_bound
late = tuple(name for name, tau in zip(instance.order_index, schedule.tardiness) if tau)
mine = dict(schedule=schedule, bound=low, gap=(schedule.total_tardiness - low) / schedule.total_tardiness, late=late)

# %% 09.3 wrong: the rule whole orders has
schedule = solve(instance, "expert_orders").schedule
mine = {"schedule": schedule, "bound": 20, "gap": 0.5, "late": []}

# %% 09.3 wrong: is no bound
schedule = solve(instance, "search", evaluations=80000).schedule
mine = {"schedule": schedule, "bound": schedule.total_tardiness + 5, "gap": 0, "late": []}

# %% 09.3 wrong: 0 holds for every plan
schedule = solve(instance, "search", evaluations=80000).schedule
mine = {"schedule": schedule, "bound": 0, "gap": 1, "late": []}

# %% 09.3 wrong: you divide by the bound
schedule = solve(instance, "search", evaluations=80000).schedule
mine = {"schedule": schedule, "bound": 10, "gap": (schedule.total_tardiness - 10) / 10, "late": []}

# %% 09.3 wrong: what about
schedule = solve(instance, "search", evaluations=80000).schedule
mine = {"schedule": schedule, "bound": 10, "gap": 1 - 10 / schedule.total_tardiness, "late": ["Nobody"]}

# %% 09.3 wrong: the gap in days
schedule = solve(instance, "search", evaluations=80000).schedule
mine = {"schedule": schedule, "bound": 10, "gap": schedule.total_tardiness - 10, "late": []}

# %% 09.4 right
from pathlib import Path

from cmo_kit import Instance, Schedule
from cmo_kit.planning import export_plan


def save_and_reload(schedule, folder):
    export_plan(schedule, folder, "semicolon")
    instance = Instance.load(Path(folder) / "instance.json")
    return Schedule.load(Path(folder) / "schedule.json", instance)


# %% 09.4 right
import json
from pathlib import Path

from cmo_kit import Instance, Schedule
from cmo_kit.planning import export_plan


def save_and_reload(schedule, folder):
    paths = {path.stem: path for path in map(Path, export_plan(schedule, folder))}
    document = json.loads(Path(paths["schedule"]).read_text())
    return Schedule.from_dict(document, Instance.load(paths["instance"]))


# %% 09.4 wrong: afterwards; export_plan writes four files
def save_and_reload(schedule, folder):
    return schedule


# %% 09.4 wrong: that is the plan you were given
from cmo_kit.planning import export_plan


def save_and_reload(schedule, folder):
    export_plan(schedule, folder)
    return schedule


# %% 09.4 wrong: it must be the schedule that was read from the files
from cmo_kit.planning import export_plan


def save_and_reload(schedule, folder):
    return export_plan(schedule, folder)


# %% 09.4 wrong: is a return missing?
from cmo_kit import Instance, Schedule
from cmo_kit.planning import export_plan


def save_and_reload(schedule, folder):
    files = export_plan(schedule, folder)
    Schedule.load(files[3], Instance.load(files[2]))


# %% 09.4 wrong: your function stops with InputError
# the solution, but: 3], Instance.load(files[2 => 2], Instance.load(files[3


# %% 09.5 right
def cost(before, after, new):
    later = {name: tau - before[name] for name, tau in after.items() if name != new}
    return sum(later.values()), sorted(name for name, days in later.items() if days > 0)


# %% 09.5 right
def cost(before, after, new):
    others = sum(after.values()) - after[new]
    names = tuple(filter(lambda name: before[name] < after[name], before))
    return [others - sum(before.values()), names]


# %% 09.5 wrong: the new client's own days
def cost(before, after, new):
    names = [name for name in before if after[name] > before[name]]
    return sum(after.values()) - sum(before.values()), names


# %% 09.5 wrong: their gain counts
def cost(before, after, new):
    names = [name for name in before if after[name] > before[name]]
    return sum(after[name] - before[name] for name in names), names


# %% 09.5 wrong: late before and are no later
# the solution, but: > before[name]] => > 0]

# %% 09.5 wrong: among those who pay
# the solution, but: before if after[name] > before[name] => after if after[name] > before.get(name, 0)

# %% 09.5 wrong: stops with KeyError
# the solution, but: in before) => in after)

# %% 09.6 right
plan, proof, nobody = "a plan shows it", "a bound proves it", "nobody knows"
mine = {"a": plan, "b": proof, "c": nobody, "d": proof, "e": nobody}

# %% 09.6 right
mine = dict(zip("abcde", ("a plan shows it", *("a bound proves it", "nobody knows") * 2)))

# %% 09.6 wrong: comes with a plan that keeps it
mine = dict.fromkeys("abd", "a bound proves it") | dict.fromkeys("ce", "nobody knows")

# %% 09.6 wrong: for all plans, not only
mine = (
    dict.fromkeys("d", "a bound proves it")
    | dict.fromkeys("ab", "a plan shows it")
    | dict.fromkeys("ce", "nobody knows")
)

# %% 09.6 wrong: between the two days
mine = dict.fromkeys("bcd", "a bound proves it") | {"a": "a plan shows it", "e": "nobody knows"}

# %% 09.6 wrong: a better second plan may exist
mine = dict.fromkeys("bde", "a bound proves it") | {"a": "a plan shows it", "c": "nobody knows"}

# %% 09.6 wrong: must be one of
mine = dict.fromkeys("abcde", "yes")
