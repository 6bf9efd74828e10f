"""Sign-in, second factor, profile, sessions: everybody's own account."""
