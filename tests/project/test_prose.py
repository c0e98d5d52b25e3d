"""Numbers and verdicts that the notebooks' prose states, computed anew from the same data."""

import math
import re
from collections import Counter

import numpy as np

from benchmarks import parts
from cmo_kit import load_instance, solve
from cmo_kit.base.csvfile import read_csv
from cmo_kit.base.jsonfile import read_json
from cmo_kit.course.codings_by_hand import children_of
from cmo_kit.course.redundancy import estimate_schedules, log10_key_orders
from cmo_kit.fast import explained
from cmo_kit.search.method import FREQUENCIES
from cmo_kit.search.team import LISTS
from cmo_kit.study.plan.plan_file import load_plan
from cmo_kit.study.results.gaps import good_schedule
from cmo_kit.study.results.grid import find_grids
from cmo_kit.study.results.ideas import BUDGETS, evaluations_spent, ideas_table, read_runs, results_folder, totals_of
from cmo_kit.study.results.published import TABLE_4_MEANS
from cmo_kit.study.results.sensitivity import beside, explained_variance
from cmo_kit.study.results.speed import models_table
from cmo_kit.study.results.statistics import difference, summary
from cmo_kit.study.results.tables import mean_over_seeds
from cmo_kit.views import FIGURE_3_KEYS
from tests.project.test_notebooks import FOLDER, cells, outputs

PROBLEMS = ("small-1", "medium-1", "large-1")
RUNS = read_runs(results_folder() / "runs.csv")
GA = "paper's GA"


def prose(number: str) -> str:
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    return " ".join(" ".join(cell.source for cell in cells(path, "markdown")).split())


def mean(name: str, budget: str, idea: str) -> float:
    return summary(totals_of(RUNS, name, budget)[idea]).mean


def verdicts(budget: str) -> list[str]:
    lines = [ideas_table(RUNS, name, budget, 0).splitlines()[3:] for name in PROBLEMS]
    return [line.rsplit("  ", 1)[1].strip() for part in lines for line in part]


def test_the_experts_schedules_are_split_as_is_said() -> None:
    instance = load_instance("small-1")
    rules = [solve(instance, name).schedule for name in ("expert", "expert_orders")]
    sites = Counter(Counter(order for site in rules[0].sites for order in {run.order for run in site}).values())
    steps = instance.total_batches - instance.sites
    changes = [sum(len(site) - 1 for site in rule.sites) for rule in rules]
    assert f"{sites[1]} orders on one Site, {sites[2]} on two and {sites[3]} on three" in prose("06")
    assert (
        f"{changes[0]} of the {steps} steps from batch to batch are changes of order; rule 2 has {changes[1]}"
        in prose("06")
    )
    assert f"{sites[2] + sites[3]} of 30: {sites[2]} over two Sites and {sites[3]} over three" in prose("05")
    assert f"{changes[0]} times in {steps} steps from batch to batch, where whole orders pay it {changes[1]}" in prose(
        "05"
    )


def test_intervals_hold_the_mean_as_often_as_is_said() -> None:
    """Five normal differences, many times: a percentile bootstrap, and Student's t."""
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((1500, 5))
    low, high = np.percentile(samples[:, rng.integers(5, size=(300, 5))].mean(axis=2), (2.5, 97.5), axis=1)
    student = [summary(sample.tolist()) for sample in samples]
    assert abs(((low < 0) & (high > 0)).mean() - 0.84) < 0.02
    assert abs(np.mean([s.low < 0 < s.high for s in student]) - 0.95) < 0.015
    assert "only 84 times in 100 when the differences are normal" in prose("07")
    assert "Student's *t* is made for few and holds it 95 times" in prose("07")


def test_sizes_of_the_search_space_are_as_is_said() -> None:
    problems = [load_instance(name) for name in PROBLEMS]
    genes = problems[0].key_count
    assert f"`small-1` has {genes} genes, so about $10^{{{log10_key_orders(problems[0]):.0f}}}$" in prose("08")
    children = children_of(good_schedule(problems[0]), "two random codes", 300, seed=1)
    assert f"hump on `small-1`, {100 * (children.tardiness > 2000).mean():.0f} in 100 children" in prose("08")
    assert [round(problem.key_count / genes) for problem in problems[1:]] == [3, 11]
    assert "three and eleven times as long" in prose("08b")
    schedules = estimate_schedules(load_instance("small-2"), 2000, seed=1).log10
    assert f"about $10^{{{schedules:.0f}}}$ schedules" in prose("08c")


