"""Ideas beyond the paper, measured."""
