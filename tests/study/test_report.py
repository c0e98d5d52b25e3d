"""Tables, comparisons, claims and reports: from rows by hand to the rendered page."""

import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import nbformat
import numpy as np
import pytest

from cmo_kit.base.errors import InputError
from cmo_kit.base.text import text_table
from cmo_kit.cli import main
from cmo_kit.formats.history import History
from cmo_kit.library import instances_folder, load_instance, notebooks_folder
from cmo_kit.study.execute.record import CURVE_POINTS, thinned
from cmo_kit.study.report.grid_pictures import alt_text_effects, alt_text_map, plot_effects, plot_map, show_grid
from cmo_kit.study.report.pictures import alt_text_profile, performance_profile, plot_profile, plot_spread
from cmo_kit.study.report.report import render_report
from cmo_kit.study.results.claims import OPEN, Evidence, claims_ledger, no_convergence
from cmo_kit.study.results.collect import Study, load_study, write_bounds
from cmo_kit.study.results.compare import compare, comparison_sentences
from cmo_kit.study.results.gaps import best_bounds, gap_table, read_best_known
from cmo_kit.study.results.grid import best_settings, by_methods, effects_table, find_grids
from cmo_kit.study.results.published import TABLE_4, TABLE_4_MEANS, relative_deviation_index
from cmo_kit.study.results.tables import differences, labels_of, problems_of, seconds_table, table_4
from tests.helpers.study_help import run, table


def row(label: str, instance: str, total: float | None, seed: int = 1, **others: Any) -> dict[str, Any]:
    return {
        "label": label, "method": label, "instance": instance, "seed": seed, "total_tardiness": total, "seconds": 1.0,
        "lower_bound": 0, "status": "feasible", "cpu": "",
        "digest": load_instance(instance).digest if instance in TABLE_4 else "", **others,
    }  # fmt: skip


# The published table


@pytest.mark.parametrize("problem", TABLE_4)
def test_printed_rdi_follows_from_printed_tardiness(problem: str) -> None:
    printed = TABLE_4[problem]
    indices = relative_deviation_index([printed.cplex, printed.expert, printed.ga])
    for ours, theirs in zip(indices, [printed.cplex_rdi, printed.expert_rdi, printed.ga_rdi], strict=True):
        assert (ours is None) == (theirs is None)
        assert ours is None or ours == pytest.approx(theirs, abs=0.001)


@pytest.mark.parametrize("name", TABLE_4_MEANS)
def test_printed_means_follow_from_printed_rows(name: str) -> None:
    rows = [printed for problem, printed in TABLE_4.items() if problem.startswith(name)]
    assert len(rows) == 5
    cplex, expert, ga, cplex_rdi, expert_rdi, seconds = TABLE_4_MEANS[name]
    if cplex is not None:
        assert fmean(printed.cplex or 0 for printed in rows) == pytest.approx(cplex, abs=0.05)
        assert fmean(printed.cplex_rdi or 0 for printed in rows) == pytest.approx(cplex_rdi, abs=0.001)
    assert fmean(printed.expert for printed in rows) == pytest.approx(expert, abs=0.05)
    assert fmean(printed.ga for printed in rows) == pytest.approx(ga, abs=0.05)
    assert fmean(printed.expert_rdi for printed in rows) == pytest.approx(expert_rdi, abs=0.001)
    assert fmean(printed.ga_seconds for printed in rows) == pytest.approx(seconds, abs=0.001)


def test_rdi_at_its_edges() -> None:
    assert relative_deviation_index([]) == []
    assert relative_deviation_index([None, 5]) == [None, 0]
    assert relative_deviation_index([3, 3]) == [0, 0]
    assert relative_deviation_index([3, None, 5, 4]) == [0, None, 1, 0.5]


