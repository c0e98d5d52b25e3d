"""Signals at random moments: every command ends cleanly, and what it writes is whole at any time."""
