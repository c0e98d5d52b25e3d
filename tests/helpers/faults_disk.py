"""Every command that writes, in a folder that does not take it; run in a namespace of its own, where it may mount.

``python faults_disk.py full|readonly|limited|taken FOLDER`` prints, as JSON, what each command did there.
"""

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cmo_kit import Result, solve
from cmo_kit.cli import main

EARLIER = "what an earlier command left here"
ORDERS = str(Path(__file__).resolve().parents[2] / "notebooks" / "data" / "orders" / "orders.csv")
#: Command lines, each with the place that it writes to; INPUT is a folder beside, with files to read.
COMMANDS = {
    "solve": ["solve", "small-1", "--method", "expert", "--out", "out.json"],
    "gantt": ["solve", "small-1", "--method", "expert", "--gantt", "out.png"],
    "bound": ["bound", "tiny-ties", "--upper-bound", "9", "--certificate", "out.json"],
    "decode": ["decode", "fig3", "--keys", "INPUT/keys.json", "--out", "out.json"],
    "generate": ["generate", "small", "--seed", "1", "--out", "out.json"],
    "import": ["import", ORDERS, "--sites", "3", "--start", "2027-01-04", "--out", "out.json"],
    "export": ["export", "INPUT/orders.json", "INPUT/plan.json", "--out", "plan"],
    "run": ["run", "INPUT/study.toml", "--out", "study"],
}
#: A search that the disk fills up under.
LONG = ["solve", "small-1", "--method", "ga", "--evaluations", "1000", "--out", "out.json"]
PLAN = 'name = "own"\nreport = false\n[instances]\nnames = ["tiny-ties"]\n[[runs]]\nmethod = "expert"\n'


def prepare(inputs: Path) -> None:
    inputs.mkdir()
    (inputs / "keys.json").write_text(json.dumps([0.5] * 13), encoding="utf-8")
    (inputs / "study.toml").write_text(PLAN, encoding="utf-8")
    main(["import", ORDERS, "--sites", "3", "--start", "2027-01-04", "--out", str(inputs / "orders.json")])
    main(["solve", str(inputs / "orders.json"), "--method", "expert", "--out", str(inputs / "plan.json")])


def fill() -> None:
    """Write until nothing fits any more."""
    with contextlib.suppress(OSError), open("filler", "ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def spoil(mode: str) -> None:
    """Make the working folder one that takes nothing."""
    if mode == "full":
        fill()
    elif mode == "readonly":
        subprocess.run(["mount", "-o", "remount,ro", "."], check=True)
    elif mode == "limited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    else:
        for name in ("out.json", "out.png"):
            os.unlink(name)
            os.mkdir(name)
        for name in ("plan", "study"):
            Path(name).write_text(EARLIER, encoding="utf-8")


def told(arguments: list[str]) -> dict[str, object]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def attack(mode: str, folder: Path) -> dict[str, dict[str, object]]:
    """What every command does in a folder of this kind."""
    inputs, place = folder / "inputs", folder / "place"
    prepare(inputs)
    place.mkdir()
    if mode in ("full", "readonly"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=True)
    os.chdir(place)
    for name in ("out.json", "out.png"):
        Path(name).write_text(EARLIER, encoding="utf-8")
    found = {}
    if mode == "full":

        def solve_and_fill(*arguments: Any, **others: Any) -> Result:
            fill()
            return solve(*arguments, **others)

        with patch("cmo_kit.cli.commands.solve", solve_and_fill):
            found["long"] = told(LONG)
    spoil(mode)
    for name, arguments in COMMANDS.items():
        before = os.listdir()
        found[name] = told([argument.replace("INPUT", str(inputs)) for argument in arguments])
        found[name]["left"] = sorted(set(os.listdir()) - set(before))
        files = ("plan", "study") if mode == "taken" else ("out.json", "out.png")
        found[name]["kept"] = [Path(file).read_text(encoding="utf-8") for file in files] == [EARLIER, EARLIER]
    return found


if __name__ == "__main__":
    stdout, sys.stdout = sys.stdout, sys.stderr
    document = attack(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps(document), file=stdout)
