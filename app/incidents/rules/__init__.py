"""Pure rules of parent events, one topic a file."""
