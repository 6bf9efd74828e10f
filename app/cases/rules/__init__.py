"""The case decided without a database: kinds, table, facts, guards, actions, clocks, words."""
