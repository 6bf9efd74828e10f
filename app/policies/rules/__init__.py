"""Deadline arithmetic and the default policy of each sub-kind; pure, without a database."""
