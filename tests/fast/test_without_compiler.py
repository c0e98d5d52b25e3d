"""Every kernel does as plain Python what it does compiled: the same numbers, to the last bit."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.helpers.kernel_jobs import JOBS


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.helpers.kernel_jobs"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


@pytest.mark.parametrize("name", JOBS)
def test_plain_python_and_compiled_code_agree(plain: dict[str, Any], name: str) -> None:
    assert plain[name] == json.loads(json.dumps(JOBS[name]()))