def test_table_4_has_both_sides_and_means() -> None:
    rows = [row("ga", "small-1", 10), row("b", "small-1", 30, 1), row("b", "small-1", 50, 2)]
    rows += [
        row("milp", "small-1", None),
        row("ga", "small-2", 4),
        row("b", "small-2", 2),
        row("milp", "small-2", None),
    ]
    headers, lines = table_4(rows)
    assert headers == ["problem", "paper: CPLEX", "paper: GA", "ga", "b", "milp"]
    assert lines[0] == ["small-1", "1,333 (0.865)", "215 (0.000)", "10 (0.000)", "40 (1.000)", "n.a."]
    assert lines[2] == ["small mean", "1,143 (0.800)", "120 (0.000)", "7 (0.500)", "21 (0.500)", "n.a."]
    assert seconds_table(rows)[1][0] == ["small-1", "91.938", "1.000", "1.000", "1.000"]


def test_the_paper_s_columns_stand_beside_its_own_methods_and_problems_only() -> None:
    """Not beside other methods, a grid of settings, or another problem of the same name; not for a mixed set's mean."""
    for others in ({"method": "search"}, {"grid": True}, {"digest": "another"}, {"instance": "mine"}):
        rows = [row("ga", "small-1", 10) | others]
        assert table_4(rows)[0] == ["problem", "ga"] == seconds_table(rows)[0]
        assert differences(rows) == "The study has no whole set of the paper's."
        assert {claim.verdict for claim in claims_ledger(Study(notebooks_folder(), rows, [], [], []))} == {OPEN}
    own = [row("ga", f"small-{k}", 10) for k in range(1, 6)]
    assert "small, ga: mean 10.0, the paper's 270.8" in differences(own)
    assert table_4([*own, row("ga", "small-6", 10)])[1][-1] == ["small mean", "", "10 (0.000)"]


def grid_rows() -> list[dict[str, Any]]:
    """A plain method, and a grid of 2 x 2 settings with 2 seeds on 2 problems: T = 100 p (1 + 0.1 a + 0.2 [b = y])."""
    rows = [row("expert", problem, 500) for problem in ("p", "q")]
    for a, b in product((1, 2), "xy"):
        for size, problem in enumerate(("p", "q"), start=1):
            for seed in (1, 2):
                total = 100 * size * (1 + 0.1 * a + 0.2 * (b == "y")) + (seed - 1.5)
                label = f"GA, w={a}, mutation={b}"
                rows.append(row(label, problem, total, seed, method="ga", **{"parameters.w": a}))
                rows[-1]["parameters.mutation"] = b
    return rows


def test_a_grid_is_one_method_shown_by_its_parameters() -> None:
    """Effects by hand: a moves by 0.1 of 1.25, b by 0.2, and both add up on the map."""
    rows = grid_rows()
    (grid,) = find_grids(rows)
    assert (grid.name, grid.values) == ("GA", {"w": ["1", "2"], "mutation": ["x", "y"]})
    assert labels_of(by_methods(rows, [grid])) == ["Expert, batch by batch", "GA"]
    assert grid.mean(w="1") == pytest.approx(-4) and grid.mean(mutation="y") == pytest.approx(8)
    assert grid.mean(w="2", mutation="y") == pytest.approx(12)
    assert effects_table(grid)[1][3] == ["mutation = y", "2", "202.5", "+8.0 %", "+4.0 % to +12.0 %"]
    assert best_settings(grid)[1][0] == ["1", "1", "x", "165.0", "-12.0 %"]
    assert "w: 1 -4.0, 2 +4.0; mutation: x -8.0, y +8.0" in alt_text_effects(grid)
    assert "w 1 and mutation x -12.0; w 2 and mutation x -4.0" in alt_text_map(grid, *grid.strongest())
    figure, plane = plot_effects(grid), plot_map(grid, "w", "mutation")
    assert [ax.get_title() for ax in figure.axes if ax.get_visible()] == ["w", "mutation"]
    assert [text.get_text() for text in plane.texts] == ["-12.0 %", "-4.0 %", "+4.0 %", "+12.0 %"]


