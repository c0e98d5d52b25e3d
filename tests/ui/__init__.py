"""A package, so that its browser is closed before a worker goes on to other tests."""
