"""Use-cases over several rooms, one file a journey, and the one table of reactions to events."""
