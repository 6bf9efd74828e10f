"""Reads of lists and of what is kept about them."""
