"""What all pictures that can be touched stand on."""
