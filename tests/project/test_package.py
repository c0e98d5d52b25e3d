"""The package as a whole: what it imports and when, public names, no trace of where it was made."""

import ast
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import cmo_kit

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cmo_kit"
TEXTS = [".py", ".md", ".toml", ".json", ".ipynb", ".csv", ".lock", ".cfg", ".yml", ".yaml", ".js", ".c", ""]


def test_the_checker_knows_neither_decoder_nor_derived_setups() -> None:
    tree = ast.parse((PACKAGE / "check.py").read_text(encoding="utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & {"b", "g", "p", "tails", "sigma", "horizon", "run_starts", "order_completions"}
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    known = {"cmo_kit.core.instance", "cmo_kit.core.schedule", "cmo_kit.formats.schedule"}
    assert {name for name in imported if name.startswith("cmo_kit")} == known


def test_no_import_is_relative_and_the_contracts_know_every_package_used() -> None:
    imported = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path} has a relative import"
                imported.add((node.module or "").split(".")[0])
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (forbidden,) = (
        contract["forbidden_modules"] for contract in contracts if "cmo_kit.core" in contract.get("source_modules", [])
    )
    others = imported - sys.stdlib_module_names - {"cmo_kit", "numpy", "pulp", "psutil"}
    assert others <= set(forbidden)


@pytest.mark.parametrize(
    "program",
    [
        "import cmo_kit",
        "import cmo_kit.cli",
        "import cmo_kit.fast",
        "import cmo_kit.widgets",
        "import cmo_kit; cmo_kit.solve(cmo_kit.load_instance('fig3'), 'expert')",
        "import cmo_kit; i = cmo_kit.load_instance('fig3'); cmo_kit.trace_decode(i, [0.5] * 13)",
    ],
)
def test_heavy_parts_are_loaded_only_when_used(program: str) -> None:
    heavy = ("numba", "matplotlib", "pulp", "papermill", "ipywidgets", "anywidget", "scipy", "ortools", "IPython")
    script = f"import sys; {program}; print([name for name in {heavy!r} if name in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in cmo_kit.__all__:
        assert getattr(cmo_kit, name) is not None
    promised = {"Instance", "Schedule", "Result", "load_instance", "generate_instance", "decode", "trace_decode",
                "total_tardiness", "check_schedule", "solve", "Violation"}  # fmt: skip
    assert promised <= set(cmo_kit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = cmo_kit.absent


def tracked_texts() -> list[Path]:
    """The text files under version control, or all of the project's own where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("cmo_kit", "tests", "tools", "benchmarks", "docs", "notebooks", "instances")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in paths if path.suffix in TEXTS and path.is_file()]


def test_no_file_names_a_local_path_or_a_registry() -> None:
    slash, dot = "/", "."
    forbidden = re.compile(
        "|".join(
            [
                rf"(?<![\w.]){slash}(?:home|Users|root|work){slash}\w",
                r"[A-Z]:\\\\Users",
                r"--(?:extra-)?index-url\s*=?\s*http",
                rf"https?:{slash}{slash}[^\s\"')]*(?:pypi|simple{slash}|artifactory|nexus|devpi)",
                rf"files{re.escape(dot)}pythonhosted",
            ]
        )
    )
    found = []
    for path in tracked_texts():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if match := forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


@pytest.mark.slow
def test_a_source_distribution_makes_the_whole_wheel(tmp_path: Path) -> None:
    """Built without a network: the package with its instances, its notebooks and what its pictures need."""
    left_out = shutil.ignore_patterns(".*", "results", "build", "dist", "__pycache__", "*.egg-info", "ui", "tests")
    shutil.copytree(ROOT, tmp_path / "checkout", ignore=left_out)

    def built(kind: str, folder: Path) -> Path:
        program = f"from setuptools import build_meta; print(build_meta.build_{kind}({str(tmp_path)!r}))"
        finished = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
        return tmp_path / finished.stdout.splitlines()[-1]

    with tarfile.open(built("sdist", tmp_path / "checkout")) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    (unpacked,) = (tmp_path / "sdist").iterdir()
    with zipfile.ZipFile(built("wheel", unpacked)) as wheel:
        names = set(wheel.namelist())
    for folder in ("instances", "notebooks"):
        files = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        missing = {f"cmo_kit/{path}" for path in files if not any(p.startswith(".") for p in path.parts)} - names
        assert not {name for name in missing if "__pycache__" not in name}
    assert {f"cmo_kit/{name}" for name in ("py.typed", "widgets/stage/stage.js")} <= names


def test_a_locked_package_has_the_extras_that_others_ask_of_it() -> None:
    """Else pip refuses the whole list on the day on which a newer version of it is out."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    extras = {canonicalize_name(one.name): one.extras for one in locked}
    assert len(extras) > 100
    here = [one for one in locked if one.marker is None or one.marker.evaluate()]
    asked = [Requirement(text) for one in here for text in metadata.requires(one.name) or ()]
    asked = [one for one in asked if one.extras and (one.marker is None or one.marker.evaluate({"extra": ""}))]
    assert "jsonschema" in [one.name for one in asked]
    assert [str(one) for one in asked if not one.extras <= extras[canonicalize_name(one.name)]] == []
