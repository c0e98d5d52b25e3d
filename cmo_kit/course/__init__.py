"""The course: what its notebooks do by hand, predictions, exercises, copies, classes, and an instructor's pack."""
