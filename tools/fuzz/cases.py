"""One attack: a reader, a file that is damaged, and what becomes of it."""

import json
import random
import resource
import tempfile
import time
import traceback
from pathlib import Path

from cmo_kit import InputError
from tools.fuzz.damage import damaged, damaged_line
from tools.fuzz.readers import Reader, readers

#: Bytes that the process may ask for beyond what it has when it begins.
MOST_MEMORY = 1 << 30
#: Seconds of processor time that a reader may take, and characters of a refusal.
MOST_SECONDS, MOST_WORDS = 2.0, 800


def make_case(found: list[Reader], seed: int, number: int) -> tuple[Reader, str, bytes]:
    """The reader, the file's name and its bytes; the same for the same seed and number."""
    rng = random.Random(f"{seed} {number}")
    reader = rng.choices(found, [reader.share for reader in found])[0]
    name, data = rng.choice(reader.seeds)
    if reader.name == "arguments":
        return reader, name, damaged_line(data, rng)
    return reader, name, damaged(data, rng, [other for _, other in reader.seeds])


def judge(reader: Reader, name: str, data: bytes, again: bool = True) -> tuple[str, str]:
    """Let the reader read the file in a new folder: ``accepted``, ``refused`` or ``bug``, and the words for it.

    A file that took long is read ``again``, with all code loaded.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        began = time.process_time()
        try:
            reader.read(path)
            outcome, words = "accepted", ""
        except InputError as error:
            outcome, words = "refused", str(error).replace(folder, "")
            most = MOST_WORDS + (len(data) if reader.name == "arguments" else 0)  # what was typed is told in full
            lines = words.splitlines()
            if len(lines) != len(getattr(error, "sentences", (words,))) or max(map(len, lines), default=0) > most:
                outcome, words = "bug", f"a refusal of {len(words)} characters: {words!r:.2000}"
        except Exception:
            outcome, words = "bug", traceback.format_exc()
        seconds = time.process_time() - began
    if outcome != "bug" and seconds > MOST_SECONDS:
        if again:
            return judge(reader, name, data, again=False)
        return "bug", f"{seconds:.1f} s of processor time ({outcome}: {words[:300]})"
    return outcome, words


def judge_cases(seed: int, first: int, last: int) -> None:
    """Judge the cases from ``first`` until before ``last``, and print a line with each verdict."""
    with tempfile.TemporaryDirectory() as place:
        found = readers(Path(place))
        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MOST_MEMORY, resource.RLIM_INFINITY))
        print("begun", flush=True)
        for number in range(first, last):
            reader, name, data = make_case(found, seed, number)
            print("\nverdict", json.dumps([number, reader.name, *judge(reader, name, data)]), flush=True)
