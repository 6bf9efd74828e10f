"""Engines of the audit. Today one: DuckDB, decimals only."""
