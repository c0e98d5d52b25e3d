"""The equations of [P] that can be left out: how they read and what each is for."""

from __future__ import annotations

from typing import NamedTuple


class Equation(NamedTuple):
    """An equation in one line of plain text, and its purpose in one sentence."""

    formula: str
    purpose: str


#: Number -> equation; 0 is the whole model.
EQUATIONS: dict[int, Equation] = {
    0: Equation("(1) to (15)", "The whole model: nothing is left out."),
    2: Equation(
        "Σᵢ z[i,l,t] = 1 for all l, t (with the dummy, order 0)",
        "Every position of every Site holds one batch or the dummy.",
    ),
    3: Equation("Σₗ Σₜ z[i,l,t] = Q[i] for all i ≥ 1", "Every order gets its batches."),
    4: Equation(
        "γ[i,j,l,t] ≤ ½ (z[i,l,t] + z[j,l,t+1]) for all i, j ≥ 1, l, t < T",
        "γ is 1 only where i is followed by j.",
    ),
    5: Equation(
        "γ[i,j,l,t] ≥ z[i,l,t] + z[j,l,t+1] − 1 for all i, j ≥ 1, l, t < T",
        "γ is 1 wherever i is followed by j.",
    ),
    6: Equation(
        "s[l,t] − s[l,t−1] ≥ Σᵢ z[i,l,t−1] p[i,1] + Σᵢⱼ γ[i,j,l,t−1] b[i,j] for all l, t ≥ 2",
        "From start to start there is time for the first operation and the setup.",
    ),
    7: Equation("s[l,1] = 0 for all l", "A Site opens at time 0."),
    8: Equation(
        "s[l,t] + Σᵢ Σₒ z[i,l,t] p[i,o] = c[l,t] for all l, t",
        "A batch is complete when all its operations are.",
    ),
    9: Equation(
        "c[l,t] − V (1 − z[i,l,t]) − D[i] ≤ τ[i] for all i ≥ 1, l, t",
        "An order is at least as late as each of its batches.",
    ),
    10: Equation(
        "V (1 − z[0,l,t]) ≥ Σᵢ z[i,l,t+1] for all l, t < T",
        "Dummies stand only at the end of a Site.",
    ),
}
