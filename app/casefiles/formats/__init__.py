"""How a case file is written: the ZIP as a stream, the index, the tables."""
