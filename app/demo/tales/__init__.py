"""The tales of the whole demo, by kind of case."""
