"""What a question of the bank is computed to: an answer, what known mistakes give, and values that its text says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cmo_kit.course.quiz import Answer
from cmo_kit.formats.instance import Order


@dataclass(frozen=True)
class Computed:
    """``mistakes`` by the names that they have in ``bank.toml``; ``said`` fills the question's text."""

    answer: Answer
    mistakes: Mapping[str, Answer]
    said: Mapping[str, object] = field(default_factory=dict)

    def rounded(self, digits: int | None = None) -> "Computed":
        """The same, all numbers with so many decimals; without them whole numbers."""
        answer: Any = self.answer
        mistakes: Mapping[str, Any] = self.mistakes
        return Computed(round(answer, digits), {name: round(v, digits) for name, v in mistakes.items()}, self.said)


#: From a question's name in ``bank.toml`` to what computes it from a case there.
ANSWERS: dict[str, Callable[..., Computed]] = {}


def computes(function: Callable[..., Computed]) -> Callable[..., Computed]:
    """Register a function under its own name."""
    ANSWERS[function.__name__] = function
    return function


def runs_in_words(sites: Any) -> str:
    """Runs Site by Site, such as ``Site 1: A x3; Site 2: empty``."""
    return "; ".join(f"Site {l}: {site_in_words(sites, l)}" for l in range(1, len(sites) + 1))


def site_in_words(sites: Any, l: int) -> str:
    """The runs of Site ``l``, from 1."""
    return ", ".join(f"{order} x{batches}" for order, batches in sites[l - 1]) or "empty"


def times_in_words(orders: Iterable[Order]) -> str:
    """What a batch of each order takes, operation by operation."""
    return "; ".join(
        f"{order.id} takes {' + '.join(f'{time:g}' for time in order.processing_times)}" for order in orders
    )


def numbers(values: Any) -> str:
    """Numbers in a row of text."""
    return ", ".join(f"{float(value):g}" for value in values)
