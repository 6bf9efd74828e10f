"""The database: declarative base, the one session, the one transaction."""
