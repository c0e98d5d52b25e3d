"""The same seed gives the same bytes wherever it runs: a table of jobs by surroundings.

``make determinism`` adds the slow surroundings, such as a machine that has compiled nothing yet, and a whole study.
"""

import csv
import hashlib
import json
import locale
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cmo_kit import generate_instance, load_instance, solve
from cmo_kit.base.limits import Limits, Progress
from cmo_kit.bounds import ascent, lower_bound
from cmo_kit.bounds.ascent import first_multipliers
from cmo_kit.bounds.branch import refute
from cmo_kit.bounds.certificate import tree_part
from cmo_kit.bounds.prover import Prover
from tests.helpers.determinism_jobs import JOBS, SMALL, digest, missing
from tests.helpers.study_help import UNSTABLE, run_alone, write_plan
from tests.helpers.thorough import THOROUGH

ROOT = Path(__file__).resolve().parents[2]
Digests = dict[str, str]


def here(names: Sequence[str], progress: Progress | None = None) -> Digests:
    return {name: digest(name, progress) for name in names}


def elsewhere(names: Sequence[str], folder: Path, one_core: bool = False, **environment: str) -> Digests:
    """The jobs in a process of their own, which stands in another folder."""

    def narrow() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.helpers.determinism_jobs", *names],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        preexec_fn=narrow if one_core and hasattr(os, "sched_setaffinity") else None,
    )
    assert finished.returncode == 0, finished.stderr
    found: Digests = json.loads(finished.stdout.splitlines()[-1])
    return found


def in_a_kernel(names: Sequence[str], folder: Path) -> Digests:
    import nbformat
    from nbclient import NotebookClient

    code = (
        "%matplotlib inline\nimport sys, matplotlib.pyplot\n"
        f"sys.path.insert(0, {str(ROOT)!r})\nfrom tests.helpers.determinism_jobs import digests\n"
        f"print(digests({list(names)!r}))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    text = "".join(output.text for output in notebook.cells[0].outputs if output.get("name") == "stdout")
    found: Digests = json.loads(text.splitlines()[-1])
    return found


def another_locale() -> str:
    """A locale of this machine with a decimal comma, if there is one, else the plainest."""
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "pl_PL.UTF-8"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_NUMERIC, "C")
        return name
    return "C"


#: Everything that a user's shell may set, at once: no letters beyond ASCII, another time zone, another hash seed.
PLAIN_SHELL = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Kiritimati"}

#: Surroundings -> what they make of jobs; the reference is one run in this process.
SURROUNDINGS: dict[str, Callable[[Sequence[str], Path], Digests]] = {
    "again, with progress": lambda names, folder: here(names, lambda *state: None),
    "one core, plain shell, hash seed 1": lambda names, folder: elsewhere(
        names, folder, one_core=True, PYTHONHASHSEED="1", **PLAIN_SHELL
    ),
    "without compiling": lambda names, folder: elsewhere(
        [name for name in names if name in SMALL], folder, NUMBA_DISABLE_JIT="1", PYTHONHASHSEED="random",
        LC_ALL=another_locale(),
    ),
}  # fmt: skip
#: These take minutes together.
SLOW: dict[str, Callable[[Sequence[str], Path], Digests]] = {
    **{
        f"hash seed {seed}": lambda names, folder, seed=seed: elsewhere(names, folder, PYTHONHASHSEED=seed)
        for seed in ("0", "2", "4294967295", "random")
    },
    "a notebook kernel": in_a_kernel,  # in make test stored outputs are compared with what a kernel gives now
    "one core": lambda names, folder: elsewhere(names, folder, one_core=True),
    "a machine that has compiled nothing yet": lambda names, folder: elsewhere(
        names, folder, NUMBA_CACHE_DIR=str(folder / "numba"), MPLCONFIGDIR=str(folder / "matplotlib"),
        HOME=str(folder), XDG_CACHE_HOME=str(folder / "cache"),
    ),
    "an optimising Python": lambda names, folder: elsewhere(names, folder, PYTHONOPTIMIZE="2"),
}  # fmt: skip


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str | None]:
    """The digest of a job in its surroundings, each of which is entered once."""
    there = [name for name in JOBS if missing(name) is None]

    @cache
    def entered(surroundings: str) -> Digests:
        folder = tmp_path_factory.mktemp("elsewhere")
        return (SURROUNDINGS | SLOW)[surroundings](there, folder) if surroundings else here(there)

    return lambda surroundings, job: entered(surroundings).get(job)


