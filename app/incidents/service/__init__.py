"""Use-cases of parent events, one topic a file: keeping what was found, deciding, child cases row by row."""