def test_grids_at_their_edges(capsys: pytest.CaptureFixture[str]) -> None:
    assert find_grids([row("GA, w=1", "p", 1, **{"parameters.w": 1}), row("GA, v=2", "p", 1)]) == []
    rows = grid_rows() + [row(f"GA, w={w}", "p", 0, method="ga") for w in (10, 9, 0.5)]
    both, single = find_grids(rows)
    assert (both.name, single.name) == ("GA: w, mutation", "GA: w")
    assert single.values == {"w": ["0.5", "9", "10"]} and single.strongest() is None
    assert effects_table(single)[1][0] == ["w = 0.5", "1", "0.0", "+0.0 %", "+0.0 % to +0.0 %"]
    (grid,) = find_grids([entry | {"total_tardiness": None} for entry in grid_rows()])
    show_grid(grid)
    assert "no problem on which all 4 settings have a schedule" in capsys.readouterr().out


def test_columns_of_a_text_table_are_aligned() -> None:
    lines = [["small-1", "215", "1"], ["a", "1,508 (1.000)", "20"]]
    assert text_table(["problem", "ga", "seeds"], lines).splitlines() == [
        "problem             ga  seeds",
        "-------  -------------  -----",
        "small-1            215      1",
        "a        1,508 (1.000)     20",
    ]


# Comparisons


def test_a_clear_difference_is_concluded_and_noise_is_not() -> None:
    """Method b is 10 days worse on every problem; c is worse on one and better on another."""
    rows = []
    for k, noise in enumerate([-30, 25, 10, -10, 5], start=1):
        for seed in range(1, 6):
            rows.append(row("a", f"small-{k}", 100 + seed, seed))
            rows.append(row("b", f"small-{k}", 110 + seed, seed))
            rows.append(row("c", f"small-{k}", 100 + noise + seed, seed))
    clear, noise_only = compare(rows, "a", "b", "small"), compare(rows, "a", "c", "small")
    assert clear.difference == pytest.approx(-10)
    assert clear.low < -9.999 and clear.high > -10.001 and clear.high < 0
    assert clear.sentence().endswith("a is below on 5 of 5. On these 5 problems a is better on average.")
    assert noise_only.low < 0 < noise_only.high
    assert noise_only.sentence().endswith("these runs do not tell which is better.")
    assert (noise_only.low, noise_only.high) == pytest.approx((-25.967, 25.967), abs=0.001), "2.776 s / root of 5"
    assert "all go one way happens by chance in 6.25 of 100 studies" in comparison_sentences(rows)


def test_a_comparison_needs_pairs() -> None:
    assert compare([row("a", "small-1", 1), row("b", "small-2", 2)], "a", "b", "small") is None
    assert compare([row("a", "small-1", 1), row("b", "small-1", None)], "a", "b", "small") is None
    assert "says nothing about others" in comparison_sentences([row("a", "small-1", 1), row("b", "small-1", 2)])
    assert comparison_sentences([row("a", "small-1", 1)]) == "There are no two methods to compare."


def test_a_comparison_counts_in_the_unit_of_the_problems() -> None:
    rows = [row("a", "parts-1", 1), row("b", "parts-1", 3)]
    assert "a against b: -2.0 hours a problem" in comparison_sentences(rows, "hour")
    assert load_study().time_unit == "day"


def test_claims_are_told_of_a_study_without_tardiness() -> None:
    study = Study(Path(), [row("ga", "large-1", 0.0)], [], [], [])
    assert no_convergence(Evidence(study)).numbers == "0 of 1 runs were cut off; they took 1.0 to 1.0 s."


def test_a_performance_profile_by_hand() -> None:
    """Ratios to the best run of a problem with a day added; no schedule is infinitely far."""
    rows = [row("a", "p", 0), row("b", "p", 3), row("c", "p", None), row("a", "q", 9), row("b", "q", 4)]
    profile = performance_profile(rows)
    np.testing.assert_allclose(profile["a"], [1, 2])
    np.testing.assert_allclose(profile["b"], [1, 4])
    assert profile["c"].tolist() == [np.inf]
    assert "c 0 % within 1.1" in alt_text_profile(rows)