def test_the_gap_closes_as_is_said() -> None:
    gap = read_json(results_folder() / "gap.json")
    assert gap["upper"][0][0] < 0.001
    (seconds,) = (seconds for seconds, bound in gap["lower"] if bound == 117)
    assert 0.28 < seconds < 0.38
    assert "bring the bound to 117 days in a third of a second" in prose("08c")


def test_what_is_said_of_initial_solutions_and_of_search() -> None:
    best = {name: solve_known(name) for name in PROBLEMS}
    times = [f"{mean(name, 'evaluations', GA) / best[name]:.1f}" for name in PROBLEMS]
    above = [f"{100 * (mean(name, 'evaluations', 'GA, initial solutions') / best[name] - 1):.1f}" for name in PROBLEMS]
    said = (
        f"{times[0]}, {times[1]} and {times[2]} times the best known to {above[0]}, {above[1]} and {above[2]} % above"
    )
    assert said in prose("08b")
    assert "has the least mean everywhere" in prose("08b")
    for name in PROBLEMS:
        for budget in BUDGETS:
            means = {idea: summary(totals).mean for idea, totals in totals_of(RUNS, name, budget).items()}
            assert min(means, key=lambda idea: means[idea]) == "search"


def solve_known(name: str) -> float:
    schedule = read_json(FOLDER.parent / "instances" / "schedules" / f"{name}.json")
    return float(schedule["total_tardiness"])


def test_what_is_said_of_equal_seconds() -> None:
    by_budget = [verdicts(budget) for budget in BUDGETS]
    changed = sum(first != second for first, second in zip(*by_budget, strict=True))
    assert f"Equal seconds change {WORDS[changed]} verdicts of {len(by_budget[0])}." in prose("08b")
    brkga, ga = (totals_of(RUNS, "large-1", "seconds")[idea] for idea in ("BRKGA", GA))
    spent = evaluations_spent(RUNS, "large-1")
    assert f"by {difference(brkga, ga).mean:,.1f} days" in prose("08b")
    assert f"give it {spent['BRKGA']:,.0f} evaluations, and the paper's algorithm {spent[GA]:,.0f}" in prose("08b")
    for idea in ("GA, canonical codes", "BRKGA, canonical elite"):
        assert mean("large-1", "seconds", idea) > mean("large-1", "evaluations", idea)


def test_canonical_codes_do_harm_as_is_said() -> None:
    assert "on equal evaluations, both algorithms are worse than the paper's algorithm on all three" in prose("08b")
    for name in PROBLEMS:
        by_idea = totals_of(RUNS, name, "evaluations")
        for idea in ("GA, canonical codes", "BRKGA, canonical elite"):
            assert difference(by_idea[idea], by_idea[GA]).low > 0
        assert mean(name, "evaluations", "BRKGA, canonical elite") > mean(name, "evaluations", "BRKGA")


def test_what_is_said_of_cp_sat() -> None:
    """Where it betters the schedule that it begins with least and most, and how far it stays above the best known."""
    stored = read_json(results_folder() / "search-quality.json")["rivals"]["runs"].values()
    found = {run["instance"]: run["total_tardiness"] for run in stored if run["rival"] == "CP-SAT"}
    above = [100 * (total / solve_known(name) - 1) for name, total in found.items()]
    begun = {name: solve(load_instance(name), "atcs").total_tardiness or 0 for name in ("large-1", "small-5")}
    least, most = (100 * (1 - found[name] / total) for name, total in begun.items())
    assert len(found) == 15
    others = {run["instance"] for run in stored if run["rival"] == "PyJobShop" and run["total_tardiness"] is not None}
    assert others == {f"small-{k}" for k in range(1, 6)}
    assert "PyJobShop has a schedule on the five Small ones only" in prose("08b")
    ended = {run["reason"] for run in stored if run["rival"] == "PyJobShop" and run["instance"].startswith("large-")}
    assert ended == {"it took over 8 GiB"}
    assert "on Large it ends at the limit of memory that it was given, 8 GiB" in prose("08b")
    unhinted = {run["instance"] for run in stored if run["rival"] == "CP-SAT, no hint" and run["total_tardiness"]}
    assert unhinted == {f"{name}-{k}" for name in ("small", "medium") for k in range(1, 6)}
    assert "Without that schedule (*no hint*) it finds none on Large" in prose("08b")
    said = f"it betters that by {least:.1f} to {most:.0f} per cent, and stays {min(above):.1f} to {max(above):.1f} per"
    assert said in prose("08b")


