"""A seeded fuzzer of everything that reads: ``cd tests && python -m fuzz 20000 1``."""
