"""A seeded fuzzer of everything that reads: ``python -m tools.fuzz 20000 1``."""
