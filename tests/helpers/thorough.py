"""Whether tests are to take as long as they like: ``make thorough`` and ``make determinism`` ask for it."""

import os

THOROUGH = "CMO_THOROUGH" in os.environ


def sample(count: int) -> int:
    """How many of so many cases of one kind are tried: half of them, and all in ``make thorough``."""
    return count if THOROUGH else count // 2
