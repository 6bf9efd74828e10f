"""Mailers held to one contract."""
