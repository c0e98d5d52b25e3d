"""What the paper prints and the pictures need."""

#: The chromosome of Figure 3: orders 1 to 4 with 3, 3, 3 and 2 batches, then two Site changes.
FIGURE_3_KEYS = (0.29, 0.62, 0.98, 0.11, 0.44, 0.30, 0.78, 0.84, 0.23, 0.38, 0.99, 0.59, 0.17)
