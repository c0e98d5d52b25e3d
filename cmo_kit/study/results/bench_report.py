"""Measured numbers as text, and the ones that come with the kit."""

from typing import Any

from cmo_kit.base.jsonfile import read_json
from cmo_kit.library import notebooks_folder


def measured(name: str = "decoder-speed.json") -> dict[str, Any]:
    """The numbers that were measured when the kit was made; the environment is stated in them."""
    document: dict[str, Any] = read_json(notebooks_folder() / "data" / name)
    return document


def table(document: dict[str, Any]) -> str:
    """Microseconds per chromosome and their ratios, one column for each of Table 2's sets."""
    environment, sets = document["environment"], document["sets"]
    features = ", ".join(environment["numpy_dispatches_to"]) or "its baseline"
    lines = [
        f"{document['date']}: {environment['processor']} ({environment['compiled_for']})",
        f"numpy {environment['numpy']} dispatches to {features}",
        "",
        f"{'microseconds per chromosome':<32}" + "".join(f"{name:>10}" for name in sets),
    ]
    for unit in ("microseconds", "ratios"):
        names = next(iter(sets.values()))[unit]
        lines += [f"{name:<32}" + "".join(f"{entry[unit][name]:>10.3f}" for entry in sets.values()) for name in names]
        lines.append("")
    return "\n".join(lines[:-1])


def growth_table(document: dict[str, Any]) -> str:
    """Cost per chromosome and per key for longer and longer chromosomes."""
    lines = [f"{'Large':<8}{'orders':>8}{'Sites':>8}{'keys':>8}{'us':>10}{'ns/key':>10}{'argsort ns/key':>16}"]
    lines += [
        f"{name:<8}{entry['orders']:>8}{entry['sites']:>8}{entry['keys']:>8}{entry['microseconds']:>10.1f}"
        f"{entry['nanoseconds_per_key']:>10.2f}{entry['argsort_nanoseconds_per_key']:>16.2f}"
        for name, entry in document["growth"].items()
    ]
    return "\n".join(lines)
