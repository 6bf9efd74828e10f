"""Letters on the real database and store."""
