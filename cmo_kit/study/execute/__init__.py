"""Doing it: runs that are never lost and never repeated."""
