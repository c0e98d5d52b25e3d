"""Other chromosomes than the paper's, and schedules to begin with."""
