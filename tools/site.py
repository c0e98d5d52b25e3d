"""Build the site: ``python -m tools.site [OUT]``, behind ``make site``.

Sphinx reads one folder, laid out anew from what is stored: the pages in ``docs``, the notebooks with what their cells
printed, the exercises without solutions, and pages that follow from the package itself (names, commands, measured
methods). Figures come from stored results, so that a new study renews the pages. No page asks another host for
anything.
"""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.runner import run_program
from cmo_kit import load_instance, solve, speak
from cmo_kit.base.errors import need
from cmo_kit.base.jsonfile import read_json
from cmo_kit.bounds import lower_bound
from cmo_kit.cli.parser import build_parser
from cmo_kit.course.copies import read, student_files, walkthroughs, written
from cmo_kit.course.translated import has_translation, run, translated
from cmo_kit.formats.instance import InstanceData
from cmo_kit.formats.schedule import ScheduleData
from cmo_kit.study.results.collect import load_study
from cmo_kit.study.results.speed import models_table
from cmo_kit.widgets import decode_explorer, ga_explorer
from cmo_kit.widgets.stage.film import save_html
from cmo_kit.widgets.stage.stage import Stage

ROOT = Path(__file__).parents[1]
NO_SPHINX = "the site needs the extra 'docs', which is not installed: pip install -e '.[docs]'"
FORWARD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>cmo_kit</title>
<meta http-equiv="refresh" content="0; url=docs/index.html"><a href="docs/index.html">cmo_kit</a></html>
"""
#: What pages link to, as files to download where they are no pages.
SOURCES = ("docs", "notebooks", "cmo_kit", "instances", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "CITATION.cff")
#: Every public name once, grouped as a user thinks: page, title, names.
REFERENCE: dict[str, tuple[str, tuple[str, ...]]] = {
    "problems": ("Problems", (
        "cmo_kit.Instance", "cmo_kit.Order", "cmo_kit.CleaningTimes", "cmo_kit.load_instance", "cmo_kit.instance_names",
        "cmo_kit.generate_instance", "cmo_kit.InputError")),
    "schedules": ("Schedules", (
        "cmo_kit.Schedule", "cmo_kit.Run", "cmo_kit.core.schedule.from_indices", "cmo_kit.check_schedule",
        "cmo_kit.Violation")),
    "methods": ("Methods", (
        "cmo_kit.solve", "cmo_kit.Result", "cmo_kit.History", "cmo_kit.Budget", "cmo_kit.BudgetSpent",
        "cmo_kit.core.outcome.Outcome", "cmo_kit.search.search", "cmo_kit.search.warm_up",
        "cmo_kit.codings.initial.atcs", "cmo_kit.codings.brkga.brkga", "cmo_kit.codings.published.sequence_sa",
        "cmo_kit.codings.published.sequence_ga", "cmo_kit.models.run_milp.run_milp", "cmo_kit.models.cpsat.cpsat")),
    "paper": ("The paper", (
        "cmo_kit.decode", "cmo_kit.trace_decode", "cmo_kit.Trace", "cmo_kit.total_tardiness",
        "cmo_kit.fast.FastDecoder", "cmo_kit.fast.compiled_evaluation",
        "cmo_kit.core.chromosome.random_keys", "cmo_kit.core.genetic.genetic_algorithm",
        "cmo_kit.methods.genetic.genetic_algorithm", "cmo_kit.core.expert.expert", "cmo_kit.core.expert.expert_orders",
        "cmo_kit.methods.milp.milp", "cmo_kit.core.model.ModelP")),
    "operators": ("Operators of the genetic algorithm", tuple(f"cmo_kit.core.operators.{name}" for name in (
        "fitness", "roulette_wheel", "roulette_selection", "uniform_crossover", "one_gene_mutation", "worst_child",
    )) + tuple(f"cmo_kit.codings.operators.{name}" for name in (
        "tournament_selection", "rank_selection", "one_point_crossover", "two_point_crossover", "each_gene_mutation",
        "exchange_mutation", "random_child"))),
    "bounds": ("Bounds and proofs", (
        "cmo_kit.bounds.lower_bound", "cmo_kit.bounds.Bound", "cmo_kit.verify")),
    "planning": ("Planning", tuple(f"cmo_kit.planning.{name}" for name in (
        "read_orders", "Layout", "Calendar", "with_order", "accept", "Acceptance", "promise", "Promise", "replan",
        "Replanned", "export_plan", "save_plan_csv", "client_rows", "run_rows"))),
    "studies": ("Studies", (
        "cmo_kit.study.plan.plan_file.load_plan", "cmo_kit.study.execute.run_study.run_study",
        "cmo_kit.study.results.collect.load_study", "cmo_kit.study.results.collect.Study")),
    "pictures": ("Pictures", tuple(f"cmo_kit.views.{name}" for name in (
        "show", "show_table", "picture_html", "save_gantt", "plot_gantt", "plot_figure3", "plot_pipeline", "plot_gap",
        "plot_load", "plot_wheel", "plot_population", "plot_convergence", "alt_text_gantt", "alt_text_figure3",
        "alt_text_pipeline", "alt_text_gap", "alt_text_load", "alt_text_wheel", "alt_text_population",
        "alt_text_convergence", "GapHistory", "FIGURE_3_KEYS", "example_keys", "operation_gaps", "site_loads"))),
    "widgets": ("Pictures that can be touched", tuple(f"cmo_kit.widgets.{name}" for name in (
        "decode_explorer", "gap_explorer", "ga_explorer", "beat_the_ga", "break_a_constraint", "laboratory", "live",
        "save_gif", "save_html", "Stage", "Event"))),
    "course": ("Course", (
        "cmo_kit.speak", "cmo_kit.course.exercises.check", "cmo_kit.course.exercises.Verdict",
        "cmo_kit.course.copies.build_course",
        "cmo_kit.course.copies.copy_for_work")),
}  # fmt: skip
IMPORTED = (
    "Examples take `import numpy as np`, `import cmo_kit`, `from cmo_kit import *` and the name that they explain as "
    "imported; files go into the working folder.\n"
)
#: Links of a notebook to another one (whose name it is), to pictures, and to files above.
LINK = re.compile(r"\]\((?=\.\./|pictures/|(\d\d\w?_\w+\.ipynb))")
#: The pictures of notebooks that play here: what a cell calls, the film's name, how it is made.
FILMS: dict[str, tuple[str, Callable[[], Stage]]] = {
    "decode_explorer(": ("decode", lambda: decode_explorer(load_instance("fig3"))),
    "ga_explorer(": ("ga", lambda: ga_explorer(load_instance("fig3"), seed=7)),
}


def lay_out(target: Path) -> None:
    """Everything that Sphinx reads, in ``target``."""
    shutil.rmtree(target, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "exercises", "*.json.xz")
    for name in SOURCES:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, target / name, ignore=leave)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(place, target / name)
    for path in sorted((target / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(as_page(notebook)), encoding="utf-8")
    (target / "notebooks" / "exercises").mkdir()
    for name, content in student_files():
        if name.startswith("exercises/") and name.endswith(".ipynb"):
            (target / "notebooks" / name).write_bytes(content)
    pages = {f"reference/{name}": reference_page(*group) for name, group in REFERENCE.items()}
    pages |= {"reference/index": reference_index()}
    for name, more in {"command_line": command_page(), "which_method": methods_page()}.items():
        pages[name] = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") + more
    for name, text in pages.items():
        place = target / "docs" / f"{name}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    examples = target / "docs" / "examples"
    examples.mkdir()
    tiny = load_instance("tiny-one-site")
    solve(tiny, "expert_orders").save(examples / "result.json")
    (examples / "certificate.json").write_text(json.dumps(lower_bound(tiny).certificate), encoding="utf-8")
    films = target / "docs" / "static" / "films"
    films.mkdir()
    for name, make in FILMS.values():
        save_html(make(), films / f"{name}.html")
        speak("ko")
        save_html(make(), films / f"ko-{name}.html")
        speak("en")
    lay_out_notebooks(target / "notebooks", "ko")


def as_page(notebook: dict[str, Any], films: str = "../_static/films/") -> dict[str, Any]:
    """A notebook as a page: what it hides is folded, and a still picture plays where there is a film of it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or not cell["outputs"]:
            continue
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["metadata"].setdefault("tags", []).append("hide-output")
        for call, (name, _) in FILMS.items():
            if call in "".join(cell["source"]) and "data" in cell["outputs"][-1]:
                place = f'src="{films}{name}.html" title="{name} explorer, played"'
                frame = f'<iframe class="cmo-film {name}" {place} loading="lazy"></iframe>'
                cell["outputs"][-1]["data"] = {"text/html": frame, "text/plain": "a picture that plays"}
    return notebook


