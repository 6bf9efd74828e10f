"""Writing cases, one topic a file: drafts, submit, moves, clocks, people, sweep, messages."""