def test_what_is_said_of_operators_at_equal_effort() -> None:
    rows = read_csv(
        FOLDER / "data/operators/table.csv", ("label", "instance", "method"), ("seed",), ("total_tardiness",)
    )
    (grid,) = find_grids(rows)
    effect = {value: grid.mean(**{key: value}) for key, values in grid.values.items() for value in values}
    assert f"ends {effect['roulette']:.1f} % above the mean of all settings" in prose("14")
    assert f"tournaments and ranks {-effect['tournament']:.1f} and {-effect['rank']:.1f} % below it" in prose("14")
    spans = {key: np.ptp([effect[value] for value in values]) for key, values in grid.values.items()}
    assert sorted(spans, key=spans.__getitem__) == ["mutation", "crossover", "selection"]
    for selection in grid.values["selection"]:
        crossed = {name: grid.mean(selection=selection, crossover=name) for name in grid.values["crossover"]}
        assert min(crossed, key=crossed.__getitem__) == "uniform"
    assert f"{len(rows):,} runs are stored" in prose("14")


def test_what_is_said_of_other_factories() -> None:
    """The tables as the notebook shows them, which its run compares with what is computed."""
    printed = "\n".join(output.get("text", "") for output in outputs(FOLDER / "15_other_factories.ipynb"))
    lines = re.findall(
        r"^(\w+) +[\d,.]+ +([-+][\d,.]+) \(([-+][\d,.]+) to ([-+][\d,.]+)\) +(\d+) +(\d+)$", printed, re.M
    )
    parts, jobs, products = ({line[0]: line[1:] for line in lines[k : k + 4]} for k in (0, 4, 8))
    assert [parts[rule][3] for rule in ("expert", "expert_orders")] == ["10", "10"]
    assert [jobs[rule][3] for rule in ("expert", "expert_orders")] == ["10", "9"]
    assert "| yes, on 10 of 10; by product no, on 2 of 10 | yes, on 9 of 10 |" in prose("15")
    assert "ahead of *both* rules on all ten problems" in prose("15")
    assert products["expert_orders"][3:] == ("2", "8")
    assert "ahead of the algorithm on eight of ten, though the interval hardly leaves out 0" in prose("15")
    assert 0 < float(products["expert_orders"][1]) < 1
    for table in (parts, jobs):
        assert table["search"][4] == "10"
        assert table["atcs"][1][0] + table["atcs"][2][0] == "-+"
    known = {name: load_instance(name) for name in ("parts-1", "jobs-1", "small-1")}
    wasted = {name: 1 - estimate_schedules(i, 2000, seed=1).log10 / log10_key_orders(i) for name, i in known.items()}
    home, with_parts, with_jobs = (round(100 * wasted[name]) for name in ("small-1", "parts-1", "jobs-1"))
    assert f"{home} in 100 are repetition at home, {with_parts} with these parts, {with_jobs} with these jobs" in prose(
        "15"
    )
    above = [float(a) / float(b) for a, b in re.findall(r"genetic algorithm (\d+) .* best known (\d+)", printed)]
    assert f"On `parts-1` it is {100 * above[0] - 100:.0f} % above, on `jobs-1` {above[1]:.1f} times as high" in prose(
        "15"
    )


