"""What happens to an item after it was received: judged by staff, shared, taken back, withdrawn by its side."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.queries import writer_side
from app.accounts.rules import Permission, require
from app.evidence.commands import RecordVerdict, ShareItem, UnshareItem, WithdrawItem
from app.evidence.events import (
    EvidenceShared,
    EvidenceUnshared,
    EvidenceWithdrawn,
    VerdictRecorded,
)
from app.evidence.models import EvidenceItem, EvidenceShare, EvidenceVerdict
from app.evidence.queries import ItemRow, case_stand, item_by_id
from app.evidence.rules.items import (
    CustodyStep,
    ItemState,
    Step,
    exhibit_label,
    first_disclosure,
    move,
    shared_label,
    verdict_problem,
)
from app.evidence.service.custody import locked_item, log_change, note, note_for_desk
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text

_NOTE_LIMIT = 4000
_ENDED = frozenset({"closed", "deleted"})


def share_item(tx: Tx, command: ShareItem, actor: Actor, clock: Clock) -> ItemRow:
    """Let the other side read the item; the exact bytes are written down (I13). Raises NotFound, Refused."""
    item = _own_item(tx, actor, command.case_id, command.item_id)
    _require_open(tx, actor, command.case_id)
    if item.disclosure == Disclosure.SHARED.value:
        raise Refused("already_shared", _("The other side can read this file already."))
    if item.state != ItemState.ACCEPTED.value:
        raise Refused("not_shareable", _("Only an accepted file can be shared."))
    item.disclosure = Disclosure.SHARED
    item.shared_number = item.shared_number or _next_shared_number(tx, item.case_id)
    item.version += 1
    _write_share(tx, item, "shared", command.reason, actor, clock)
    emit(tx, EvidenceShared(item.case_id, item.id, Side(item.side)))
    return item_by_id(tx, actor, command.case_id, item.id)


def unshare_item(tx: Tx, command: UnshareItem, actor: Actor, clock: Clock) -> ItemRow:
    """End the other side's sight from the next request on; what was shared stays written. Raises Refused."""
    item = _own_item(tx, actor, command.case_id, command.item_id)
    if item.disclosure != Disclosure.SHARED.value:
        raise Refused("not_shared", _("This file is not shared."))
    item.disclosure = first_disclosure(Side(item.side))
    item.version += 1
    _write_share(tx, item, "unshared", command.reason, actor, clock)
    emit(tx, EvidenceUnshared(item.case_id, item.id, Side(item.side)))
    return item_by_id(tx, actor, command.case_id, item.id)


def withdraw_item(tx: Tx, command: WithdrawItem, actor: Actor, clock: Clock) -> ItemRow:
    """Mark an item as withdrawn by its side. It stays, sealed and readable. Raises NotFound, Refused."""
    item = _own_item(tx, actor, command.case_id, command.item_id)
    _require_open(tx, actor, command.case_id)
    if case_stand(tx, actor, command.case_id).is_held:
        raise Refused("legal_hold", _("This case must be kept as it is at the moment."))
    item.state = move(ItemState(item.state), Step.WITHDRAW).value
    item.withdrawn_at = clock.now()
    item.version += 1
    note(tx, item, CustodyStep.WITHDRAWN, actor, clock)
    log_change(tx, item, "evidence.withdrawn", actor, clock)
    emit(tx, EvidenceWithdrawn(item.case_id, item.id, Side(item.side)))
    return item_by_id(tx, actor, command.case_id, item.id)


