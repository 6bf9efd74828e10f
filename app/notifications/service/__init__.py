"""Use-cases of notices, one file a topic: mail, notices, choices, suppression."""
