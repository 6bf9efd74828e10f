"""The schema's own history."""
