"""How fast the kit is, measured against rivals on the machine that asks: ``python -m benchmarks``."""