@pytest.mark.parametrize("surroundings", SURROUNDINGS | SLOW if THOROUGH else SURROUNDINGS)
@pytest.mark.parametrize("job", JOBS)
def test_the_same_bytes(job: str, surroundings: str, cell: Callable[[str, str], str | None]) -> None:
    if module := missing(job):
        pytest.skip(f"{module} is not installed")
    found = cell(surroundings, job)
    if found is None:
        assert job not in SMALL
        pytest.skip("too slow without compiled code")
    assert found == cell("", job)


# What the table does not hold.


def proofs(chunk_seconds: float) -> list[Any]:
    """A certificate, and a proof by cases, where compiled code looks at the clock so often."""
    with patch.object(ascent, "CHUNK_SECONDS", chunk_seconds):
        problem = generate_instance("small", 4, orders=12, sites=3, due_date=(10, 100))
        certificate = lower_bound(problem).certificate
        prover = Prover(problem)
        prover.prove()
        (regime,) = prover.regimes
        start = regime.multipliers or first_multipliers(regime.relaxation)
        tree = refute(regime.relaxation, start, float(regime.value) + 1, Limits(), 40)
    return [certificate, tree_part(regime.relaxation, tree)]


def test_the_pace_of_a_machine_does_not_change_a_proof() -> None:
    """Without a limit in seconds proofs are the same on slow machines and on fast ones."""
    assert proofs(1e-9) == proofs(10.0)


def test_the_command_writes_what_a_call_writes(tmp_path: Path) -> None:
    words = ["solve", "small-1", "--method", "brkga", "--evaluations", "3000", "--seed", "5", "--out", "command.json"]
    subprocess.run([sys.executable, "-m", "cmo_kit", *words], cwd=tmp_path, capture_output=True, check=True)
    called = solve(load_instance("small-1"), "brkga", seed=5, evaluations=3000).schedule
    called.save(tmp_path / "call.json")
    assert (tmp_path / "command.json").read_bytes() == (tmp_path / "call.json").read_bytes()


def study_bytes(out: Path) -> dict[str, str]:
    found = {}
    for path in sorted(out.rglob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            rows = [{key: value for key, value in row.items() if key not in UNSTABLE} for row in csv.DictReader(file)]
        found[path.name] = json.dumps(rows)
    for folder in ("best", "instances"):
        for path in sorted((out / folder).iterdir()):
            found[f"{folder}/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.mark.skipif(not THOROUGH, reason="make determinism runs it: other tests of studies compare their tables, too")
def test_a_study_on_one_worker_and_on_two_is_the_same_study(tmp_path: Path) -> None:
    runs = "".join(
        f'[[runs]]\nmethod = "{method}"\n{rest}\n'
        for method, rest in (
            ("expert", ""),
            ("search", "seeds = 2\nevaluations = 20000"),
            ("ga", "seeds = 2\nevaluations = 500\nparameters = { population_size = [20, 30] }"),
        )
    )
    plan, found = write_plan(tmp_path, runs, '["fig3", "small-1"]'), []
    for workers in ("1", "2"):
        out = tmp_path / f"out-{workers}"
        finished = run_alone(plan, out, "--workers", workers, env={**os.environ, "PYTHONHASHSEED": workers})
        assert finished.returncode == 0, finished.stderr
        found.append(study_bytes(out))
    assert found[0] == found[1]
    assert {"table.csv", "convergence.csv", "bounds.csv", "best/fig3.json"} <= set(found[0])
    assert len(json.loads(found[0]["table.csv"])) == 2 * (1 + 2 + 4)
