"""README and the pages in docs against what they speak of: measured files, folders, targets, names; its companions."""

import csv
import re
import shlex
import tomllib
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import yaml
from PIL import Image

from cmo_kit import __version__, decode, load_instance
from cmo_kit.base.jsonfile import read_json
from cmo_kit.cli.parser import ORDER_COLUMNS, main
from cmo_kit.methods.registry import METHODS
from cmo_kit.planning.orders_csv import columns
from cmo_kit.study.results.published import TABLE_4_MEANS
from cmo_kit.views import FIGURE_3_KEYS
from tests.project.test_package import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
RESULTS = PAGES["results.md"]
SETS = ("small", "medium", "large")
LABELS = ("Expert, batch by batch", "Expert, whole orders", "GA", "search, 2 s")


def table_after(heading: str, page: str = README) -> list[list[str]]:
    """The cells of the first table under a heading of a page, its header line first, its rule left out."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:1] + lines[2:]]


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_results_are_those_of_the_stored_runs() -> None:
    """Every number of the table is the mean of its set in the file that it comes from, to one decimal."""
    header, *lines = table_after("Results")
    assert header == ["set", *LABELS, "best known", "proven bound", "paper: Expert", "paper: GA"]
    runs = rows_of(ROOT / "notebooks/data/table4/table.csv")
    known = {row["instance"]: row for row in rows_of(ROOT / "instances/best_known.csv")}
    expected = []
    for name in SETS:
        problems = [f"{name}-{k}" for k in range(1, 6)]
        totals = [
            fmean(
                fmean(float(r["total_tardiness"]) for r in runs if (r["instance"], r["label"]) == (problem, label))
                for problem in problems
            )
            for label in LABELS
        ]
        totals += [fmean(float(known[problem][column]) for problem in problems) for column in ("best", "lower_bound")]
        totals += TABLE_4_MEANS[name][1:3]
        expected.append([name.capitalize(), *(f"{total:,.1f}" for total in totals)])
    assert lines == expected
    assert "the GA is 15.5 % below the printed mean" in RESULTS
    assert round(100 * (float(lines[2][3].replace(",", "")) / TABLE_4_MEANS["large"][2] - 1), 1) == -15.5


def test_the_calibration_is_as_is_said() -> None:
    means = read_json(ROOT / "notebooks/data/calibration.json")["means"]
    off = [
        [100 * (means[f"{name}, {method}"]["mean"] / TABLE_4_MEANS[name][k] - 1) for name in SETS]
        for k, method in ((1, "Expert"), (2, "GA"))
    ]
    (each,) = {means[f"{name}, Expert"]["problems"] for name in SETS}
    few = [means[f"{name}, GA"]["problems"] for name in SETS]
    expert, ga = (", ".join(f"{value:+.1f}" for value in values) for values in off)
    said = f"Expert {expert} ({each:,} problems each), the GA {ga} ({few[0]}, {few[1]} and {few[2]} problems)"
    assert said in " ".join(RESULTS.split())


def test_what_the_results_are_said_to_show_is_so() -> None:
    assert "All Small problems and four Medium ones are proved optimal" in RESULTS
    proved = [row["instance"] for row in rows_of(ROOT / "instances/best_known.csv") if row["status"] == "optimal"]
    assert [sum(name.startswith(kind) for name in proved) for kind in ("small-", "medium-")] == [5, 4]
    assert "to the end on four of the five Medium problems" in PAGES["command_line.md"]
    assert 'On all fifteen of these problems the planners\' rule "whole orders by due date" is better' in RESULTS
    runs = rows_of(ROOT / "notebooks/data/table4/table.csv")
    for problem in (f"{name}-{k}" for name in SETS for k in range(1, 6)):
        orders, ga = (
            fmean(float(r["total_tardiness"]) for r in runs if (r["instance"], r["label"]) == (problem, label))
            for label in LABELS[1:3]
        )
        assert orders < ga, problem
    said = " ".join(RESULTS.split())
    assert "[P] with CBC found no schedule of the five Small ones in 120 seconds" in said
    assert "nor of `small-1` and `small-2` in an hour each" in said
    models = [run for run in runs if run["method"] == "milp"]
    assert not any(run["total_tardiness"] for run in models)
    started = [run["instance"] for run in models if run["status"] != "too_large"]
    assert sorted(set(started)) == [f"small-{k}" for k in range(1, 6)]
    assert {run["parameters.seconds"] for run in models} == {"120.0"}
    for problem in ("small-1", "small-2"):
        (path,) = (ROOT / "notebooks/data/model-p/runs").glob(f"{problem}-milp-1-*/result.json")
        run = read_json(path)
        assert (run["label"], run["parameters.seconds"], run["total_tardiness"]) == ("[P], CBC", 3600, None)


def test_the_columns_are_made_as_is_said() -> None:
    """Ten seeds, two seconds, one thread; `search` has the least mean, whole orders take no hundredth of one."""
    runs = rows_of(ROOT / "notebooks/data/table4/table.csv")
    assert "(GA and `search`: ten seeds a problem; `search` with one thread)" in " ".join(RESULTS.split())
    for label in LABELS[2:]:
        assert {r["seed"] for r in runs if r["label"] == label} == {str(seed) for seed in range(1, 11)}
    searched = [run for run in runs if run["method"] == "search"]
    assert {(run["parameters.seconds"], run["parameters.workers"]) for run in searched} == {("2.0", "1")}
    assert "With two seconds it has the least mean on each set" in PAGES["which_method.md"]
    for line in table_after("Results")[1:]:
        means = [float(cell.replace(",", "")) for cell in line[1:5]]
        assert min(means) == means[3]
    assert "whole orders by due date, within a hundredth of a second" in PAGES["which_method.md"]
    assert max(float(run["seconds"]) for run in runs if run["method"] == "expert_orders") < 0.01


def test_rivals_stay_behind_as_is_said() -> None:
    assert "with 60 seconds on two cores stay behind the worst of ten seeds of `search` with 10 seconds" in RESULTS
    stored = read_json(ROOT / "notebooks/data/beyond/search-quality.json")
    assert [stored["rivals"]["settings"][name] for name in ("seconds", "workers")] == [60, 2]
    ours = list(stored["above"]["runs"].values())
    rivals = list(stored["rivals"]["runs"].values())
    names, problems = ("CP-SAT", "CP-SAT, no hint", "PyJobShop"), [f"{name}-{k}" for name in SETS for k in range(1, 6)]
    assert {(run["rival"], run["instance"]) for run in rivals} == {(rival, one) for rival in names for one in problems}
    for run in rivals:
        totals = [one["total_tardiness"] for one in ours if (one["instance"], one["limit"]) == (run["instance"], 10)]
        assert len(totals) == 10
        assert run["total_tardiness"] is None or run["total_tardiness"] > max(totals), run
    assert "PyJobShop has no schedule at all on ten of them" in RESULTS
    assert [run["rival"] for run in rivals if run["total_tardiness"] is None].count("PyJobShop") == 10
    assert all(run["total_tardiness"] for run in rivals if run["rival"] == "CP-SAT")


def layers() -> list[str]:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    (found,) = (contract["layers"] for contract in tools["importlinter"]["contracts"] if contract["type"] == "layers")
    return [name for layer in reversed(found) for name in layer.split(" : ")]


def test_the_house_is_shown_in_the_order_of_its_layers() -> None:
    assert re.findall(r"^\| `(\w+)`", PAGES["architecture.md"], re.MULTILINE) == layers()[::-1]


def test_the_methods_are_those_that_solve_knows() -> None:
    _, *lines = table_after("Methods", PAGES["which_method.md"])
    named = [name for first, _ in lines for name in re.findall(r"`(\w+)`", first)]
    assert sorted(named) == sorted(METHODS)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in PAGES)])
def test_links_and_paths_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    made = {"reference/index.md"}  # by make site
    targets = [(ROOT / page).parent / target for target in set(re.findall(r"\]\(([^)#:]+)\)", text)) - made]
    targets += [ROOT / name for name in re.findall(r"`((?:cmo_kit|tests|tools|benchmarks|docs)/[\w./]+)`", text)]
    assert [str(target) for target in targets if not target.exists()] == []


def test_every_notebook_has_a_link() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGES["course.md"])
    notebooks = {f"../notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks <= set(targets)


def test_the_targets_that_it_names_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = "\n".join([README, *PAGES.values(), (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")])
    named = set(re.findall(r"(?:^|`)make ([a-z0-9-]+)", pages, re.MULTILINE))
    assert named - set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE)) == set()
    assert {"install", "run", "check", "test"} <= named


def commands_shown() -> list[str]:
    """The lines of the page on the command line that begin with ``cmo-kit``."""
    return [line for line in PAGES["command_line.md"].splitlines() if line.startswith("cmo-kit ")]


def test_the_commands_of_the_readme_are_the_first_of_them() -> None:
    assert re.findall("^cmo-kit .*", README, re.MULTILINE) == commands_shown()[:2]


def example_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """The last line of a command's help."""
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    return " ".join(capsys.readouterr().out.rpartition("example: ")[2].split())


