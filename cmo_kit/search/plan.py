"""How the budget is shared among the stages of a search, and how hot each begins."""

from cmo_kit.core.instance import Instance
from cmo_kit.search.start import setup_unit, work_unit
from cmo_kit.search.team import Stage

#: The stage on list schedules: a share of the seconds, and of the moves, which take longer there.
LISTS = (0.1, 0.03)
#: The first of several rounds takes this share of the rest; the others share what it leaves.
FIRST_ROUND = 0.6
#: The other rounds begin at this part of the first round's temperature.
REHEAT = 0.2


def stages(instance: Instance, rounds: int, lists: float, start: float, end: float) -> list[Stage]:
    """A stage on lists, then rounds on runs; the temperatures are in the units of :func:`search`."""
    last = end * setup_unit(instance)
    shares = [1.0] if rounds == 1 else [FIRST_ROUND] + [(1 - FIRST_ROUND) / (rounds - 1)] * (rounds - 1)
    first = start * setup_unit(instance)
    plan = [Stage(*LISTS, max(lists * work_unit(instance), last), last, lists=True)]
    for number, share in enumerate(shares):
        heat = first if number == 0 else REHEAT * first
        plan.append(Stage((1 - LISTS[0]) * share, (1 - LISTS[1]) * share, max(heat, last), last))
    return plan
