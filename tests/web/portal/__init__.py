"""The artist's pages through a real client on real servers."""