@pytest.mark.slow
def test_the_commands_shown_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each ends well where the one before it left its files, and so do examples that go on; long ones are cut short."""
    (home := tmp_path / "project").mkdir()
    for folder in ("notebooks", "instances"):
        (home / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(home)
    cut = {"--seconds 30": "--seconds 1", "--seconds 5": "--seconds 1", "--workers 2": "--dry-run"}
    for line in [*commands_shown(), *(example_of(capsys, "course", name) for name in ("questions", "plant"))]:
        for whole, short in cut.items():
            line = line.replace(whole, short)
        assert main(shlex.split(line)[1:]) == 0, line
    left = {path.name for path in home.iterdir()} - {"notebooks", "instances"}
    assert left == {"best.json", "best.png", "medium-6.json", "orders.json", "plan.json", "plan",
                    "answers.json", "hunt_03.ipynb"}  # fmt: skip


@pytest.mark.parametrize("name", ["solve", "check", "bound", "verify", "decode", "generate", "import", "export", "run"])
def test_the_example_in_the_help_is_one_of_them(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Elsewhere the same one names the kit's files where they lie."""
    monkeypatch.chdir(ROOT)
    here = example_of(capsys, name)
    assert here in commands_shown()
    monkeypatch.chdir(tmp_path)
    words = zip(shlex.split(here), shlex.split(example_of(capsys, name)), strict=True)
    assert all(Path(there).samefile(ROOT / one) if (ROOT / one).is_file() else one == there for one, there in words)