def printed(number: str) -> str:
    (path,) = FOLDER.glob(f"{number}_*.ipynb")
    found = outputs(path)
    return "\n".join(out.get("text") or str(out.get("data", {}).get("text/plain", "")) for out in found)


def test_what_is_said_of_foreign_parts() -> None:
    totals: dict[str, list[float]] = {}
    for row in read_csv(FOLDER / "data/operators/parts.csv", ("label", "instance"), ("seed", "total_tardiness")):
        totals.setdefault(row["label"], []).append(row["total_tardiness"])
    ours = np.mean(totals["the paper's"])
    below = {part: 100 * (1 - np.mean(found) / ours) for part, found in totals.items()}
    best = below["selection: best of three"]
    said = f"ends {best:.0f} % lower, where DEAP and PyGAD are ({below['DEAP']:.0f} and {below['PyGAD']:.0f} %)"
    assert said in prose("14")
    assert f"let parents survive ({below['survivors: parents too']:.0f} %)" in prose("14")
    assert f"is worth {-below['elitism: none']:.0f} %" in prose("14")
    assert f"two-point crossover {below['crossover: two-point']:.0f} % this early, more mutation nothing" in prose("14")
    assert abs(below["mutation: of every child"]) < 1


def test_what_is_said_of_descents_and_annealing_is_what_was_printed() -> None:
    """Printed lines are compared with a new run when notebooks are tested; here prose is held against them."""
    ends = [re.findall(rf"^{kind}: .*?(\d+)$", printed("12"), re.M) for kind in ("swaps", "moves")]
    assert f"No: it ends at {ends[0][-1]}, and the swaps alone, from the beginning, at {ends[0][0]}" in prose("12")
    assert f"{solve_known('small-1'):.0f} is proved optimal for `small-1`" in prose("12")
    assert f"Does it meet the {solve_known('small-1'):.0f} that is proved optimal" in prose("13")
    told = r"(constant, \d+|from 10 to 0\.5) begins at (\d+), is at most (\d+), .*?ends at (\d+)"
    walks = {name: tuple(map(int, numbers)) for name, *numbers in re.findall(told, printed("13"))}
    begin, most, _ = walks["constant, 100"]
    assert most > 9 * begin
    assert f"The hottest climbs to {most:,}, over nine times its beginning" in prose("13")
    assert walks["constant, 1"][2] == int(ends[1][0])
    assert f"and ends at {ends[1][0]}, where the descent by moves of the last notebook ended too" in prose("13")
    assert f"It first climbs, to {walks['from 10 to 0.5'][1]} at most" in prose("13")
    means = {
        name.strip(): float(mean) for name, mean in re.findall(r"^(.*?)  +\d.* mean ([\d.]+)$", printed("13"), re.M)
    }
    ours, theirs, without = (means[name] for name in ("annealing, ours", "search", "search with moves and splits"))
    assert f"by {ours - theirs:.0f} days in the mean" in prose("13")
    assert f"Its mean rises from {theirs:.0f} to {without:.0f}: most of the lead is gone" in prose("13")
    assert (without - theirs) / (ours - theirs) > 2 / 3
    assert "by more than 30 days, and is level with `search`" in prose("13")
    assert ours - 30 > means["annealing with swaps"] and abs(means["annealing with swaps"] - theirs) < 3
    (of_four,) = re.findall(r"^replace_worst .* mean (\d+)\.0$", printed("04"), re.M)
    assert f"comes to {of_four} in the mean of three runs" in prose("14")