def test_pictures_of_runs_can_be_read() -> None:
    rows = [row("a", "p", 0), row("b", "p", 3), row("c", "p", None), row("a", "q", 9), row("b", "q", 4)]
    spread, profile = plot_spread(rows), plot_profile(rows)
    assert spread.get_xticks().tolist() == [0, 1]
    assert [label.get_text() for label in spread.get_xticklabels()] == ["p", "q"]
    assert [text.get_text() for text in spread.get_legend().get_texts()] == ["a", "b"]
    assert [text.get_text() for text in profile.get_legend().get_texts()] == ["a", "b", "c"]
    shares = [line.get_ydata()[-1] for line in profile.get_lines()]
    assert shares == [1, 1, 0]
    assert profile.get_xlabel() and profile.get_ylabel() and spread.get_ylabel()
    for axis in (spread.yaxis, profile.xaxis, profile.yaxis):
        assert all(line.get_visible() for line in axis.get_gridlines())


def test_gaps_take_the_best_bound_of_the_same_problem() -> None:
    """A known bound counts only for the kit's own problem of that name."""
    small, other = load_instance("small-1"), load_instance("small-2")
    rows = [row("a", "small-1", 400, lower_bound=100), row("b", "small-1", 500)]
    known = [{"instance": "small-1", "lower_bound": 300}]
    (bound,) = best_bounds(rows, known, {"small-1": small})
    assert (bound["lower_bound"], bound["source"]) == (300, "the best values known")
    (bound,) = best_bounds(rows, known, {"small-1": other})
    assert (bound["lower_bound"], bound["source"]) == (100, "the runs: a")
    assert gap_table(rows, [bound])[1] == [["small-1", "100", "75.0 %", "80.0 %"]]
    assert best_bounds([row("a", "small-1", 0)], [], {"small-1": small}) == []


def test_a_known_bound_is_written_with_its_point(tmp_path: Path) -> None:
    problems = {name: load_instance(name) for name in ("tiny-ties", "fig1")}
    write_bounds(tmp_path, [row("a", "tiny-ties", 9), row("b", "fig1", 9, lower_bound=2)], problems)
    known = b"instance,lower_bound,source\ntiny-ties,7.0,the best values known\nfig1,2,the runs: b\n"
    assert (tmp_path / "bounds.csv").read_bytes() == known


@pytest.mark.parametrize("length", [1, 2, 39, 40, 5000])
def test_thin_histories_keep_both_ends(length: int) -> None:
    numbers = np.arange(length)
    history = History(numbers * 1.0, numbers, numbers, numbers, numbers * 0.5, numbers)
    curve = thinned(history)
    assert (curve["evaluations"][0], curve["evaluations"][-1]) == (0, length - 1)
    assert len(curve["best"]) <= min(length, CURVE_POINTS)
    assert curve["evaluations"] == sorted(set(curve["evaluations"]))


# Claims


def paper_study() -> Study:
    rows = []
    for problem, printed in TABLE_4.items():
        digest = load_instance(problem).digest
        status = "too_large" if printed.cplex is None else "feasible"
        rows.append(row("expert", problem, printed.expert, digest=digest, seconds=0.001))
        rows.append(row("ga", problem, printed.ga, digest=digest, seconds=printed.ga_seconds))
        rows.append(row("milp", problem, printed.cplex, digest=digest, seconds=3600.0, status=status))
    return Study(notebooks_folder(), rows, [], [], [])


