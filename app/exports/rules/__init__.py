"""What a file for finance holds and how its cells are written."""
