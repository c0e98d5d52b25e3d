"""How large models are, counted without building them: why Table 4 has "n.a." on Large."""

from typing import Any, NamedTuple

from cmo_kit.core.instance import Instance

#: Measured for PuLP 3.3 with CBC 2.10 on Small problems: bytes for each nonzero of the model, held
#: by PuLP (700) and by CBC's linear program (700). CBC's search tree comes on top.
BYTES_PER_NONZERO = 1400


class ModelSize(NamedTuple):
    """How large a model is: counts, and an estimate of the memory that PuLP and CBC need, in bytes."""

    variables: int
    constraints: int
    nonzeros: int

    @property
    def memory(self) -> int:
        """Estimated bytes."""
        return self.nonzeros * BYTES_PER_NONZERO

    def details(self) -> dict[str, Any]:
        """What a method reports of it."""
        return {**self._asdict(), "estimated_bytes": self.memory}


def model_size(instance: Instance) -> ModelSize:
    """The size of [P], equation by equation."""
    I, L, T = len(instance.orders), instance.sites, instance.total_batches
    pairs = I * I * L * (T - 1)
    variables = (I + 1) * L * T + pairs + 2 * L * T + I
    constraints = L * T + I + 2 * pairs + L * (T - 1) + L + L * T + I * L * T + L * (T - 1)
    nonzeros = (
        (I + 1) * L * T  # (2)
        + I * L * T  # (3)
        + 2 * 3 * pairs  # (4), (5)
        + L * (T - 1) * (2 + I) + pairs  # (6)
        + L * (1 + (I if instance.initial_setup_times is not None else 0))  # (7)
        + L * T * (2 + I)  # (8)
        + 3 * I * L * T  # (9)
        + L * (T - 1) * (1 + I)  # (10)
    )  # fmt: skip
    return ModelSize(variables, constraints, nonzeros)


def run_model_size(instance: Instance) -> ModelSize:
    """The size of the run-level model at most."""
    I, L = len(instance.orders), instance.sites
    pairs, arcs = I * (I - 1) * L, I * (I + 1) * L
    return ModelSize(
        variables=arcs + pairs + 5 * I * L + I,
        constraints=I + (8 * I + 1) * L + 2 * pairs + I * L,
        nonzeros=I * (I + 3) // 2 * L + 2 * arcs + 22 * I * L + 8 * pairs,
    )
