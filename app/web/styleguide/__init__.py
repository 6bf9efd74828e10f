"""The internal page that shows every component once."""
