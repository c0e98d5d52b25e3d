"""No bound exceeds an optimum: random tiny problems, every schedule enumerated (``make bounds-check`` has more)."""

from tools.claims import KINDS, check_many

METHODS, COUNT = ("bound", "bound_with_poor_prices"), 40


def test_no_bound_exceeds_an_optimum() -> None:
    found, false = check_many(COUNT, 7, METHODS, batches=6, hard=0)
    assert not false, "\n".join(false)
    for trait in (*KINDS, "condition fails", "weights", "initial setups", "one Site", "one batch each", "fractions"):
        assert found[trait] >= COUNT / 100, f"the sample has too few problems of kind {trait}"
    for name in METHODS:  # without good prices by cases
        assert found[f"tight by {name}"] >= 0.5 * found["positive optimum"], "the bounds are valid but idle"


def test_no_bound_exceeds_an_optimum_whatever_the_numbers() -> None:
    """Scales from 1e-6 to 1e9, thirds, forbidden changes, orders that are never due, no gaps: exactly as enumerated."""
    found, false = check_many(20, 3, METHODS, batches=5, hard=1)
    assert not false, "\n".join(false)
    assert found["tight by bound"] >= 6
