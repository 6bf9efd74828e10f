"""Large files in parts: announce, sign addresses of parts, complete, take back. The bytes never pass through us.

What is safe is asked of the store each time, never remembered: a part that was lost shows as missing.
Every call of the store here may be repeated; what a failed commit leaves there is swept.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts.queries import writer_side
from app.accounts.rules import Permission, require
from app.evidence.commands import AbortUpload, BeginUpload, CompleteUpload, SignParts
from app.evidence.models import EvidenceItem, EvidenceUpload
from app.evidence.queries import case_stand
from app.evidence.queries.uploads import UploadView, mine, upload_by_id, view_of
from app.evidence.rules.admission import ITEMS_PER_SIDE, Reason
from app.evidence.rules.items import first_disclosure
from app.evidence.rules.uploads import (
    CHECKED_WITHIN,
    LIFE,
    OPEN_MOST,
    Trouble,
    UploadState,
    UploadStep,
    is_checksum,
    is_sha256,
    missing_parts,
    move_upload,
    part_size,
    refused_at_once,
    safe_parts,
    size_of_part,
)
from app.evidence.service.intake import CLOSED, one_at_a_time, refusal
from app.history.service import record
from app.infra.db.binds import CASE, PERSON, SIDE
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import defer
from app.infra.storage.port import ObjectMissing, SignedPart, Storage, WrongBytes
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.filenames import safe_name
from app.kernel.sides import Side

_KEY_MOST = 80


class PartsMissing(Refused):
    """Parts must be sent (again) before the file is whole. *missing*: their numbers."""

    def __init__(self, missing: Sequence[int]) -> None:
        words = _("Some parts did not arrive. They are sent again.")
        super().__init__("parts_missing", words)
        self.missing = tuple(missing)


def begin_upload(
    tx: Tx, command: BeginUpload, storage: Storage, limit: int, actor: Actor, clock: Clock
) -> UploadView:
    """Open an upload for a file of at most *limit* bytes; the same *client_key* gives the same upload.

    Raises NotFound (foreign case or side), Forbidden, Refused (closed, too many), Invalid (file), Unavailable.
    """
    side = writing_side(tx, command.case_id, command.side, actor)
    one_at_a_time(tx, command.case_id, side)
    name = safe_name(command.filename)
    if (known := _same_key(tx, command, side, actor)) is not None:
        return view_of(known)
    if reason := refused_at_once(name, command.size, limit):
        raise Invalid("file", reason.value, refusal(Reason(reason), name, limit))
    _require_room(tx, command.case_id, side, actor)
    parts = storage.begin_parts()
    row = EvidenceUpload(
        id=uuid4(), case_id=command.case_id, side=side.value, disclosure=first_disclosure(side).value,
        filename=name, declared_type=command.declared_type[:200], size=command.size,
        modified=max(0, command.modified), part_size=part_size(command.size), storage_key=parts.key,
        storage_upload=parts.upload, state=UploadState.OPEN.value, reason="", client_key=command.client_key[:_KEY_MOST],
        started_by=actor.person_id, started_at=clock.now(), expires_at=clock.now() + LIFE, version=1,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    _log(tx, row, "begun", actor, clock, {"size": row.size})
    return view_of(row)


def parts_safe(view: UploadView, storage: Storage) -> tuple[int, ...]:
    """Numbers of the parts that the store holds whole; all of them once the file is finished."""
    if view.state is not UploadState.OPEN:
        return tuple(range(1, view.count + 1))
    try:
        held = {part.number: part.size for part in storage.parts_of(view.parts)}
    except ObjectMissing:
        stored = storage.head(view.parts.key)
        return tuple(range(1, view.count + 1)) if stored and stored.size == view.size else ()
    return safe_parts(view.size, view.part_size, held)


def sign_parts(
    tx: Tx, command: SignParts, storage: Storage, actor: Actor
) -> tuple[SignedPart, ...]:
    """Addresses for the wanted parts, each for its length and checksum. Raises NotFound, Refused, Invalid."""
    view = upload_by_id(tx, actor, command.upload_id)
    writing_side(tx, view.case_id, view.side, actor)
    if view.state is not UploadState.OPEN:
        raise Refused("upload_over", _("This upload is over. Add the file again."))
    signed = []
    for number, checksum in command.wanted:
        size = size_of_part(view.size, view.part_size, number)
        if size == 0 or not is_checksum(checksum):
            raise Invalid("parts", "unknown_part", _("This part does not belong to the file."))
        signed.append(storage.sign_part(view.parts, number, size, checksum))
    return tuple(signed)


def complete_upload(
    tx: Tx, command: CompleteUpload, storage: Storage, actor: Actor, clock: Clock
) -> UploadView:
    """Make one object of the parts and have it checked; a second call answers how it stands.

    Sizes are compared with what the store lists before anything is joined (DECISIONS 15). Raises PartsMissing,
    NotFound, Refused (closed, taken back), Invalid (hash), Unavailable.
    """
    row = _locked(tx, actor, command.upload_id)
    view = view_of(row)
    if view.state in {UploadState.CHECKING, UploadState.RECEIVED, UploadState.REFUSED}:
        return upload_by_id(tx, actor, row.id)
    if view.state is not UploadState.OPEN:
        raise Refused("upload_over", _("This upload is over. Add the file again."))
    writing_side(tx, view.case_id, view.side, actor)
    if not is_sha256(command.sha256):
        raise Invalid("sha256", "bad_hash", _("The checksum of the file is missing."))
    if len(command.checksums) != view.count or not all(map(is_checksum, command.checksums)):
        raise Invalid("parts", "bad_checksums", _("The checksums of the parts are missing."))
    try:
        _join(view, command, storage)
    except WrongBytes:
        return _other_file(row, storage, actor, clock, tx)
    row.state = move_upload(view.state, UploadStep.FINISH).value
    row.expires_at = clock.now() + CHECKED_WITHIN
    row.sha256 = command.sha256
    row.version += 1
    _log(tx, row, "finished", actor, clock, {"sha256": row.sha256})
    defer(tx, "evidence.check_upload", {"upload_id": str(row.id)}, lock=f"upload:{row.id}")
    return view_of(row)


def _join(view: UploadView, command: CompleteUpload, storage: Storage) -> None:
    """Parts of the right sizes become one object; one that was joined before is the same object."""
    try:
        held = storage.parts_of(view.parts)
    except ObjectMissing:
        held = None
    sizes = {part.number: part.size for part in held or ()}
    if held is not None and (gaps := missing_parts(view.size, view.part_size, sizes)):
        raise PartsMissing(gaps)
    try:
        stored = storage.finish_parts(view.parts, command.checksums, held)
    except ObjectMissing as error:
        raise Refused("upload_over", _("This upload is over. Add the file again.")) from error
    if stored.size != view.size:
        raise Refused("upload_over", _("This upload is over. Add the file again."))


def _other_file(
    row: EvidenceUpload, storage: Storage, actor: Actor, clock: Clock, tx: Tx
) -> UploadView:
    """Parts of one file and checksums of another: it was changed on the way. Nothing of it is kept."""
    row.state = move_upload(UploadState(row.state), UploadStep.REFUSE).value
    row.reason, row.ended_at = Trouble.OTHER_BYTES.value, clock.now()
    row.version += 1
    _log(tx, row, "refused", actor, clock, {"reason": row.reason})
    view = view_of(row)
    storage.abort_parts(view.parts)
    return view


def abort_upload(
    tx: Tx, command: AbortUpload, storage: Storage, actor: Actor, clock: Clock
) -> UploadView:
    """Take it back: the store forgets the parts. Safe to repeat. Refused while it is checked or when it is evidence."""
    row = _locked(tx, actor, command.upload_id)
    if UploadState(row.state) in {UploadState.ABORTED, UploadState.EXPIRED}:
        return view_of(row)
    was_open = row.state == UploadState.OPEN.value
    row.state = move_upload(UploadState(row.state), UploadStep.ABORT).value
    row.ended_at = clock.now()
    row.version += 1
    _log(tx, row, "aborted", actor, clock, {})
    view = view_of(row)
    if was_open:
        storage.abort_parts(view.parts)
    return view


def writing_side(tx: Tx, case_id: UUID, side: Side | None, actor: Actor) -> Side:
    """The side that *actor* may add files to now: asked at every step, so an ended delegation ends uploads (B136).

    The desk adds nothing to a draft. Raises NotFound, Forbidden, Refused (closed).
    """
    found = writer_side(tx, actor, case_id, side)
    require(actor, Permission.EVIDENCE_ADD if actor.is_staff else Permission.PARTY_EVIDENCE_ADD)
    stand = case_stand(tx, actor, case_id)
    if stand.submitted_at is None and found is Side.DESK:
        raise NotFound(str(case_id))
    if stand.state in CLOSED:
        raise Refused(
            "case_closed", _("This case is closed. Files can be added when it is open again.")
        )
    return found


_items = select(func.count()).where(EvidenceItem.case_id == CASE, EvidenceItem.side == SIDE)
_going = select(func.count()).where(
    EvidenceUpload.case_id == CASE, EvidenceUpload.side == SIDE, EvidenceUpload.started_by == PERSON,
    EvidenceUpload.state == UploadState.OPEN.value,
)  # fmt: skip
_THERE = select(_items.scalar_subquery().label("items"), _going.scalar_subquery().label("going"))
"""Files of the side, and those of the person that are on their way."""


def _require_room(tx: Tx, case_id: UUID, side: Side, actor: Actor) -> None:
    """Said before the first byte; admission asks again under its lock (B040)."""
    asked = {CASE.key: case_id, SIDE.key: side.value, PERSON.key: actor.person_id}
    (found,) = ask(tx, _THERE, asked)
    if found.items >= ITEMS_PER_SIDE:
        raise Refused(
            "too_many_files",
            _("A case takes %(limit)s files from each side. Put several files into one ZIP.", limit=ITEMS_PER_SIDE),
        )  # fmt: skip
    if found.going >= OPEN_MOST:
        raise Refused(
            "too_many_uploads",
            _("%(limit)s files are on their way already. Finish or cancel one first.", limit=OPEN_MOST),
        )  # fmt: skip


def _same_key(tx: Tx, command: BeginUpload, side: Side, actor: Actor) -> EvidenceUpload | None:
    return tx.execute(
        select(EvidenceUpload).where(
            mine(actor),
            EvidenceUpload.case_id == command.case_id,
            EvidenceUpload.side == side.value,
            EvidenceUpload.client_key == command.client_key[:_KEY_MOST],
        )
    ).scalar_one_or_none()


def _locked(tx: Tx, actor: Actor, upload_id: UUID) -> EvidenceUpload:
    """The row, so that two presses take turns. Raises NotFound."""
    row = tx.execute(
        select(EvidenceUpload)
        .where(mine(actor), EvidenceUpload.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(str(upload_id))
    return row


def _log(
    tx: Tx, row: EvidenceUpload, what: str, actor: Actor, clock: Clock, data: dict[str, object]
) -> None:
    """The history row of a change; names stay out of it."""
    record(
        tx, actor, clock,
        verb=f"evidence_upload.{what}", subject=("evidence_upload", row.id), case_id=row.case_id,
        data={"side": row.side} | data,
    )  # fmt: skip
