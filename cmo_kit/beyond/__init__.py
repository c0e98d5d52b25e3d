"""What the paper leaves as future work: initial solutions, a compact chromosome, local search, bounds."""
