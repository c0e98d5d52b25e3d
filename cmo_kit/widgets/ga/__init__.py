"""The genetic algorithm generation by generation."""
