"""A class: a problem for each student with a proved optimum, grading that believes nothing, a tournament."""
