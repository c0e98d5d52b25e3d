"""One case: a good file, damaged; and the judgement of what its reader does with it."""

import random
import shutil
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from cmo_kit import InputError
from tools.fuzz.damage import damaged, damaged_line
from tools.fuzz.readers import Reader

#: Seconds of processor time that a reader may take, and characters of a refusal.
MOST_SECONDS, MOST_WORDS = 2.0, 800


@dataclass(frozen=True)
class Verdict:
    """What a case showed: ``accepted``, ``refused`` or ``bug``, the time it took, and the refusal or the traceback."""

    reader: str
    outcome: str
    seconds: float
    words: str


def make_case(readers: list[Reader], seed: int, number: int) -> tuple[Reader, str, bytes]:
    """The reader, the file's name and its bytes; the same for the same seed and number."""
    rng = random.Random(f"{seed} {number}")
    reader = rng.choices(readers, [reader.share for reader in readers])[0]
    name, data = rng.choice(reader.seeds)
    if reader.name == "arguments":
        return reader, name, damaged_line(data, rng)
    return reader, name, damaged(data, rng, [other for _, other in reader.seeds])


def judge(reader: Reader, name: str, data: bytes) -> Verdict:
    """Let the reader read the file in a new folder, and say how that went."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        began = time.process_time()
        try:
            reader.read(path)
            outcome, words = "accepted", ""
        except InputError as error:
            outcome, words = "refused", str(error).replace(folder, "")
            most = MOST_WORDS + (len(data) if reader.name == "arguments" else 0)  # what was typed is told in full
            if len(words.splitlines()) != 1 or len(words) > most:
                outcome, words = "bug", f"a refusal of {len(words)} characters: {words!r:.2000}"
        except Exception:
            outcome, words = "bug", traceback.format_exc()
        seconds = time.process_time() - began
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()  # for the context to remove
    if outcome != "bug" and seconds > MOST_SECONDS:
        outcome, words = "bug", f"{seconds:.1f} s of processor time ({outcome}: {words[:300]})"
    return Verdict(reader.name, outcome, seconds, words)
