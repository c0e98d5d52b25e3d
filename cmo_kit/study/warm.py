"""Loaded once by the server that runs are forked from: what every run needs."""

import contextlib

import cmo_kit.study.child  # noqa: F401
from cmo_kit.core.generate import generate_instance
from cmo_kit.methods import METHODS, solve

for method in ("expert", "ga", "search"):
    with contextlib.suppress(Exception):  # a run that needs what is broken here will say so itself
        if method in METHODS:
            solve(generate_instance("small", 0, orders=2), method, evaluations=10)
