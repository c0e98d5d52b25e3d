"""No bound exceeds an optimum: random tiny problems, every schedule enumerated (``make bounds-check`` has more)."""

from tools.bounds_check import KINDS, check_hard, check_many

COUNT = 250


def test_no_bound_exceeds_an_optimum() -> None:
    found = check_many(COUNT, seed=7)
    for trait in (*KINDS, "condition fails", "weights", "initial setups", "one Site", "one batch each", "fractions"):
        assert found[trait] >= COUNT / 100, f"the sample has too few problems of kind {trait}"
    assert found["tight"] >= 0.5 * found["positive optimum"], "the bounds are valid but idle"
    assert found["trees"] >= COUNT / 100, "the sample proves too little by cases"


def test_no_bound_exceeds_an_optimum_whatever_the_numbers() -> None:
    """Scales from 1e-6 to 1e9, thirds, forbidden changes, orders that are never due, no gaps: exactly as enumerated."""
    found = check_hard(20, seed=3)
    assert found["hard and tight"] >= 7
