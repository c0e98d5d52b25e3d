"""What an instructor needs: guide, question bank, slides, planted errors; their texts lie beside the code."""
