"""Reads of the help centre, one file a topic."""
