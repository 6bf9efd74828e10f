"""Notices on the real database."""