def record_verdict(tx: Tx, command: RecordVerdict, actor: Actor, clock: Clock) -> ItemRow:
    """Keep how staff judge an item; an earlier verdict stays in the record. Raises Invalid, NotFound, Forbidden."""
    require(actor, Permission.EVIDENCE_JUDGE)
    text_note = clean_text(command.note, field="note", max_length=_NOTE_LIMIT)
    _require_sound(command, text_note)
    item = locked_item(tx, actor, command.case_id, command.item_id)
    _require_open(tx, actor, command.case_id)
    verdict = EvidenceVerdict(
        id=uuid4(), case_id=item.case_id, side=Side.DESK.value, disclosure=Disclosure.INTERNAL.value,
        item_id=item.id, kind=command.kind.value,
        reason=command.reason.value if command.reason else None, note=text_note,
        by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    tx.add(verdict)
    tx.flush()
    label = exhibit_label(Side(item.side), item.number)
    data = {"side": Side.DESK.value, "label": label, "kind": command.kind.value}
    record(
        tx, actor, clock,
        verb="evidence.judged", subject=("evidence_verdict", verdict.id), case_id=item.case_id, data=data,
    )  # fmt: skip
    note_for_desk(tx, item, CustodyStep.VERDICT, actor, clock, {"kind": command.kind.value})
    emit(tx, VerdictRecorded(item.case_id, item.id, command.kind))
    return item_by_id(tx, actor, command.case_id, item.id)


def _require_sound(command: RecordVerdict, text_note: str) -> None:
    problem = verdict_problem(command.kind, command.reason, text_note)
    if problem == "reason_required":
        raise Invalid("reason", problem, _("Say why this exhibit counts for nothing."))
    if problem == "note_required":
        raise Invalid("note", problem, _("Say in words why you reject it."))
    if problem:
        raise Invalid("reason", problem, _("Only a rejected exhibit has a reason."))


def _own_item(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> EvidenceItem:
    """The item, when *actor* may act for its side: the side itself, or staff who may judge."""
    require(actor, Permission.EVIDENCE_JUDGE if actor.is_staff else Permission.PARTY_EVIDENCE_ADD)
    item = locked_item(tx, actor, case_id, item_id)
    if writer_side(tx, actor, case_id) not in {Side(item.side), Side.DESK}:
        raise NotFound(str(item_id))
    return item


def _require_open(tx: Tx, actor: Actor, case_id: UUID) -> None:
    if case_stand(tx, actor, case_id).state in _ENDED:
        raise Refused("case_closed", _("This case is closed."))


def _next_shared_number(tx: Tx, case_id: UUID) -> int:
    """S-numbers count every item ever shared in the case, whichever side owns it."""
    return int(
        tx.execute(
            text(
                "insert into exhibit_counter (case_id, n) values (:case, 1) "
                "on conflict (case_id) do update set n = exhibit_counter.n + 1 returning n"
            ),
            {"case": case_id},
        ).scalar_one()
    )


def _next_turn(tx: Tx, item_id: UUID) -> int:
    last = select(func.coalesce(func.max(EvidenceShare.n), 0)).where(
        EvidenceShare.item_id == item_id
    )
    return int(tx.execute(last).scalar_one()) + 1


def _write_share(
    tx: Tx, item: EvidenceItem, action: str, reason: str, actor: Actor, clock: Clock
) -> None:
    side = Side(item.side)
    share = EvidenceShare(
        id=uuid4(), case_id=item.case_id, side=item.side, disclosure=first_disclosure(side).value,
        item_id=item.id, n=_next_turn(tx, item.id), action=action, sha256=item.sha256, object_version=item.object_version,
        reason=clean_text(reason, field="reason", max_length=_NOTE_LIMIT), by_id=actor.person_id,
        at=clock.now(),
    )  # fmt: skip
    tx.add(share)
    tx.flush()
    shown = shared_label(item.shared_number) if item.shared_number else ""
    note(tx, item, CustodyStep(action), actor, clock, {"as": shown})
    to_side = side.other.value if action == "shared" and side is not Side.DESK else ""
    log_change(tx, item, f"evidence.{action}", actor, clock, {"as": shown, "to_side": to_side})
    record(
        tx, actor, clock,
        verb=f"evidence_share.{action}", subject=("evidence_share", share.id), case_id=item.case_id,
        data={"item": str(item.id), "sha256": item.sha256},
    )  # fmt: skip
