"""Use-cases of webhooks, one file a topic."""
