"""Integration tests of corrections."""