def test_what_is_said_of_growth_and_of_models() -> None:
    growth = read_json(FOLDER / "data/decoder-speed.json")["growth"]
    large, huge = growth["1x"], growth["10x"]
    said = f"With {huge['orders']:,} orders on {huge['sites']} Sites decoding has lost most of its lead over that sort."
    assert said in prose("10")
    leads = [row["argsort_nanoseconds_per_key"] / row["nanoseconds_per_key"] for row in (large, huge)]
    assert leads[1] < 0.5 * leads[0]
    assert huge["sites"] == 5 * large["sites"]
    assert huge["nanoseconds_per_key"] > 3 * large["nanoseconds_per_key"]
    assert huge["argsort_nanoseconds_per_key"] < 2 * large["argsort_nanoseconds_per_key"]
    models = read_json(results_folder() / "models-7-orders.json")
    assert f"problems of {models['orders']} orders on 2 Sites" in prose("08c")
    assert f"and {models['limit_seconds']:.0f} seconds for each model" in prose("08c")
    assert f"of {len(models['problems'])} problems" in prose("08c")
    told = re.findall(r"^(.+?)  +(\d+) +([\d.]+) ", models_table(models), re.M)
    seconds = {name: float(mean) for name, proved, mean in told if int(proved) == len(models["problems"])}
    assert set(models["models"]) - set(seconds) == {"[P], CBC"}  # proves none
    without = [seconds[f"runs, {solver}, no hint"] / seconds[f"runs, {solver}"] for solver in ("CBC", "HiGHS")]
    assert all(1.9 < times < 3.1 for times in without)
    dearer = {solver: seconds[f"runs with big-M, {solver}"] / seconds[f"runs, {solver}"] for solver in ("CBC", "HiGHS")}
    assert f"{dearer['HiGHS']:.0f} times the time by HiGHS, {dearer['CBC']:.0f} times by CBC" in prose("08c")


def test_search_is_ahead_of_the_paper_s_algorithm_on_every_problem_at_home() -> None:
    rows = read_csv(FOLDER / "data/table4/table.csv", ("method", "instance"), ("seed",), ("total_tardiness",))
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        found.setdefault((row["method"], row["instance"]), []).append(row["total_tardiness"])
    names = {name for method, name in found if method == "ga"}
    assert len(names) == 15
    assert all(np.mean(found["search", name]) < np.mean(found["ga", name]) for name in names)


def test_what_is_said_of_the_calibration() -> None:
    """The stored means of `make calibrate`, and the small samples that the notebook prints."""
    said, means = prose("05"), read_json(FOLDER / "data/calibration.json")["means"]
    off = {
        method: max(abs(means[f"{name}, {method}"]["mean"] / row[k] - 1) for name, row in TABLE_4_MEANS.items())
        for k, method in ((1, "Expert"), (2, "GA"))
    }
    assert f"(Expert within {math.ceil(100 * off['Expert'])} %, GA within {math.ceil(100 * off['GA'])} %)" in said
    assert f"runs {means['small, Expert']['problems']:,} problems of each set for the Expert" in said
    shown = printed("05")
    ((mean, deviation),) = re.findall(r"^small, Expert +25 +([\d.]+) +([\d.]+)", shown, re.M)
    assert f"on Small one standard deviation is {100 * float(deviation) / float(mean):.0f} % of the mean" in said
    (five,) = re.findall(r"^small, Expert +standard error: .* five +([\d.]+)", shown, re.M)
    assert f"could easily be {round(float(five), -2):.0f} days higher or lower" in said
    (errors,) = re.findall(r"^of the printed mean tardiness of an order: (.*) days", shown, re.M)
    low, *_, high = (round(float(error)) for error in errors.split(", "))
    assert f"a standard error of {low} to {high} days" in said


def test_what_is_said_of_the_line_through_table_4() -> None:
    said, shown = prose("05"), printed("05")
    points = [tuple(map(float, pair)) for pair in re.findall(r"printed +([\d.]+)  line +([\d.]+)", shown)]
    assert max(abs(point - line) for point, line in points) < 0.25
    assert f"to within a quarter of a day on numbers from {points[0][0]:.0f} to {points[-1][0]:.0f}" in said
    ((gap, slack),) = re.findall(r"^gap ([\d.]+) days a batch, mean slack ([\d.]+) days", shown, re.M)
    assert f"begin near 0 instead of {float(slack):.0f} days below it" in said
    assert f"*about 9 days, and about 80 to 100 days*, not as {gap} and {slack}" in said
    true = np.mean([float(found) for found in re.findall(r"true slack ([\d.]+)", shown)])
    ((found_gap, found_slack),) = re.findall(r"the fit says: gap ([\d.]+), slack ([\d.]+)", shown)
    assert "too small a slack, by an eighth" in said and abs(1 - float(found_slack) / true - 1 / 8) < 0.01
    assert float(found_gap) < min(float(gap) for gap in re.findall(r"true gap ([\d.]+)", shown))


