"""The instance on the grid that a certificate names, for verification only: floors, ceilings and nothing else."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cmo_kit.base.errors import InputError
from cmo_kit.core.instance import Instance


def require(condition: bool, sentence: str) -> None:
    """Reject the certificate with ``sentence`` unless ``condition`` holds."""
    if not condition:
        raise InputError(sentence)


def integers(values: Any, name: str, below: int) -> list[int]:
    """``values`` as a list of integers from 0 to ``below - 1``; as indices true, null and lists mean other things."""
    kept = isinstance(values, list) and all(type(value) is int and 0 <= value < below for value in values)
    require(kept, f"{name} must be integers from 0 to {below - 1}")
    return list(values)


def fraction(pair: Any, name: str) -> Fraction:
    """A numerator and a denominator as the number that they are."""
    kept = isinstance(pair, list) and len(pair) == 2 and all(type(value) is int for value in pair) and pair[1] > 0
    require(kept, f"{name} must be a numerator and a denominator")
    return Fraction(*pair)


class Facts:
    """The instance on the grid that a certificate names: floors, ceilings and nothing else."""

    def __init__(self, instance: Instance, part: Mapping[str, Any]) -> None:
        unit, factor, slack = (fraction(part[name], name) for name in ("unit", "factor", "slack"))
        require(unit > 0 and factor > 0 and slack >= 0, "unit and factor must be positive and slack not negative")
        exact = [[Fraction(float(value)) for value in row] for row in instance.g]
        self.G = [[(value + slack) // unit for value in row] for row in exact]
        self.sigma = [(Fraction(float(value)) + slack) // unit for value in instance.sigma]
        self.d = [-((slack - Fraction(float(value))) // unit) for value in instance.D - instance.tails]
        self.W = [int(Fraction(float(value)) * factor) for value in instance.w]
        self.Q, self.L = [int(value) for value in instance.Q], instance.sites
        self.unit, self.factor = unit, factor
        self.loss = slack * (sum(self.Q) + 1) * sum(Fraction(float(value)) for value in instance.w)
        aligned = all(value % unit == 0 for row in exact for value in row) and all(
            Fraction(float(value)) % unit == 0 for value in [*instance.sigma, *(instance.D - instance.tails)]
        )
        given = [Fraction(float(value)) for value in [*instance.p.ravel(), *instance.D, *instance.sigma]]
        weights_kept = all(
            Fraction(float(value)) * factor == kept for value, kept in zip(instance.w, self.W, strict=True)
        )
        # such times are added and subtracted by floats without error, so G and d are what the instance means
        sure = all(1024 % value.denominator == 0 and abs(value) < 1 << 40 for value in sum(exact, given))
        self.whole = sure and aligned and weights_kept and slack == 0
        n = range(len(self.Q))
        self.ready = list(self.sigma)
        for _ in n:  # every round allows one more order ahead
            self.ready = [min([self.ready[j], *(self.ready[i] + self.G[i][j] for i in n if i != j)]) for j in n]

    def objective(self, value: Fraction) -> Fraction:
        """A bound in grid units as one on the instance's total tardiness."""
        whole = Fraction(math.ceil(value)) if self.whole else value
        return max(Fraction(0), whole * self.unit / self.factor - self.loss)
