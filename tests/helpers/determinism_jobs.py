"""What must give the same bytes wherever it runs; ``python -m tests.helpers.determinism_jobs NAME...`` prints digests.

Each job is a function of a folder to write to, different in every run, and of a progress callback or None.
"""

import contextlib
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cmo_kit import generate_instance, load_instance, solve
from cmo_kit.base.limits import Progress
from cmo_kit.cli import main
from cmo_kit.library import notebooks_folder

Job = Callable[[Path, Progress | None], bytes]

#: An order list with letters beyond ASCII.
ORDERS = """order,batches,due_date,seed_culture,main_culture,purification,\
change_seed_culture,change_main_culture,change_purification
Åse,3,2027-02-01,1,2,1,3,9,1
Ørsted,2,2027-01-20,2,1,1,2,8,2
Łódź,4,2027-03-15,1,3,2,2.5,7,1
"""
IMPORT = "import @orders.csv --sites 2 --start 2027-01-04 --out @imported.json"


def solved(instance: str, method: str, folder: Path, progress: Progress | None, **parameters: Any) -> bytes:
    """All that a run says but for its seconds and the threads it had."""
    result = solve(load_instance(instance), method, 5, progress=progress, **parameters)
    history = None if result.history is None else result.history.to_dict() | {"seconds": None}
    keys = result.details.get("keys")
    said = [result.status, result.lower_bound, result.one_run_lower_bound, result.evaluations, history]
    return json.dumps([result.schedule.to_dict(), *said, None if keys is None else keys.tolist()]).encode()


def commanded(*lines: str) -> Job:
    """Commands, and the files that they write; a word that begins with @ stands for a file in the folder."""

    def job(folder: Path, progress: Progress | None) -> bytes:
        (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
        for line in lines:
            arguments = [str(folder / word[1:]) if word.startswith("@") else word for word in line.split()]
            with contextlib.redirect_stdout(io.StringIO()):
                code = main(arguments)
            if code != 0:
                raise RuntimeError(f"{line}: exit code {code}")
        return told(folder)

    return job


def told(folder: Path) -> bytes:
    """The names and the bytes of all files in a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes() for path in paths)


def generated(folder: Path, progress: Progress | None) -> bytes:
    return json.dumps([generate_instance(name, 7).to_dict() for name in ("small", "medium", "large")]).encode()


def pictures(folder: Path, progress: Progress | None) -> bytes:
    """Operations and the convergence of a run as files, and the PNG that a notebook shows."""
    from cmo_kit.views import plot_convergence, plot_gantt
    from cmo_kit.views.style import figure_of, png_bytes, save_figure

    result = solve(load_instance("fig1"), "ga", 2, evaluations=200, population_size=20)
    chart = figure_of(plot_gantt(result.schedule, operations=True))
    curve = figure_of(plot_convergence({"GA": [result.history]}))
    save_figure(chart, folder / "operations.svg")
    save_figure(curve, folder / "curve.pdf")
    return told(folder) + png_bytes(chart)


#: Small enough also for compiled code that runs as plain Python.
SMALL: dict[str, Job] = {
    "expert": partial(solved, "small-1", "expert"),
    "expert_orders": partial(solved, "small-1", "expert_orders"),
    "atcs": partial(solved, "fig3", "atcs"),
    "ga": partial(solved, "fig3", "ga", evaluations=333, population_size=30),
    "ga, other operators": partial(
        solved, "fig3", "ga", evaluations=333, population_size=30, selection="rank", crossover="two_point",
        mutation="exchange",
    ),
    "own": partial(solved, "fig3", f"{notebooks_folder() / 'my_methods.py'}:annealing", evaluations=99),
    "brkga": partial(solved, "fig3", "brkga", evaluations=333, population_size=30),
    "brkga, paper's coding": partial(
        solved, "fig3", "brkga", evaluations=200, population_size=30, coding="batches", seeded=True,
        canonical_elite=True,
    ),
    "sequence_sa": partial(solved, "fig3", "sequence_sa", evaluations=200, encoding="batches"),
    "sequence_ga": partial(solved, "fig3", "sequence_ga", evaluations=200, population_size=30, decoding="even"),
    "search": partial(solved, "fig3", "search", evaluations=401),
    "generate_instance": generated,
    "cmo-kit generate": commanded("generate small --seed 6 --out @drawn.json"),
}  # fmt: skip
#: What compiled code or a solver is needed for.
LARGE: dict[str, Job] = {
    "ga to its end": partial(solved, "small-1", "ga", evaluations=20_000),
    "brkga, many": partial(solved, "small-1", "brkga", evaluations=10_000),
    "search, one worker": partial(solved, "medium-1", "search", evaluations=20_001, workers=1),
    "search, two workers": partial(solved, "medium-1", "search", evaluations=20_001, workers=2),
    "search with split orders": partial(solved, "tiny-split-washing", "search", evaluations=900),
    "milp": partial(solved, "tiny-pipeline", "milp", seconds=60),
    "run_milp": partial(solved, "tiny-weights", "run_milp", seconds=60, hint="none"),
    "run_milp, HiGHS": partial(solved, "tiny-weights", "run_milp", seconds=60, hint="none", solver="highs"),
    "cpsat": partial(solved, "tiny-pipeline", "cpsat", seconds=60, hint="none"),
    "cmo-kit solve": commanded("solve small-1 --evaluations 2000 --seed 5 --out @plan.json"),
    "cmo-kit bound": commanded("bound tiny-pipeline --upper-bound 3 --certificate @proof.json"),
    "cmo-kit import": commanded(IMPORT),
    "cmo-kit export": commanded(
        IMPORT, "solve @imported.json --method atcs --out @plan.json", "export @imported.json @plan.json --out @plan"
    ),
    "cmo-kit solve --gantt": commanded("solve fig3 --method atcs --gantt @chart.png --out @plan.json"),
    "pictures": pictures,
}
JOBS = SMALL | LARGE
#: What a job needs beside the kit.
NEEDS = {"run_milp, HiGHS": "highspy", "cpsat": "ortools"}


def digest(name: str, progress: Progress | None = None) -> str:
    """Do a job in a folder of its own; the SHA-256 of its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        return hashlib.sha256(JOBS[name](Path(folder), progress)).hexdigest()


def digests(names: Sequence[str]) -> str:
    """The digests of several jobs, as one line of JSON."""
    return json.dumps({name: digest(name) for name in names})


def missing(name: str) -> str | None:
    """The module that a job needs and that is not installed, None where all is there."""
    module = NEEDS.get(name)
    return module if module is not None and find_spec(module) is None else None


if __name__ == "__main__":
    print(digests(sys.argv[1:]))
