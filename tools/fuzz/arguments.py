"""Command lines with damaged words: exit code 0, 1 or 2, and one line where it is 2."""

import contextlib
import io
import json
import os
import random
from pathlib import Path

from cmo_kit.base.errors import InputError
from cmo_kit.cli import main
from cmo_kit.library import instances_folder, notebooks_folder

GOOD: tuple[tuple[str, ...], ...] = (
    ("solve", "tiny-ties", "--method", "expert", "--seed", "7", "--seconds", "1", "--out", "out.json", "--json"),
    ("solve", "fig3", "--method", "expert_orders", "--gantt", "out.svg"),
    ("check", "tiny-ties", "schedule.json"),
    ("decode", "fig3", "--keys", "keys.json", "--explain", "--json", "--out", "out.json"),
    ("generate", "small", "--seed", "6", "--out", "out.json", "--set", "orders=3", "--set", "due_date=[1, 9]"),
    ("import", "orders.csv", "--sites", "3", "--start", "2027-01-04", "--name", "mine", "--out", "out.json"),
    ("export", "dated.json", "dated-schedule.json", "--out", "plan"),
    ("run", "plan.toml", "--dry-run", "--workers", "2", "--out", "study", "--retry-failed"),
)
WORDS = (
    "", " ", "-", "--", "-1", "0", "1", "1.5", "1e400", "nan", "inf", "-inf", "9" * 5000, "1_0", "\u0663", "x" * 300,
    "x" * 5000, "x/" * 3000, "\udcff", "\udcff.json", "a\nb", "a\tb", ".", "..", "../x", "/dev/null", "/dev/zero",
    "/dev/full", "plan.toml", "keys.json", "folder", "no/such", "fifo", "fig3", "=", "a=b", "orders=0", "orders=1e9",
    "sites=10000000000", "name=\u0000", "name=../x", "w=[[[[", "w=" + "[" * 3000, "change=[[1,2]]", "2027-02-30",
    "batches=[1,1000000000]", "0000-00-00", "9999-12-31", "--help", "--set", "--out", "--method", "--json", "small",
    "solve", "expert", "*", "$(x)", "%s%n", "{}", "\u202e", "\U0001f9ea",
)  # fmt: skip


def command_lines() -> list[tuple[str, bytes]]:
    """The good command lines as JSON, so that they can be kept as files."""
    return [(f"{line[0]}.json", json.dumps(line).encode()) for line in GOOD]


def damaged_line(data: bytes, rng: random.Random) -> bytes:
    """A word or two exchanged, removed, repeated or put in."""
    words = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        place = rng.randrange(1, len(words) + 1)
        kind = rng.choice(("change", "change", "change", "remove", "put", "join"))
        if kind == "put":
            words.insert(place, rng.choice(WORDS))
        elif place < len(words) and kind == "change":
            words[place] = rng.choice(WORDS)
        elif place < len(words) and kind == "remove":
            del words[place]
        elif place < len(words):
            words[place] += rng.choice(WORDS)
    if words[0] == "run" and "--dry-run" not in words:
        words.append("--dry-run")  # what a study runs would take its time
    return json.dumps(words).encode()


def prepare(folder: Path) -> None:
    """The good files that the command lines name, and some that are none."""
    keys = json.dumps([k / 13 for k in range(13)])
    for name, text in (("keys.json", keys), ("plan.toml", PLAN)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "orders.csv").write_bytes((notebooks_folder() / "data" / "orders" / "orders.csv").read_bytes())
    (folder / "schedule.json").write_bytes((instances_folder() / "schedules" / "tiny-ties.json").read_bytes())
    for name, source in (("dated.json", "tiny-ties.json"), ("dated-schedule.json", "schedules/tiny-ties.json")):
        document = json.loads((instances_folder() / source).read_text(encoding="utf-8"))
        more = {"start_date": "2027-01-04"} if "orders" in document else {}
        (folder / name).write_text(json.dumps(document | more), encoding="utf-8")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")


PLAN = 'name = "own"\nreport = false\n[instances]\nnames = ["fig3"]\n[[runs]]\nmethod = "expert"\n'


def arguments(path: Path) -> None:
    """A command line, in a folder deep enough that ``..`` stays inside."""
    words = json.loads(path.read_bytes())
    deep = path.parent / "a" / "b" / "c"
    deep.mkdir(parents=True)
    prepare(deep)
    out, err, before = io.StringIO(), io.StringIO(), os.getcwd()
    os.chdir(deep)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as left:
                code = left.code
    finally:
        os.chdir(before)
    assert code in (0, 1, 2), f"exit code {code}"
    if code == 2:
        assert len(err.getvalue().splitlines()) == 1, err.getvalue()[-500:]
        assert out.getvalue() == "", out.getvalue()[-500:]
        raise InputError(err.getvalue().strip())
