"""The artist's pages: file a case, follow it, answer, read the decision."""