def test_the_help_of_import_names_the_columns() -> None:
    required, optional = columns()
    for name in (*required[:7], optional[0], optional[-1]):
        assert re.search(rf"\b{name}\b", ORDER_COLUMNS), name


def test_the_keys_shown_are_those_of_figure_3() -> None:
    assert tuple(read_json(ROOT / "notebooks/data/keys/fig3.json")) == FIGURE_3_KEYS


def test_its_first_screen_says_what_it_is_how_it_looks_and_how_to_begin() -> None:
    """Two sentences, two commands, a moving picture with every step of Figure 3, and who begins where."""
    title, text, commands, picture, who, *_ = README.split("\n\n")
    assert title == "# cmo_kit" and text.count(". ") == 1 and text.endswith(".")
    assert [line.split("#")[0].strip() for line in commands.strip("`\n").splitlines()] == ["make install", "make lab"]
    alt, name = re.fullmatch(r"!\[(.{80,})\]\((.+\.gif)\)", picture).groups()  # type: ignore[union-attr]
    steps = len(FIGURE_3_KEYS)
    late = decode(load_instance("fig3"), np.array(FIGURE_3_KEYS)).tardiness
    assert f"two orders end late, by {late[3]:g} and {late[2]:g} days" in alt and (late > 0).sum() == 2
    assert f"in {steps} steps" in alt and (ROOT / name).stat().st_size < 400_000
    with Image.open(ROOT / name) as film:
        assert film.n_frames == steps + 1
    assert re.findall(r"^\| an? (\w+)", who, re.MULTILINE) == ["student", "instructor", "analyst", "planner"]
    assert re.findall(r"^\| an? (\w+)", PAGES["index.md"], re.MULTILINE) == re.findall(r"^\| an? (\w+)", who, re.M)


def test_it_stays_short() -> None:
    assert len(README.splitlines()) < 90


def test_its_companions_know_the_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["version"] == __version__
    assert cited["authors"] == project["authors"] and cited["license"] == project["license"]
    assert set(cited["keywords"]) >= set(project["keywords"])
    assert {"cff-version", "message", "type", "title", "abstract"} <= set(cited)
    (paper,) = cited["references"]
    for page in (README, PAGES["cite.md"]):
        assert paper["title"] in " ".join(page.replace("\n> ", " ").split())