def test_what_is_said_of_the_fast_decoder() -> None:
    said, large = prose("10"), load_instance("large-1")
    drawn = np.random.default_rng(1).random((20, large.key_count))
    mean = np.mean([len(site) for keys in drawn for site in explained.cells(large, keys)])
    few = [len(site) for site in explained.cells(load_instance("fig3"), FIGURE_3_KEYS)]
    assert f"with {few[0]}, {few[1]} and {few[2]} numbers instead of one list of {len(FIGURE_3_KEYS)}" in said
    assert f"ten lists of about {round(mean, -1):.0f} instead of one of {large.key_count:,}" in said
    assert large.sites == 10
    assert f"compares **whole keys** of {int(explained.whole_key(1.0)).bit_length()} bits" in said
    assert "C for any processor is several times slower than compiled Python for this one" in said
    speeds = [
        one["ratios"]["compiled / C -O3"] for one in read_json(FOLDER / "data/decoder-speed.json")["sets"].values()
    ]
    assert max(speeds) < 1 / 3


def test_what_is_said_of_the_model() -> None:
    """Of early orders without (13), and of what one copy of the coefficients needs."""
    said, shown = prose("03"), printed("03")
    early = re.findall(r"Order (\d) has tardiness -(\d)", shown)
    (delay,) = re.findall(r"claims total tardiness -3 .*\n(?:.*\n)*?.*is -3; it must be (\d+)", shown)
    best = solve(load_instance("tiny-pipeline"), "ga", seed=1).total_tardiness
    orders, days = zip(*early, strict=True)
    assert f"orders {' and '.join(orders)} are early by {' and '.join(days)} days" in said
    assert f"pays with {delay} days of delay, where {best:g} in all would do" in said
    ((low, high),) = re.findall(r"^large .* ([\d.]+) to ([\d.]+)  +[\d,.]+ to [\d,.]+$", shown, re.M)
    assert f"takes {12 * float(low) / 1000:.0f} to {12 * float(high) / 1000:.0f} GB" in said


WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def test_what_is_said_of_neighbourhoods() -> None:
    said, shown = prose("12"), printed("12")
    counts = re.findall(r"(\w+): ([\d,]+) neighbours, (\d+) better", shown)
    better = {kind: WORDS[int(found)] for kind, _, found in counts[3:]}
    assert f"Six ways down: {better['swaps']} swaps, {better['splits']} splits" in said and better["moves"] == "none"
    assert sum(int(found) for _, _, found in counts[3:]) == 6
    assert "about twice as many moves" in said and 1.8 < int(counts[3][1]) / int(counts[4][1]) < 2.2
    steps = {
        kind: len(found.split(", ")) - 1 for kind, found in reversed(re.findall(r"^(\w+): (383, .*)$", shown, re.M))
    }
    assert f"{WORDS[steps['swaps']]} steps down where the moves find {WORDS[steps['moves']]}" in said
    ends = [(int(count), int(value)) for count, value in re.findall(r"^(\d+) of 20 descents end at (\d+)", shown, re.M)]
    assert f"they end at {WORDS[len(ends)]} different values, from {ends[0][1]} to {ends[-1][1]}." in said
    assert f"{WORDS[ends[0][0]].capitalize()} of the twenty find the {ends[0][1]} of the kit's best method" in said
    assert f"with {WORDS[load_instance('fig3').total_batches]} batches" in said
    (last,) = map(int, re.findall(r"descent by swaps, (\d+) after", shown))
    totals = [int(total) for total in re.findall(r"^the paper's GA, seed \d: (\d+)", shown, re.M)]
    assert "the best of the three is more than three times as late" in said and min(totals) > 3 * last


