"""What a study found, and what was measured of the kit: tables, statistics, the paper's numbers beside ours."""
