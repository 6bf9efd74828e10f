"""What becomes of a numbered letter: bytes stored once, told, marked, or its number given up."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import defer
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Refused
from app.kernel.sides import Disclosure, Side
from app.letters.commands import MarkLetter, VoidLetter
from app.letters.events import LetterIssued, LetterSettled, LetterVoided
from app.letters.models import Letter
from app.letters.queries import LetterRow, letter_row
from app.letters.rules.kinds import LetterState, can_move
from app.letters.service.rows import Signature, StoredPdf, locked_letter, note

WAITING = (LetterState.NUMBERED, LetterState.RENDERED)


def store_printed(
    tx: Tx, letter_id: UUID, stored: StoredPdf, template_hash: str, actor: Actor, clock: Clock
) -> bool:
    """Bind the printed bytes to the letter, once, and have them signed. False: done before, or void.

    *template_hash*: which wording printed them.
    """
    row = locked_letter(tx, actor, letter_id)
    if row.state != LetterState.NUMBERED:
        return False
    row.printed_sha256, row.printed_key = stored.sha256, stored.key
    row.template_hash, row.rendered_at = template_hash, clock.now()
    row.state, row.problem, row.updated_at = LetterState.RENDERED, "", clock.now()
    note(tx, row, "letter.rendered", actor, clock)
    sign_later(tx, letter_id)
    return True


def store_final(
    tx: Tx,
    letter_id: UUID,
    stored: StoredPdf,
    signature: Signature | None,
    actor: Actor,
    clock: Clock,
) -> bool:
    """Bind the bytes that leave, once; from now on the side may read them. False: done before, or void.

    Without a *signature* the state stays `rendered`: that is how an unsigned letter is told.
    """
    row = locked_letter(tx, actor, letter_id)
    if row.state != LetterState.RENDERED or row.sha256 is not None:
        return False
    row.sha256, row.size, row.storage_key = stored.sha256, stored.size, stored.key
    row.retained_until = stored.retained_until
    if signature is not None:
        row.signer, row.certificate = signature.signer, signature.certificate
        row.state, row.signed_at = LetterState.SIGNED, signature.signed_at
    row.problem, row.updated_at = "", clock.now()
    row.side, row.disclosure = Side(row.audience), Disclosure.PRIVATE
    note(tx, row, "letter.signed" if signature else "letter.left_unsigned", actor, clock)
    assert row.number is not None
    emit(tx, LetterIssued(row.case_id, row.id, Side(row.audience), row.kind, row.number))
    return True


def sign_later(tx: Tx, letter_id: UUID) -> None:
    """Queue the signature; jobs of one letter never run beside each other."""
    defer(tx, "letters.sign", {"letter_id": str(letter_id)}, lock=f"letter:{letter_id}")


def note_problem(tx: Tx, letter_id: UUID, problem: str, actor: Actor, clock: Clock) -> None:
    """Keep why printing or signing failed; the number stays with the letter (I6)."""
    row = locked_letter(tx, actor, letter_id)
    waits = row.state in WAITING and row.sha256 is None
    if waits and row.problem != problem:
        row.problem, row.updated_at = problem, clock.now()
        verb = "print_failed" if row.state == LetterState.NUMBERED else "sign_failed"
        note(tx, row, f"letter.{verb}", actor, clock)


def settle_letter(tx: Tx, letter_id: UUID, actor: Actor, clock: Clock, *, reached: bool) -> bool:
    """The notice of a letter arrived, or never will. False when nothing changes; safe to repeat."""
    row = locked_letter(tx, actor, letter_id)
    target = LetterState.SENT if reached else LetterState.BOUNCED
    if row.state == target or not _can_settle(row, target):
        return False
    _settle(tx, row, target, actor, clock)
    return True


def mark_letter(tx: Tx, command: MarkLetter, actor: Actor, clock: Clock) -> LetterRow:
    """A member of staff notes that a letter was handed over by other means, or could not be."""
    require(actor, Permission.LETTER_ISSUE)
    row = locked_letter(tx, actor, command.letter_id)
    target = LetterState.SENT if command.delivered else LetterState.BOUNCED
    if not _can_settle(row, target):
        raise Refused("letter_settled", _("This letter is already settled."))
    if not command.note.strip():
        raise Invalid("note", "required", _("Say how you know."))
    _settle(tx, row, target, actor, clock, reason=command.note.strip())
    return letter_row(row)


def void_letter(tx: Tx, command: VoidLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Drop a draft, or give up a number that was not sent; its bytes, if any, stay stored and are shown as void."""
    require(actor, Permission.LETTER_ISSUE)
    row = locked_letter(tx, actor, command.letter_id)
    if not can_move(LetterState(row.state), LetterState.VOID):
        raise Refused("letter_not_voidable", _("Only a letter that was not sent can be made void."))
    if not command.reason.strip():
        raise Invalid("reason", "required", _("Say why this letter is not used."))
    numbered = row.number is not None
    row.state, row.void_reason = LetterState.VOID, command.reason.strip()
    row.voided_at = row.updated_at = clock.now()
    row.side, row.disclosure = Side.DESK, Disclosure.INTERNAL
    verb = "letter.voided" if numbered else "letter.dropped"
    note(tx, row, verb, actor, clock, reason=row.void_reason)
    if row.number is not None:
        emit(tx, LetterVoided(row.case_id, row.id, row.number))
    return letter_row(row)


def _can_settle(row: Letter, target: LetterState) -> bool:
    """Only what a side may read can have reached it."""
    return row.sha256 is not None and can_move(LetterState(row.state), target)


def _settle(
    tx: Tx, row: Letter, target: LetterState, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    now = clock.now()
    row.state, row.updated_at = target, now
    if target == LetterState.SENT:
        row.sent_at = row.sent_at or now
    else:
        row.bounced_at = now
    note(tx, row, f"letter.{target}", actor, clock, reason=reason)
    emit(tx, LetterSettled(row.case_id, row.id, Side(row.audience), target))
