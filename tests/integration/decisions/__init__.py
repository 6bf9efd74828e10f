"""Decisions on the real database."""
