"""Programs behind targets of the Makefile: attacks, faults, mutations, and comparisons on random problems."""
