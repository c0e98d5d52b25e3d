"""Plumbing that knows nothing of scheduling."""
