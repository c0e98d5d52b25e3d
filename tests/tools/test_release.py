"""What ``make release`` refuses before it builds anything; that what it builds can be used, the target itself shows."""

import pytest

from tools.release import ROOT, run, unready

READY = {"version": "1.2.3", "citation": "version: 1.2.3\n", "changes": "## 1.2.3 (2027-01-04)\n", "uncommitted": ""}


@pytest.mark.parametrize(
    "change, reason",
    [
        ({}, None),
        ({"citation": "version: 1.2.30\n"}, "the version in CITATION.cff is another one; it must be 1.2.3"),
        ({"changes": "## Unreleased\n## 1.2\n"}, "CHANGELOG.md has no entry for 1.2.3"),
        ({"uncommitted": " M README.md\n?? new.py"}, "M README.md is not committed"),
    ],
)
def test_a_release_needs_one_version_an_entry_and_all_committed(change: dict[str, str], reason: str | None) -> None:
    reasons = list(unready(**READY | change))
    assert len(reasons) == (reason is not None)
    assert reason is None or reasons[0].startswith(reason)


def test_a_step_that_fails_is_named_with_what_it_said() -> None:
    with pytest.raises(ValueError, match=r"git frobnicate ends with 1: git: 'frobnicate'"):
        run("git", "frobnicate", cwd=ROOT)
