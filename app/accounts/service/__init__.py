"""Use-cases of accounts, one file a topic: people, signin, secrets, sessions, delegations, limits, keys."""
