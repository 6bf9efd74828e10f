"""The background process: takes jobs from the queue and hands them to the rooms' handlers."""
