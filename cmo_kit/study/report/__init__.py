"""What is shown of it: pictures and the report."""
