"""Hashing, sealing, authenticator codes and password strength: the libraries of this room."""
