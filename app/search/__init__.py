"""Decides what words, names and identifiers lead to which thing of a case, in any script; it knows no room.

Rooms above hand in an `Entry` in the transaction of their change; nothing here is a source. Who may find
what is the caller's condition (`workflows.find`) and row-level security's, both. Not decided here:
pages, permissions. Tables: search_entry (what is shown, walled), search_key (tokens, read by
the database's own functions alone, ADR 0024), search_recent (a person's own words). Events: none.
"""