def test_what_is_said_of_temperatures() -> None:
    said, shown = prose("13"), printed("13")
    one, three, cold = (f"{100 * math.exp(-d):.0f} %" for d in (1, 3, 1 / 0.5))
    assert f"accepted in {one} of the cases, by three in {three}" in said
    assert f"at 0.5 one day still passes in {cold} of the cases" in said
    (tenth,) = re.findall(r"one in ten up to (\d+) days", shown)
    (half,) = re.findall(r"half of them up to ([\d.]+) days", shown)
    assert f"does least harm costs up to {tenth} days" in said
    assert "half of the worse ones cost two months" in said and 60 <= float(half) <= 62
    ((met, tries),) = re.findall(r"first met after ([\d,]+) of ([\d,]+)", shown)
    assert "The last third finds nothing more" in said
    assert int(met.replace(",", "")) < 2 / 3 * int(tries.replace(",", ""))
    assert f"the first {100 * LISTS[1]:.0f} % of its moves on lists" in said
    assert f"all its {WORDS[len(FREQUENCIES)]} kinds" in said
    ((ours, theirs),) = re.findall(r"ours ([\d,]+) moves a second, search ([\d,]+)", shown)
    assert "hundreds of times as fast" in said
    assert 200 < int(theirs.replace(",", "")) / int(ours.replace(",", "")) < 900


def test_studies_are_as_large_as_is_said() -> None:
    said = prose("14")
    runs = load_plan(FOLDER / "studies/operators.toml").tasks
    assert {run.evaluations for run in runs} == {100_000} and len({run.instance for run in runs}) == 10
    assert {len({run.seed for run in runs if run.label == label}) for label in {run.label for run in runs}} == {10}
    assert "on the ten Small and Medium problems, ten seeds each, 100,000 evaluations for every run" in said
    assert (
        f"{parts.EVALUATIONS:,} evaluations ({parts.EVALUATIONS // parts.POPULATION} generations) on the five Large"
        in said
    )
    assert f"problems, {WORDS[parts.SEEDS]} seeds each" in said and len(parts.PROBLEMS) == 5
    count = 2 * len(verdicts("evaluations"))
    assert f"of the {count} verdicts above expect two or three by chance" in prose("08b") and 2 <= count / 20 <= 3


def test_what_exercises_say_is_computed() -> None:
    """Numbers behind a solution, which no check computes."""
    paths = sorted((FOLDER / "exercises").glob("*.ipynb"))
    said = {
        path.name[:2]: " ".join(" ".join(cell.source for cell in cells(path, "markdown")).split()) for path in paths
    }
    factor = (0.5 / 10) ** (1 / 4000)
    assert f"From 10 to 0.5 in 4,000 steps: {factor:.5f}" in said["13"]
    assert f"0.95 would be cold after {math.log(0.5 / 10) / math.log(0.95):.0f} steps" in said["13"]
    moved, different = re.search(r"= (\d+) moves\ndifferent schedules: (\d+)", printed("12")).groups()  # type: ignore[union-attr]
    assert f"30 runs on 3 Sites: {moved} moves, {different} schedules" in said["12"]
    genes = len(FIGURE_3_KEYS)
    places = [(a, b) for b in range(1, genes + 1) for a in range(1, b)]  # of the two changes in the order of the genes
    empty = [(a == 1, b == a + 1, b == genes) for a, b in places]
    each = {sum(site) for site in zip(*empty, strict=True)}
    assert (
        f"is {each.pop()} of {len(places)} places for each Site, and {sum(map(any, empty))} of {len(places)} for"
        in said["02"]
    )
    assert not each


