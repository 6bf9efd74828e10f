"""Intake: bytes go to quarantine outside any transaction, then one transaction makes them evidence.

Order (I8): stage the object, write the row, copy to the final key, commit; only then anybody says
"received". A failure before the commit leaves an object without a row, which the sweeper removes; a
row without its object cannot come into being.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.queries import writer_side
from app.accounts.rules import Permission, require
from app.evidence.commands import ReceiveUpload
from app.evidence.events import EvidenceReceived
from app.evidence.models import EvidenceItem
from app.evidence.queries import case_stand
from app.evidence.rules.admission import (
    FORM_LIMIT,
    ITEMS_PER_SIDE,
    Admission,
    Candidate,
    Outcome,
    Reason,
    admit,
)
from app.evidence.rules.content import ContentScan, Signal
from app.evidence.rules.items import (
    CustodyStep,
    ItemState,
    Step,
    exhibit_label,
    first_disclosure,
    move,
    object_key,
)
from app.evidence.service.custody import log_change, note
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import defer
from app.infra.outbox import emit
from app.infra.storage.hashing import sha256_of
from app.infra.storage.port import AlreadyThere, Source, Storage, Stored
from app.infra.storage.sniff import sniff_type
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Refused, Unavailable
from app.kernel.filenames import extension_of, safe_name
from app.kernel.sides import Side

CLOSED = frozenset({"closed", "deleted"})
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Bytes safe in quarantine and looked at, not yet evidence. *limit*: the bytes it was allowed."""

    key: str
    sha256: str
    size: int
    sniffed_type: str
    signals: frozenset[Signal]
    limit: int = FORM_LIMIT


@dataclass(frozen=True, slots=True)
class ReceivedItem:
    """What the uploader is told once the transaction is committed."""

    id: UUID
    label: str
    filename: str
    state: ItemState
    kind: str
    badges: tuple[str, ...]
    duplicate_of: str = ""
    duplicate_at: datetime | None = None


