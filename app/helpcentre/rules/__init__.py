"""Pure rules of the help centre, one file a topic."""