def lay_out_notebooks(target: Path, language: str) -> None:
    """Write into ``target/LANGUAGE`` every notebook that is translated, run, as a page."""
    (target / language).mkdir()
    found = {path.name: notebook for path in walkthroughs() if has_translation(notebook := read(path), language)}
    for name, notebook in found.items():
        page = as_page(json.loads(written(run(translated(notebook, language)))), f"../../_static/films/{language}-")
        text = json.dumps(with_links(page, found), ensure_ascii=False)
        (target / language / name).write_text(text, encoding="utf-8")


def with_links(page: dict[str, Any], beside: Collection[str]) -> dict[str, Any]:
    """The page, from a folder further down: only the notebooks that stand ``beside`` it are found as before."""
    for cell in page["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            cell["source"] = LINK.sub(lambda link: link[0] if link[1] in beside else "](../", text)
    return page


def reference_page(title: str, names: tuple[str, ...]) -> str:
    """The page of a group of public names."""
    blocks = [f"# {title}\n"]
    for name in names:
        module, _, last = name.rpartition(".")
        thing = getattr(import_module(module), last)
        kind = "class" if isinstance(thing, type) else "function" if callable(thing) else "data"
        members = "   :members:\n" if kind == "class" else ""
        if kind == "class" and issubclass(thing, InstanceData | ScheduleData):  # what files hold of them
            members += "   :inherited-members:\n"
        blocks.append(f"```{{eval-rst}}\n.. auto{kind}:: {name}\n{members}```\n")
    return "\n".join(blocks)


def reference_index() -> str:
    """The index of the reference: every group, every name."""
    lines = ["# Reference\n", "Every public name, grouped as a user thinks.\n", IMPORTED, "| | |", "|---|---|"]
    for page, (title, names) in REFERENCE.items():
        lines.append(f"| [{title}]({page}.md) | {', '.join(f'{{py:obj}}`~{name}`' for name in names)} |")
    pages = "\n".join(REFERENCE)
    return "\n".join(lines) + f"\n\n```{{toctree}}\n:hidden:\n{pages}\n```\n"


def command_page() -> str:
    """What every command says of itself."""
    parser = build_parser()
    blocks = ["\n## What every command says of itself\n", f"```text\n{parser.format_help()}```\n"]
    for name, command in _commands(parser, "cmo-kit").items():
        blocks.append(f"### {name}\n\n```text\n{command.format_help()}```\n")
    return "\n".join(blocks)


def _commands(parser: argparse.ArgumentParser, prefix: str) -> Mapping[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                inner = _commands(command, f"{prefix} {name}")
                found |= inner or {f"{prefix} {name}": command}
    return found


def methods_page() -> str:
    """Which method when: what each reached and took in the stored studies."""
    study = load_study(ROOT / "notebooks" / "data" / "table4")
    proved: dict[str, float] = {row["instance"]: row["lower_bound"] for row in study.bounds}
    means = f"Means over five problems a set and, where chance plays, ten seeds ({', '.join(study.processors)})"
    blocks = [f"\n## Measured on the problems of Table 4\n\n{means}; the best first.\n"]
    for name, rows in study.rows_by_set().items():
        orders, batches = ({row[part] for row in rows} for part in ("orders", "batches"))
        blocks.append(f"### {name.capitalize()}: {_range(orders)} orders, {_range(batches)} batches\n")
        blocks.append(
            "| method | total tardiness, days | above the proved bound | seconds a run |\n|---|---:|---:|---:|"
        )
        runs: dict[str, list[Any]] = {}
        for row in rows:
            runs.setdefault(row["label"], []).append(row)
        blocks += [line for _, line in sorted(_measured(label, mine, proved) for label, mine in runs.items())]
        blocks.append("")
    for size in (5, 7):
        table = models_table(read_json(ROOT / "notebooks" / "data" / "beyond" / f"models-{size}-orders.json"))
        blocks.append(f"## Proofs on problems of {size} orders\n\n```text\n{table}\n```\n")
    return "\n".join(blocks)


def _range(numbers: set[int]) -> str:
    return f"{min(numbers)}" if len(numbers) == 1 else f"{min(numbers)} to {max(numbers)}"


def _measured(label: str, rows: list[Any], proved: Mapping[str, float]) -> tuple[float, str]:
    """The mean total tardiness of a method's runs on a set, and its line of the table."""
    found = [row for row in rows if row["total_tardiness"] is not None]
    seconds = fmean(row["seconds"] for row in rows)
    took = f"{seconds:,.2f}" if seconds >= 0.005 else "below 0.01"
    if not found:
        why = "no schedule: too large" if any(row["status"] == "too_large" for row in rows) else "no schedule"
        return float("inf"), f"| {label} | {why} | | {took} |"
    total, bound = fmean(row["total_tardiness"] for row in found), fmean(proved[row["instance"]] for row in found)
    return total, f"| {label} | {total:,.1f} | {total / bound - 1:,.1%} | {took} |"


def main() -> int:
    """Lay out and build."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "results" / "site")
    out = parser.parse_args().out
    build = need("sphinx.cmd.build", NO_SPHINX)
    source = out.parent / f"{out.name}-source"
    lay_out(source)
    shutil.rmtree(out, ignore_errors=True)
    code = build.main(["-b", "html", "-W", "--keep-going", "-q", "-d", str(out.parent / f"{out.name}-doctrees"), "-c",
                       str(source / "docs"), str(source), str(out)])  # fmt: skip
    if code == 0:
        (out / "index.html").write_text(FORWARD, encoding="utf-8")
        print(f"the site is in {out}: open {out / 'index.html'}")
    return int(code)


if __name__ == "__main__":
    sys.exit(run_program("site", main))
