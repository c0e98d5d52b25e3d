"""What to do: plans, and the runs that follow from them."""
