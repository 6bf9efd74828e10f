"""Unit tests of exports."""
