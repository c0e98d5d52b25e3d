"""Beat the genetic algorithm by hand."""
