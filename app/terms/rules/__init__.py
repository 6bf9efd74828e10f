"""Rows of the terms, reading them from files, what a change is, and where shares exceed the whole."""
