"""Files that people hand in, as rows of text: packing, encoding, cells, header, numbers and months, none of it guessed.

Decides: how a file is parted into rows, or why it cannot be. Does not decide: what a row means (statements, terms).
"""
