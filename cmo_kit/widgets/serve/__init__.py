"""The pictures as a page of their own."""
