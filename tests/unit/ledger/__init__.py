"""Unit tests of ledger."""
