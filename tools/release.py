"""Build a release and try it as a stranger would: ``python -m tools.release [OUT]``, behind ``make release``.

The version must be the same everywhere, have an entry in the change log, and nothing may be uncommitted. The source
distribution is built from the committed files and the wheel from the source distribution; each is installed with pip in
a fresh environment far from the project, and used there. Nothing is published.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from benchmarks.runner import run_program
from cmo_kit import __version__
from cmo_kit.base.errors import InputError

ROOT = Path(__file__).parents[1]
#: What is tried in each environment, in a folder of its own.
TRIALS = (
    ("cmo-kit", "--version"),
    ("cmo-kit", "solve", "small-1", "--method", "ga", "--seed", "7", "--evaluations", "5000", "--out", "best.json"),
    ("cmo-kit", "check", "small-1", "best.json"),
    ("cmo-kit", "lab", "course", "--only-copy"),
)
PLACE = "import cmo_kit, os; print(cmo_kit.__version__, os.path.dirname(cmo_kit.__file__))"


def unready(version: str, citation: str, changes: str, uncommitted: str) -> Iterator[str]:
    """Why no release can be made: a sentence for each reason."""
    if not re.search(rf"^version: {re.escape(version)}$", citation, re.MULTILINE):
        yield f"the version in CITATION.cff is another one; it must be {version}, as in cmo_kit/__init__.py"
    if not re.search(rf"^## {re.escape(version)}\b", changes, re.MULTILINE):
        yield f"CHANGELOG.md has no entry for {version}; it must have one"
    if uncommitted:
        yield f"{uncommitted.splitlines()[0].strip()} is not committed; nothing may be left that is not"


def run(*command: object, cwd: Path) -> str:
    """What a command prints; one that fails ends the release with what it said."""
    surroundings = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run([str(part) for part in command], cwd=cwd, env=surroundings, capture_output=True, text=True)
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["it said nothing"]
        raise InputError(f"{' '.join(map(str, command))} ends with {ended.returncode}: {said[-1]}")
    return ended.stdout.strip()


def build(out: Path, work: Path) -> list[Path]:
    """The source distribution, of what is committed, and the wheel, of the source distribution."""
    run("git", "archive", "--output", work / "committed.tar", "HEAD", cwd=ROOT)
    made, source = list[Path](), work / "committed"
    for kind, archive in (("sdist", work / "committed.tar"), ("wheel", None)):
        with tarfile.open(archive or made[0]) as packed:
            packed.extractall(source, filter="data")
        folder = source if archive else source / made[0].name.removesuffix(".tar.gz")
        program = f"from setuptools import build_meta; print(build_meta.build_{kind}({str(out)!r}))"
        made.append(out / run(sys.executable, "-c", program, cwd=folder).splitlines()[-1])
    return made


def attempt(package: Path, work: Path) -> None:
    """Install a package in a fresh environment and use it."""
    venv.create(work / "environment", with_pip=True)
    programs = work / "environment" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", package,
        cwd=work)  # fmt: skip
    version, place = run(programs / "python", "-c", PLACE, cwd=work).split(" ", 1)
    if version != __version__ or not Path(place).is_relative_to((work / "environment").resolve()):
        raise InputError(f"{package.name} gives cmo_kit {version} in {place}; it must be {__version__}, as installed")
    for program, *rest in TRIALS:
        print(f"  {program} {' '.join(rest)}", flush=True)
        said = run(programs / program, *rest, cwd=work)
        print("".join(f"    {line}\n" for line in said.splitlines()[:1]), end="", flush=True)
    if not list((work / "course").rglob("*.ipynb")):
        raise InputError(f"{package.name} has no notebooks to copy")


def main() -> int:
    """Check, build, install and try."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "results" / "release")
    out = parser.parse_args().out.resolve()
    citation, changes = ((ROOT / name).read_text(encoding="utf-8") for name in ("CITATION.cff", "CHANGELOG.md"))
    uncommitted = run("git", "status", "--porcelain", cwd=ROOT)
    if reasons := list(unready(__version__, citation, changes, uncommitted)):
        raise InputError("; ".join(reasons))
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*.whl"), *out.glob("*.tar.gz")):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        packages = build(out, Path(folder))
        for package in packages:
            print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB", flush=True)
            work = Path(folder) / package.suffix[1:]
            work.mkdir()
            attempt(package, work)
    lines = [f"{sha256(package.read_bytes()).hexdigest()}  {package.name}" for package in packages]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{__version__} is built and tried: {out}")
    if "\n## Unreleased\n" in changes:
        print(f"CHANGELOG.md still has entries under Unreleased: they are in these files, not in {__version__}'s entry")
    return 0


if __name__ == "__main__":
    sys.exit(run_program("release", main))