def test_what_the_paper_s_own_numbers_would_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the printed numbers as runs what can be decided is reproduced; of CPLEX another solver decides nothing."""
    monkeypatch.setattr(Study, "instance", lambda self, name: load_instance(name))
    ledger = claims_ledger(paper_study())
    verdicts = {claim.claim: claim.verdict for claim in ledger}
    assert {claim for claim, verdict in verdicts.items() if verdict == "reproduced"} == {
        "The GA has less total tardiness than the Expert on all 15 problems.",
        "On Large the GA lies 37.19 % below the Expert on average.",
        "The GA does not converge on Large within an hour.",
    }
    assert set(verdicts.values()) == {"reproduced", "cannot be tested"}
    assert all(claim.verdict == "cannot be tested" for claim in ledger if "CPLEX" in claim.claim)


@pytest.mark.parametrize("seconds", [0.1, 134.0])
def test_no_schedule_of_the_model_decides_nothing_about_it(seconds: float) -> None:
    """However long CBC was given: the stored study has no schedule of [P], and so no verdict on it."""
    study = load_study(notebooks_folder() / "data" / "table4")
    milp = [row for row in study.rows if row["method"] == "milp"]
    assert len(milp) == 15 and all(row["total_tardiness"] is None for row in milp)
    for found in milp:
        found["seconds"] = seconds
    verdicts = {claim.claim: claim.verdict for claim in claims_ledger(study)}
    assert {claim: verdict for claim, verdict in verdicts.items() if verdict != "cannot be tested"} == {
        "The GA has less total tardiness than the Expert on all 15 problems.": "reproduced",
        "On Large the GA lies 37.19 % below the Expert on average.": "not reproduced",
    }


def test_several_solvers_of_the_model_are_told_apart() -> None:
    """The first label decides; of each the numbers say what it reached and what its solver claims."""
    rows = [row("[P], CBC", "small-1", None, method="milp", status="no_solution", solver_bound="")]
    rows += [row("[P], HiGHS", f"small-{k}", 90 + k, method="milp", solver_bound=f"{k / 2}") for k in (1, 2)]
    rows[-1]["status"] = "optimal"
    (claim,) = (c for c in claims_ledger(Study(notebooks_folder(), rows, [], [], [])) if "small problems" in c.claim)
    assert claim.verdict == OPEN
    assert claim.numbers.startswith("Proved optimal on 0 of 1 Small problems")
    assert claim.numbers.endswith(
        " [P], CBC: a schedule on 0 of 1, proved optimal on 0. "
        "[P], HiGHS: a schedule on 2 of 2, proved optimal on 1; the solver claims bounds of 0.5 to 1.0."
    )
    alone = claims_ledger(Study(notebooks_folder(), rows[:1], [], [], []))
    assert "[P], CBC" not in " ".join(claim.numbers for claim in alone)


def test_claims_name_the_solver_of_the_model() -> None:
    rows = [row(method, "medium-1", 9.0) for method in ("milp", "ga", "expert")]
    rows[0]["parameters.solver"] = "highs"
    said = " ".join(claim.numbers for claim in claims_ledger(Study(notebooks_folder(), rows, [], [], [])))
    assert said.count("HiGHS") == 4 and "CBC" not in said


def test_no_claim_is_made_of_the_paper_that_it_does_not_make() -> None:
    """Which method is worst on which problem is only read off Table 4, and said in no sentence."""
    assert not any("worst" in claim.claim for claim in claims_ledger(load_study()))


@pytest.mark.parametrize("name", ["quick", "table4"])
def test_stored_bounds_are_those_that_are_known_today(name: str) -> None:
    study = load_study(notebooks_folder() / "data" / name)
    instances = {problem: study.instance(problem) for problem in problems_of(study.rows)}
    known = read_best_known(instances_folder())
    bounds = best_bounds(study.rows, known.values(), instances)
    assert [dict(bound) for bound in study.bounds] == bounds
    assert {bound["instance"] for bound in bounds} == set(instances)


def test_an_empty_study_tests_nothing() -> None:
    ledger = claims_ledger(Study(notebooks_folder(), [row("ga", "fig3", 3)], [], [], []))
    assert {claim.verdict for claim in ledger} == {"cannot be tested"}
    assert all(claim.numbers.endswith(".") for claim in ledger)


# Reports


class Loads(HTMLParser):
    """All addresses that a browser would fetch to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        if tag == "img":
            self.images.append(given.get("alt", ""))
        if tag != "a":
            self.found += [given[key] for key in ("src", "href", "data", "srcset", "poster") if key in given]


