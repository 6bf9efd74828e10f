"""Pages for everybody, signed in or not, and the answers for whatever watches over the process."""
