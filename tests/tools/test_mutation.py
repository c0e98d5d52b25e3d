"""The mutation check itself: which changes it makes, and where it finds their places again."""

import ast

import pytest

from tools.mutation.changes import applied, possible, written

SOURCE = b'''"""A text with 1 < 2."""
from a import b
__all__ = ["b"]
def least(n: int = 3, m: "Literal[1]" = None) -> int:
    """Nothing happens to 1 + 1 here."""
    if n < 2:
        raise ValueError(f"n is {n + 1}; " + "x" * 3)
    for k in range(n):
        n += (k - m) * b(k, key=True)
    return max(n, 1)
'''


def results(line: int) -> set[str]:
    found = set()
    for choice in possible(SOURCE).get(line, []):
        changed = applied(written("a.py", SOURCE, choice), SOURCE)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(SOURCE))
        found.add(changed.decode().splitlines()[line - 1].strip())
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (4, {'def least(n: int = 4, m: "Literal[1]" = None) -> int:'}),
        (6, {"if n <= 2:", "if n >= 2:", "if n < 3:", "if not n < 2:"}),
        (8, {"for k in range(n - 1):", "for k in range(n + 1):"}),
        (
            9,
            {
                "pass", "n -= (k - m) * b(k, key=True)", "n += (k - m) / b(k, key=True)",
                "n += (k + m) * b(k, key=True)", "n += (k - m) * b(k)", "n += (k - m) * b(k, key=False)",
            },
        ),
        (10, {"return None", "return min(n, 1)", "return max(n, 2)", "return max(n)"}),
    ],
)  # fmt: skip
def test_a_line_has_the_changes_of_its_kinds(line: int, expected: set[str]) -> None:
    assert results(line) == expected


def test_texts_annotations_imports_and_messages_stay() -> None:
    assert set(possible(SOURCE)) == {4, 6, 8, 9, 10}
