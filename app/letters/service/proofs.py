"""Proofs of drafts: the print that a person looks at before a letter leaves, made anew with every change.

A proof is fresh when it shows this version in today's wording. A stale one is never sent.
"""

from __future__ import annotations

from uuid import UUID

from app.accounts.queries import same_human_ids
from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import defer
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused, Stale
from app.letters.commands import SendLetter
from app.letters.models import Letter
from app.letters.queries import LetterRow, letter_row, wording
from app.letters.rules.context import from_json
from app.letters.rules.kinds import LetterState
from app.letters.rules.readiness import readiness
from app.letters.service.rows import StoredPdf, locked_letter, note, require_draft


def proof_later(tx: Tx, row: Letter) -> None:
    """Have a complete draft printed as it stands; one with gaps gets its proof when they are filled."""
    if row.state == LetterState.DRAFTED and readiness(from_json(row.context)).is_ready:
        lock = f"letter:{row.id}"
        defer(tx, "letters.proof", {"letter_id": str(row.id), "version": row.version}, lock=lock)


def ask_proof(tx: Tx, letter_id: UUID, version: int, actor: Actor, clock: Clock) -> None:
    """Print the draft once more: after a failed print, or when the wording changed. Raises Refused, Stale."""
    require(actor, Permission.LETTER_DRAFT)
    row = locked_letter(tx, actor, letter_id)
    require_draft(row, version)
    row.problem, row.updated_at = "", clock.now()
    note(tx, row, "letter.proof_asked", actor, clock)
    proof_later(tx, row)


def store_proof(
    tx: Tx, letter_id: UUID, version: int, stored: StoredPdf, actor: Actor, clock: Clock
) -> bool:
    """Bind a proof to the draft. False: the draft changed meanwhile, or has its number."""
    row = locked_letter(tx, actor, letter_id)
    if row.state != LetterState.DRAFTED or row.version != version:
        return False
    row.proof_version, row.proof_sha256, row.proof_key = version, stored.sha256, stored.key
    row.proof_size, row.proof_hash, row.proof_at = stored.size, wording(), clock.now()
    row.problem, row.updated_at = "", clock.now()
    note(tx, row, "letter.proofed", actor, clock)
    return True


def note_proof_failed(tx: Tx, letter_id: UUID, problem: str, actor: Actor, clock: Clock) -> None:
    """Keep why the draft could not be printed; the letter itself is untouched."""
    row = locked_letter(tx, actor, letter_id)
    if row.state == LetterState.DRAFTED:
        row.problem, row.updated_at = problem, clock.now()
        note(tx, row, "letter.proof_failed", actor, clock)


def checked_for_sending(tx: Tx, command: SendLetter, actor: Actor) -> Letter:
    """The locked draft when *actor* may let exactly this go.

    Raises Refused for one's own words under four eyes, Stale when another proof was looked at.
    """
    require(actor, Permission.LETTER_ISSUE)
    row = locked_letter(tx, actor, command.letter_id)
    require_draft(row, command.version)
    if row.four_eyes and not set(row.writer_ids).isdisjoint(_humans(tx, actor)):
        raise Refused(
            "letter_own_words", _("You wrote words of this letter, so somebody else sends it.")
        )
    if not letter_row(row).is_proof_fresh:
        raise Refused(
            "proof_stale", _("The proof is older than the letter. Look at a new one first.")
        )
    if command.proof != row.proof_sha256:
        raise Stale(_("There is a newer proof. Look at it before you send."), version=row.version)
    return row


def sendable(tx: Tx, row: LetterRow, actor: Actor) -> bool:
    """False when the actor, under any of their accounts, wrote words that somebody else must send."""
    return not row.four_eyes or set(row.writer_ids).isdisjoint(_humans(tx, actor))


def _humans(tx: Tx, actor: Actor) -> frozenset[UUID]:
    return same_human_ids(tx, actor.person_id) if actor.person_id else frozenset()
