"""The genetic algorithm's own lines, as they stand in its source, for each box of the flow chart."""

import inspect
import textwrap

from cmo_kit.core.genetic import genetic_algorithm

#: Box of Figure 2's flow chart -> how its line in the source begins.
BEGINNINGS = {
    1: ("population = chromosome.random_keys(",),
    2: ("tardiness, schedules = evaluate(",),
    3: ("if elitism is not None", "population[replaced], "),
    4: ("if limits.reached(",),
    5: ("parents = selection(",),
    6: ("population = crossover(",),
    7: ("mutation(",),
}


def lines_by_box() -> dict[int, list[str]]:
    """For each box the lines of the source that do it; ``StopIteration`` where the source has none any more."""
    source = [line.strip() for line in inspect.getsource(genetic_algorithm).splitlines()]
    return {
        box: [next(line for line in source if line.startswith(beginning)) for beginning in beginnings]
        for box, beginnings in BEGINNINGS.items()
    }


def loop_source() -> str:
    """The loop, from its head to the mutation of the children."""
    source = inspect.getsource(genetic_algorithm).splitlines()
    begin = next(k for k, line in enumerate(source) if line.strip() == "for number in count():")
    end = next(k for k, line in enumerate(source) if line.strip().startswith("except KeyboardInterrupt"))
    return textwrap.dedent("\n".join(source[begin:end]))
