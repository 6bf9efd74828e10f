"""Reads of cases by topic: one case, lists of them. The fixed names stand here."""

from __future__ import annotations

from app.cases.queries.lists import (
    case_ids_in,
    duplicates_of,
    my_cases,
    my_sides,
    possible_duplicates,
    queue_page,
)
from app.cases.queries.one import (
    case_by_id,
    case_by_ref,
    clocks_of,
    filing_of,
    goes_on_in,
    links_of,
    members_of,
    moves_of,
    parties_of,
    party_side,
    relation_to,
    view_of,
)

__all__ = [
    "case_by_id", "case_by_ref", "case_ids_in", "clocks_of", "duplicates_of", "filing_of", "goes_on_in", "links_of", "members_of",
    "moves_of", "my_cases", "my_sides", "parties_of", "party_side", "possible_duplicates", "queue_page", "relation_to", "view_of",
]  # fmt: skip