class _Inspecting:
    """A source that shows every chunk to the content scan on its way."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.scan = ContentScan()

    def read(self, size: int = -1, /) -> bytes:
        """As the source."""
        chunk = self._source.read(size)
        self.scan.feed(chunk)
        return chunk


def stage_upload(stream: Source, storage: Storage, limit: int = FORM_LIMIT) -> StagedFile:
    """Stream into quarantine under *limit* bytes. Needs no transaction. Raises TooLarge, Unavailable."""
    seen = _Inspecting(stream)
    kept = storage.put_quarantine(seen, limit)
    return StagedFile(
        kept.key, kept.sha256, kept.size, sniff_type(seen.scan.head), seen.scan.signals(), limit
    )


def receive_upload(
    tx: Tx, command: ReceiveUpload, stream: Source, storage: Storage, actor: Actor, clock: Clock
) -> ReceivedItem:
    """Stage and admit at once, for callers that hold the bytes already (demo, mail, command line)."""
    writer_side(tx, actor, command.case_id, command.side)
    staged = stage_upload(stream, storage)
    try:
        return admit_staged(tx, command, staged, storage, actor, clock)
    finally:
        with suppress(Unavailable):
            storage.delete_quarantine(staged.key)


def admit_staged(
    tx: Tx, command: ReceiveUpload, staged: StagedFile, storage: Storage, actor: Actor, clock: Clock
) -> ReceivedItem:
    """Make a staged file evidence of one side. The caller commits, then says "received".

    Raises NotFound (foreign case or side), Forbidden, Refused (closed case, limit of items),
    Invalid (empty, program), Unavailable. The same *client_key* gives the same item back.
    """
    side = writer_side(tx, actor, command.case_id, command.side)
    require(actor, Permission.EVIDENCE_ADD if actor.is_staff else Permission.PARTY_EVIDENCE_ADD)
    if case_stand(tx, actor, command.case_id).state in CLOSED:
        raise Refused(
            "case_closed", _("This case is closed. Files can be added when it is open again.")
        )
    one_at_a_time(tx, command.case_id, side)
    if (known := _same_key(tx, command, side, actor)) is not None:
        return _received(tx, known)
    first = _first_copy(tx, command.case_id, side, staged.sha256)
    name = safe_name(command.filename)
    answer = _decide(command, staged, name, seen=first is not None)
    key = object_key(command.case_id, side, staged.sha256)
    item = EvidenceItem(
        id=uuid4(), case_id=command.case_id, side=side.value, disclosure=first_disclosure(side).value,
        number=_next_number(tx, command.case_id, side), filename=name,
        declared_type=command.declared_type[:200], sniffed_type=staged.sniffed_type,
        kind=answer.kind.value, badges=[badge.value for badge in answer.badges],
        size=staged.size, sha256=staged.sha256, object_key=key,
        object_version=_store(storage, staged, key, first),
        state=_state_after(answer).value, duplicate_of=first.id if first else None,
        uploaded_by=actor.person_id, uploaded_at=clock.now(), client_key=command.client_key or None,
        version=1,
    )  # fmt: skip
    tx.add(item)
    tx.flush()
    _write_down(tx, item, answer, actor, clock)
    return _received(tx, item)


def _decide(command: ReceiveUpload, staged: StagedFile, name: str, *, seen: bool) -> Admission:
    """Admission with the refusals told in words."""
    answer = admit(
        Candidate(
            name, command.declared_type, staged.sniffed_type, staged.size,
            limit=staged.limit, signals=staged.signals, seen=seen,
        )
    )  # fmt: skip
    if answer.outcome is Outcome.REFUSE:
        raise Invalid("file", answer.reason.value, refusal(answer.reason, name, staged.limit))
    return answer


def refusal(reason: Reason, name: str, limit: int = FORM_LIMIT) -> str:
    """Why a file was refused and what to do, for the uploader. *limit*: bytes."""
    if reason is Reason.EMPTY:
        return _("%(name)s is empty. Choose the file again.", name=name)
    if reason is Reason.TOO_LARGE:
        return _(
            "%(name)s is larger than %(limit)s MB. Send a ZIP or a shorter clip.",
            name=name,
            limit=limit // _MB,
        )
    if reason is Reason.UNOPENABLE:
        return _(
            "We cannot open %(kind)s files. Put it in a ZIP and add it again.",
            kind=extension_of(name),
        )
    return _("We cannot take programs. Put %(name)s in a ZIP and add it again.", name=name)


def _state_after(answer: Admission) -> ItemState:
    """Walk the table from arrival to the end of the checks."""
    state = move(move(ItemState.UPLOADING, Step.ARRIVE), Step.SCAN)
    return move(state, Step.BLOCK if answer.outcome is Outcome.QUARANTINE else Step.ACCEPT)


def _store(storage: Storage, staged: StagedFile, key: str, first: EvidenceItem | None) -> str:
    """Copy to the final key and give its version; bytes that are there already are compared, never replaced."""
    if first is not None:
        return first.object_version
    try:
        return storage.accept(staged.key, key).version
    except AlreadyThere:
        return _adopt(storage, staged, key).version


def _adopt(storage: Storage, staged: StagedFile, key: str) -> Stored:
    """An object without a row from a commit that failed (B039): take it over when its bytes are the same."""
    stored = storage.head(key)
    if stored is None:
        raise Unavailable("storage")
    if sha256_of(storage.open(key, stored.version)) != (staged.sha256, staged.size):
        raise Unavailable("storage", _("We could not store this file. Try again."))
    return stored


def _write_down(tx: Tx, item: EvidenceItem, answer: Admission, actor: Actor, clock: Clock) -> None:
    blocked = answer.outcome is Outcome.QUARANTINE
    note(
        tx,
        item,
        CustodyStep.UPLOADED,
        actor,
        clock,
        data={"sha256": item.sha256, "size": item.size},
    )
    note(
        tx,
        item,
        CustodyStep.CHECKED,
        actor,
        clock,
        data={"type": item.sniffed_type, "badges": item.badges},
    )
    note(tx, item, CustodyStep.BLOCKED if blocked else CustodyStep.ACCEPTED, actor, clock)
    data = {"kind": item.kind, "size": item.size, "sha256": item.sha256, "state": item.state}
    log_change(tx, item, "evidence.received", actor, clock, data)
    defer(tx, "evidence.seal", {"item_id": str(item.id)})
    emit(tx, EvidenceReceived(item.case_id, item.id, Side(item.side)))


_TURN = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


def one_at_a_time(tx: Tx, case_id: UUID, side: Side) -> None:
    """Numbers are dense, so uploads to one side of one case take turns until their commit."""
    ask(tx, _TURN, {"key": f"evidence:{case_id}:{side}"})


def _next_number(tx: Tx, case_id: UUID, side: Side) -> int:
    last = tx.execute(
        select(func.coalesce(func.max(EvidenceItem.number), 0)).where(
            EvidenceItem.case_id == case_id, EvidenceItem.side == side.value
        )
    ).scalar_one()
    if last >= ITEMS_PER_SIDE:
        raise Refused(
            "too_many_files",
            _(
                "A case takes %(limit)s files from each side. Put several files into one ZIP.",
                limit=ITEMS_PER_SIDE,
            ),
        )
    return int(last) + 1


def _first_copy(tx: Tx, case_id: UUID, side: Side, sha256: str) -> EvidenceItem | None:
    """The first item of the *same* side with these bytes (B033); the other side is never looked at (B034)."""
    return tx.execute(
        select(EvidenceItem)
        .where(
            EvidenceItem.case_id == case_id,
            EvidenceItem.side == side.value,
            EvidenceItem.sha256 == sha256,
            EvidenceItem.state != ItemState.PURGED.value,
        )
        .order_by(EvidenceItem.number)
        .limit(1)
    ).scalar_one_or_none()


def _same_key(tx: Tx, command: ReceiveUpload, side: Side, actor: Actor) -> EvidenceItem | None:
    if not command.client_key:
        return None
    return tx.execute(
        select(EvidenceItem).where(
            EvidenceItem.case_id == command.case_id,
            EvidenceItem.side == side.value,
            EvidenceItem.uploaded_by == actor.person_id,
            EvidenceItem.client_key == command.client_key,
        )
    ).scalar_one_or_none()


def _received(tx: Tx, item: EvidenceItem) -> ReceivedItem:
    first = tx.get(EvidenceItem, item.duplicate_of) if item.duplicate_of else None
    side = Side(item.side)
    return ReceivedItem(
        item.id,
        exhibit_label(side, item.number),
        item.filename,
        ItemState(item.state),
        item.kind,
        tuple(item.badges),
        exhibit_label(side, first.number) if first else "",
        first.uploaded_at if first else None,
    )
