"""Reads of corrections, one topic a file: views (values and how they are built), corrections, batches."""
