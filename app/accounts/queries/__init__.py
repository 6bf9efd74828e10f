"""Reads of the accounts by topic: which cases and rows somebody reaches, who people are, sessions. The fixed names stand here."""

from __future__ import annotations

from app.accounts.queries.people import (
    OwnProfile,
    PersonContact,
    PersonRow,
    actor_of,
    actors_of,
    name_and_same_human,
    names_of,
    own_profile,
    people_page,
    people_with_role,
    person_by_email,
    person_contact,
    person_row,
    same_human_ids,
    same_humans,
)
from app.accounts.queries.scopes import (
    acting_column,
    acts_as,
    case_scope,
    know_sides,
    near_case,
    party_standing,
    principals_of,
    side_scope,
    sides_column,
    sides_of,
    visible_case_ids,
    writer_side,
)
from app.accounts.queries.sessions import SessionRow, own_sessions, session_by_hash

__all__ = [
    "OwnProfile", "PersonContact", "PersonRow", "SessionRow", "acting_column", "actor_of", "actors_of", "acts_as",
    "case_scope", "know_sides", "name_and_same_human", "names_of", "near_case", "own_profile", "own_sessions", "party_standing", "people_page", "people_with_role",
    "person_by_email", "person_contact", "person_row", "principals_of", "same_human_ids", "same_humans",
    "session_by_hash", "side_scope", "sides_column", "sides_of", "visible_case_ids", "writer_side",
]  # fmt: skip
