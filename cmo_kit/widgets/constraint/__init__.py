"""Break a constraint of [P] and see what follows."""
