"""Programs behind targets of the Makefile: they attack and compare, and build the site and a release."""
