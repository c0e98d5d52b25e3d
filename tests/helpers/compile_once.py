"""Compile what many tests need: ``python -m tests.helpers.compile_once``.

In a clone that is new, every process would compile the same at the same time, and pictures in a browser would wait.
"""

from cmo_kit import load_instance, solve
from cmo_kit.bounds import lower_bound

if __name__ == "__main__":
    for name in ("fig3", "small-1"):
        for method in ("ga", "search"):
            solve(load_instance(name), method, evaluations=3000)
    lower_bound(load_instance("fig3"), seconds=1)
