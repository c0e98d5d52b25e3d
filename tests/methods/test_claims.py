"""No method claims what is false: random tiny problems in decimals at every scale (``make claims`` has more)."""

import pytest

from tools.claims import check_many, installed


@pytest.mark.slow
def test_no_claim_is_false() -> None:
    """Halves to thirds, from millionths to thousand millions, some changes forbidden: against exact fractions."""
    counts, false = check_many(8, 3, installed(), hard=1)
    assert not false, "\n".join(false)
    assert counts["positive optimum"] >= 4


@pytest.mark.slow
def test_at_ordinary_scale_every_optimum_is_proved() -> None:
    methods = installed(["milp", "cpsat"])
    counts, false = check_many(10, 4, methods, hard=0)
    assert not false, "\n".join(false)
    assert counts["optimal by milp"] == counts["positive optimum"] >= 5
