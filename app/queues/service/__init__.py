"""Writes of views, tags, preferences and bulk runs."""
