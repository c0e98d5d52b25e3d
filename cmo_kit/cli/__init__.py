"""The command line, ``cmo-kit``."""

from cmo_kit.cli.parser import main

__all__ = ["main"]
