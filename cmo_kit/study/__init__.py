"""Studies: plans, runs that survive a crash, collected tables, reports."""
