"""By what a case, its parties and their addresses are found. Drafts are nobody's to find.

Title and artist are shown to both sides; the story and the addresses belong to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.cases.models import Case, CaseFiling, CaseParty, PartyContact
from app.cases.rules.kinds import State
from app.infra.db.transaction import Tx
from app.kernel.sides import Disclosure, Side
from app.search.commands import Entry, Subject
from app.search.service import put

_UNFILED = (State.DRAFT.value, State.DELETED.value)


def index_case(tx: Tx, row: Case, filing: CaseFiling | None = None) -> None:
    """Let a filed case be found, and its story; *filing*: its complainant's, when it is at hand."""
    found = [(filing, row)] if filing else _filings(tx, CaseFiling.case_id == row.id)
    put(tx, _case_entry(row), *(_filing_entry(one, of) for one, of in found))


def index_party(tx: Tx, party: CaseParty, contact: PartyContact) -> None:
    """Let a party be found by its name, and by how it is reached."""
    put(tx, _party_entry(party), _contact_entry(contact, party))


def case_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of filed cases in order of id, for a rebuild."""
    query = select(Case).where(Case.state.not_in(_UNFILED)).order_by(Case.id).limit(limit)
    rows = tx.execute(query.where(Case.id > after) if after else query).scalars()
    return [_case_entry(row) for row in rows]


def filing_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of stories in order of id."""
    later = CaseFiling.id > after if after else CaseFiling.id.is_not(None)
    return [_filing_entry(filing, of) for filing, of in _filings(tx, later, limit)]


def party_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of parties in order of id."""
    query = select(CaseParty).order_by(CaseParty.id).limit(limit)
    rows = tx.execute(query.where(CaseParty.id > after) if after else query).scalars()
    return [_party_entry(row) for row in rows]


def contact_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of addresses in order of id."""
    query = select(PartyContact, CaseParty).join(CaseParty, CaseParty.id == PartyContact.party_id)
    query = query.order_by(PartyContact.id).limit(limit)
    rows = tx.execute(query.where(PartyContact.id > after) if after else query)
    return [_contact_entry(contact, party) for contact, party in rows]


def _filings(
    tx: Tx, condition: object, limit: int | None = None
) -> Sequence[tuple[CaseFiling, Case]]:
    rows = tx.execute(
        select(CaseFiling, Case)
        .join(Case, Case.id == CaseFiling.case_id)
        .where(
            condition,  # type: ignore[arg-type]
            CaseFiling.side == Side.COMPLAINANT.value,
            Case.state.not_in(_UNFILED),
        )
        .order_by(CaseFiling.id)
        .limit(limit)
    )
    return [(filing, of) for filing, of in rows]


def _case_entry(row: Case) -> Entry:
    return Entry(
        Subject.CASE, row.id, row.id, Side.COMPLAINANT, Disclosure.SHARED,
        title=row.subject_title, body=row.subject_artist, at=row.submitted_at or row.created_at,
        more=(row.ref or "",), names=(row.subject_artist,), idents=(row.ref, row.isrc, row.upc),
    )  # fmt: skip


def _filing_entry(filing: CaseFiling, of: Case) -> Entry:
    return Entry(
        Subject.FILING, filing.id, of.id, Side(filing.side), Disclosure.PRIVATE,
        title="", body=of.summary, at=of.submitted_at or of.created_at,
    )  # fmt: skip


def _party_entry(party: CaseParty) -> Entry:
    return Entry(
        Subject.PARTY, party.id, party.case_id, Side(party.side), Disclosure(party.disclosure),
        title=party.display_name, at=party.created_at, names=(party.display_name,),
    )  # fmt: skip


def _contact_entry(contact: PartyContact, party: CaseParty) -> Entry:
    return Entry(
        Subject.CONTACT, contact.id, contact.case_id, Side(contact.side), Disclosure.PRIVATE,
        title=party.display_name, body=contact.email or "", at=contact.created_at,
        idents=(contact.email, contact.phone),
    )  # fmt: skip
