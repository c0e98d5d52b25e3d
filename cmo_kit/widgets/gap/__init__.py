"""The gap between two batches."""