def test_the_report_is_one_page_that_loads_nothing(tmp_path: Path) -> None:
    for path in (notebooks_folder() / "data" / "quick").rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(notebooks_folder() / "data" / "quick")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    render_report(tmp_path, "A title with <b> & more")
    page = tmp_path / "report.html"
    text = page.read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(text)
    assert all(address.startswith("data:") for address in loads.found)
    assert len(loads.images) >= 4
    assert all(len(alt) > 40 for alt in loads.images)
    assert not re.search(r"<script|@import|url\(\s*['\"]?(?!data:)", text)
    assert str(tmp_path) not in text
    assert "import " not in text and "load_study" not in text, "the page shows code"
    assert "A title with &lt;b&gt; &amp; more" in text
    assert "cannot be tested" in text and "95 % interval" in text
    for lesson in ("next cell", "Before you", "You will be able", "Try it", "What the parameters do"):
        assert lesson not in text
    assert text.count("<caption>") == text.count("<table>") == 5 and text.count('<th scope="row"') > 20
    assert len(text) < 2_000_000
    executed = nbformat.read(tmp_path / "report.ipynb", as_version=4)
    assert all(output.output_type != "error" for cell in executed.cells for output in cell.get("outputs", []))


def test_a_notebook_run_leaves_its_executed_copy(tmp_path: Path) -> None:
    runs = '[[runs]]\nmethod = "ga"\nseeds = [5]\nevaluations = 500\nparameters = { population_size = 20 }\n'
    tables = {}
    for kind in ("notebook", "function"):
        text = f'name = "own"\nkind = "{kind}"\nreport = false\n[instances]\nnames = ["fig3"]\n{runs}'
        (tmp_path / f"{kind}.toml").write_text(text, encoding="utf-8")
        finished = run(tmp_path / f"{kind}.toml", tmp_path / kind, "--workers", "1")
        assert finished.returncode == 0, finished.stderr
        (tables[kind],) = table(tmp_path / kind)
    (folder,) = (tmp_path / "notebook" / "runs").iterdir()
    names = {path.name for path in folder.iterdir()} - {".lock"}
    assert names == {
        "task.json", "log.txt", "result.json", "solution.json", "curve.json", "history.json", "notebook.ipynb",
    }  # fmt: skip
    executed = nbformat.read(folder / "notebook.ipynb", as_version=4)
    assert executed.metadata.papermill.parameters["seeds"] == [5]
    assert executed.metadata.papermill.exception is None
    different = {key for key in tables["function"] if tables["function"][key] != tables["notebook"][key]}
    assert different == {"hash", "kind"}


def test_a_study_without_tables_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"table\.csv: the file cannot be read"):
        load_study(tmp_path)
    for name in ("table.csv", "failures.csv", "convergence.csv", "bounds.csv"):
        (tmp_path / name).write_text("label\n", encoding="utf-8")
    with pytest.raises(InputError, match="no rows"):
        load_study(tmp_path)


def test_the_command_renders_the_report_and_survives_an_interrupt_and_a_report_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out = tmp_path / "plan.toml", tmp_path / "out"
    text = 'name = "own"\ntitle = "Mine"\nruns = [{method = "expert"}]\ninstances = {names = ["fig3"]}\n'
    plan.write_text(text, encoding="utf-8")
    titles: list[str] = []

    def render(place: Path, title: str) -> Path:
        titles.append(title)
        if len(titles) > 1:
            raise KeyboardInterrupt if len(titles) == 2 else InputError("no report: a full disk")
        return place / "report.html"

    monkeypatch.setattr("cmo_kit.cli.run_command.render_in_process", render)
    assert main(["run", str(plan), "--out", str(out), "--workers", "1"]) == 0
    assert f"report: {out / 'report.html'}" in capsys.readouterr().out
    assert main(["run", str(plan), "--out", str(out), "--workers", "1"]) == 130
    printed = capsys.readouterr()
    assert f"table: {out / 'table.csv'}" in printed.out
    assert "stopped with 0 runs left" in printed.err
    assert main(["run", str(plan), "--out", str(out), "--workers", "1"]) == 2
    printed = capsys.readouterr()
    assert f"table: {out / 'table.csv'}" in printed.out and "a full disk" in printed.err
    assert titles == ["Mine"] * 3
