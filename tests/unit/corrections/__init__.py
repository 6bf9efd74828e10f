"""Unit tests of corrections."""
