"""Bad input is told in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cmo_kit import InputError


@contextmanager
def refused(*words: str, error: type[Exception] = InputError) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Assert that what is done inside is refused on one line that has these words, as they stand."""
    with pytest.raises(error) as caught:
        yield caught
    assert "\n" not in str(caught.value)
    assert all(part in str(caught.value) for part in words), str(caught.value)