def test_what_is_said_of_table_3() -> None:
    rows = read_csv(FOLDER / "data/table3/table.csv", ("label", "instance", "method"), ("seed",), ("total_tardiness",))
    pairs, *_ = find_grids(rows)
    assert len({row["instance"] for row in rows}) == 6 and len(pairs.settings) == 20
    effect = {
        key: [pairs.mean(**{f"{key}_probability": value}) for value in pairs.values[f"{key}_probability"]]
        for key in ("mutation", "crossover")
    }
    apart = {key: np.ptp(means) for key, means in effect.items()}
    assert f"lie {apart['mutation']:.1f} % apart, those of crossover {apart['crossover']:.1f} %" in prose("17")
    assert sorted(range(5), key=effect["mutation"].__getitem__)[:2] == [2, 1]  # every second, every fifth
    ranked = sorted(pairs.settings.values(), key=lambda setting: pairs.mean(**setting))
    behind = [pairs.mean(**setting) - pairs.mean(**ranked[0]) for setting in ranked]
    assert [*ranked[2].values()] == ["0.9", "0.5"]
    assert f"third of twenty, {behind[2]:.1f} % behind the first" in prose("17")
    assert f"Little is left: {100 * (1 - sum(explained_variance(pairs).values())):.0f} % of the variance" in prose("17")
    crossed = {
        mutated: max(
            pairs.values["crossover_probability"],
            key=lambda value: pairs.mean(crossover_probability=value, mutation_probability=mutated),
        )
        for mutated in ("0.05", "1.0")
    }
    assert crossed == {"0.05": "0.5", "1.0": "1.0"}
    problems, _ = pairs.totals
    often = pairs.relative[pairs.chosen(mutation_probability="0.8")].mean(axis=0)
    assert (often[:-1] < 0).all() and f"is {often[-1]:.1f} % worse." in prose("17")
    assert problems[-1] == "medium-1"
    means = [
        pairs.relative[pairs.chosen(mutation_probability=v)].mean(axis=0) for v in pairs.values["mutation_probability"]
    ]
    assert sorted(np.argmin(means, axis=0)) == [1, 1, 1, 2, 2, 2] and "0.2 is best on three of the six" in prose("17")
    lines = {line[0]: line[1:] for line in beside(rows, "Table 3")[1]}
    assert f"{lines['size, population_size=400'][0][1:]} behind" in prose("17")
    assert f"Without elitism it is {lines['elitism, elitism=none'][0][1:]} more" in prose("17")
    assert f"more than doubles it: {lines['fitness, w=10000.0'][0][1:]}" in prose("17")
    small = lines["fitness, w=0.01"]
    assert small[2] == "6 of 6" and f"on all six problems, by {small[0][1:]}" in prose("17")
    times = 1 + float(lines["each gene, mutation_probability=0.05"][0].strip("+ %")) / 100
    assert f"with 0.05 tardiness is {times:.1f} times as high" in prose("17")
    means = mean_over_seeds(rows, "total_tardiness")["medium-1"]
    half, whole = (means[f"size, population_size={size}"] for size in (100, 200))
    assert f"{half:,.0f} days instead of {whole:,.0f}" in prose("17")
    found = [
        re.search(r"(\d+) winners; (\d+)%: (.*)", line) for line in printed("17").splitlines() if "winners" in line
    ]
    first, more, wide, both = ((int(line[1]), int(line[2]), line[3]) for line in found if line)
    assert first[0] == 20 and f"in {first[1]} of 100 studies" in prose("17") and first[2] != both[2]
    assert more[1] < wide[1] < both[1] and round(both[1] / 100 * 3) == 2


def test_what_is_said_of_what_grows_how() -> None:
    runs = read_json(FOLDER / "data/scale.json")["scale"]["runs"]
    batches, micros = ([run[key] for run in (runs["1x, ga"], runs["10x, ga"])] for key in ("batches", "evaluations"))
    seconds = [runs[f"{size}, ga"]["seconds"] / count for size, count in zip(("1x", "10x"), micros, strict=True)]
    power = math.log(seconds[1] / seconds[0]) / math.log(batches[1] / batches[0])
    assert 1.7 < power < 1.95 and "nearly as the square of the batches in the genetic algorithm" in prose("10")
    best, bound = runs["3x, search"]["total_tardiness"], runs["3x, bound"]["lower_bound"]
    assert 100 * (1 - bound / best) < 0.25 and "within a quarter of a per cent of each other" in prose("10")
    assert runs["10x, bound"]["lower_bound"] == 0 and runs["10x, bound"]["seconds"] < 5
    ratio = runs["10x, ga"]["total_tardiness"] / runs["10x, search"]["total_tardiness"]
    assert round(ratio) == 6 and "a sixth of the genetic algorithm's tardiness" in prose("10")
