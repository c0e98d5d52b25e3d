"""What the notebooks of the course need beyond a line or two: experiments done by hand, checks, small tables."""
