"""The genetic algorithm's own lines, as they stand in its source, for each box of the flow chart."""

import inspect
import textwrap

from cmo_kit.core.genetic import genetic_algorithm

#: Box of Figure 2's flow chart -> how its line in the source begins.
BEGINNINGS = {
    1: ("population = random_keys(",),
    2: ("tardiness, schedules = evaluate(",),
    3: ("if elitism !=", "population[worst], "),
    4: ("if limits.reached(",),
    5: ("parents = population.take(",),
    6: ("children = uniform_crossover(",),
    7: ("insertion_mutation(",),
}


def lines_by_box() -> dict[int, list[str]]:
    """For each box the lines of the source that do it.

    Raises
    ------
    LookupError
        When the source has no such line any more.
    """
    source = [line.strip() for line in inspect.getsource(genetic_algorithm).splitlines()]
    found: dict[int, list[str]] = {}
    for box, beginnings in BEGINNINGS.items():
        for beginning in beginnings:
            line = next((line for line in source if line.startswith(beginning)), None)
            if line is None:
                raise LookupError(f"the loop has no line that begins with {beginning!r}")
            found.setdefault(box, []).append(line)
    return found


def loop_source() -> str:
    """The loop from ``while`` to the evaluation of the children, without the rows of the history."""
    source = inspect.getsource(genetic_algorithm).splitlines()
    begin = next(k for k, line in enumerate(source) if line.strip() == "while True:")
    end = next(k for k, line in enumerate(source) if line.strip().startswith("except KeyboardInterrupt"))
    lines: list[str] = []
    inside = False  # of the call that only writes down the history
    for line in source[begin:end]:
        if line.strip() == "rows.append(":
            inside = True
            lines.append(line.replace("rows.append(", "rows.append(...)"))
        elif not inside:
            lines.append(line)
        elif line.strip() == ")" and len(line) - len(line.lstrip()) == len(lines[-1]) - len(lines[-1].lstrip()):
            inside = False
    return textwrap.dedent("\n".join(lines))
