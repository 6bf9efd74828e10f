"""What every use-case of letters needs: the locked row, checks, and the history row of a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import sides_of
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused, Stale
from app.kernel.sides import Side
from app.letters.models import Letter
from app.letters.rules.context import LetterContext, Verify
from app.letters.rules.kinds import LetterState
from app.letters.service.searchable import index_letter

PARTIES = (Side.COMPLAINANT, Side.RESPONDENT)


@dataclass(frozen=True, slots=True)
class StoredPdf:
    """Bytes that lie in the store. *retained_until*: until when it refuses to delete them, if it does."""

    key: str
    sha256: str
    size: int
    retained_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as the certificate names them, and the time that the signature claims."""

    signer: str
    certificate: str
    signed_at: datetime


def require_case(tx: Tx, actor: Actor, case_id: UUID) -> None:
    """Raises NotFound unless the case exists for this member of staff (or the system)."""
    if not actor.is_system and Side.DESK not in sides_of(tx, actor, case_id):
        raise NotFound("case")


def locked_letter(tx: Tx, actor: Actor, letter_id: UUID) -> Letter:
    """The row, locked until the commit. Raises NotFound."""
    row = tx.scalars(
        select(Letter)
        .where(Letter.id == letter_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("letter")
    require_case(tx, actor, row.case_id)
    return row


def require_draft(row: Letter, version: int) -> None:
    """Raises Refused for a letter that has its number, Stale for another version."""
    if row.state != LetterState.DRAFTED:
        raise Refused("letter_frozen", _("This letter has its number and cannot change."))
    if row.version != version:
        raise Stale(_("Somebody else changed this letter."), version=row.version)


def unnumbered(context: LetterContext) -> LetterContext:
    """The context without number, day and code: a draft has none, whatever was sent in."""
    return replace(context, number="", dated_on=None, verify=Verify())


def note(tx: Tx, row: Letter, verb: str, actor: Actor, clock: Clock, *, reason: str = "") -> None:
    """Write the change down, without the letter's words, and let it be found as it is now."""
    tx.flush()
    index_letter(tx, row)
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("letter", row.id),
        case_id=row.case_id,
        data={
            "kind": row.kind,
            "audience": row.audience,
            "state": row.state,
            "number": row.number or "",
            "printed_sha256": row.printed_sha256 or "",
            "sha256": row.sha256 or "",
            "certificate": row.certificate or "",
            "problem": row.problem,
        },
        private={"reason": reason} if reason else None,
    )
