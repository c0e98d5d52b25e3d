"""Compile what many tests need: ``python -m tests.helpers.compile_once``.

In a clone that is new, every process would compile the same at the same time, and pictures in a browser would wait.
"""

from concurrent.futures import ProcessPoolExecutor

from cmo_kit import load_instance, solve
from cmo_kit.bounds import lower_bound


def compile_methods() -> None:
    for name in ("fig3", "small-1"):
        for method in ("ga", "search", "brkga"):
            solve(load_instance(name), method, evaluations=3000)


def compile_bounds() -> None:
    lower_bound(load_instance("fig3"), seconds=1)


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        for compiled in [pool.submit(compile_bounds), pool.submit(compile_methods)]:
            compiled.result()
