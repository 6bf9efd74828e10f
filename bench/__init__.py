"""Timings against a bare page in the same run (DECISIONS 14); bulk rows are copied, pages are the product's own."""
