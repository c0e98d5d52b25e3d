"""``python -m cmo_kit.bench``: measure the decoders, print a table, keep the numbers as JSON."""

import argparse
import datetime
from pathlib import Path
from typing import Any

from cmo_kit.bench.decoding import POPULATIONS, measure_growth, measure_set
from cmo_kit.bench.environment import describe, use_one_processor
from cmo_kit.core.jsonfile import write_json


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m cmo_kit.bench", description=__doc__)
    parser.add_argument("--out", default="results/bench.json", help="where the numbers go")
    parser.add_argument("--repeats", type=int, default=41, help="samples of each rival; the median counts")
    arguments = parser.parse_args()
    use_one_processor()
    measured: dict[str, Any] = {"date": datetime.date.today().isoformat(), "environment": describe()}
    measured["sets"] = {test_set: measure_set(test_set, arguments.repeats) for test_set in POPULATIONS}
    measured["growth"] = measure_growth(max(3, arguments.repeats // 4))
    print(table(measured))
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    write_json(arguments.out, measured)
    print(f"written to {arguments.out}")


def table(measured: dict[str, Any]) -> str:
    """The measured numbers as text."""
    environment, sets = measured["environment"], measured["sets"]
    features = ", ".join(environment["numpy_dispatches_to"]) or "its baseline"
    lines = [
        f"{environment['processor']} ({environment['compiled_for']})",
        f"numpy {environment['numpy']} dispatches to {features}",
        "",
        f"{'microseconds per chromosome':<32}" + "".join(f"{name:>10}" for name in sets),
    ]
    for unit in ("microseconds", "ratios"):
        names = next(iter(sets.values()))[unit]
        lines += [f"{name:<32}" + "".join(f"{entry[unit][name]:>10.3f}" for entry in sets.values()) for name in names]
        lines.append("")
    lines.append(f"{'growth':<8}{'orders':>8}{'Sites':>8}{'keys':>8}{'us':>10}{'ns/key':>10}{'argsort ns/key':>16}")
    for name, entry in measured["growth"].items():
        lines.append(
            f"{name:<8}{entry['orders']:>8}{entry['sites']:>8}{entry['keys']:>8}{entry['microseconds']:>10.1f}"
            f"{entry['nanoseconds_per_key']:>10.2f}{entry['argsort_nanoseconds_per_key']:>16.2f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
