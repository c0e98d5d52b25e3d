"""The kit's best method, by name; compiled code is loaded when it is first called."""

from cmo_kit.search.method import search, warm_up

__all__ = ["search", "warm_up"]
