"""Checks of the exercises: :func:`check` answers at once and offline, one file of checks for each chapter.

A check never compares with a stored answer, except where one chooses among given words: it asks for properties,
computes in a second way, enumerates tiny problems, or lets the independent checker judge; so it takes every right
answer. Where an answer follows a known misconception, it says which one.
"""

from cmo_kit.course.exercises.verdict import Verdict, check

__all__ = ["Verdict", "check"]
