"""What the history of a parent event keeps of acts that prepare its corrections, and the lock that lets one act at a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.rules import Permission, require
from app.history.queries import private_of_subject
from app.history.service import record
from app.incidents.commands import PrepareCorrections
from app.incidents.events import CorrectionsWanted
from app.incidents.models import ParentEventPayee
from app.incidents.queries import EventRow
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden
from app.kernel.text import clean_text

LONGEST_REASONS = 4000
_WANTED, _DONE = "parent_event.corrections_wanted", "parent_event.corrections_prepared"


@dataclass(frozen=True, slots=True)
class Act:
    """One act. *rows*: case → version that was seen; *refused*: case → why not, in words, once it is over."""

    id: UUID
    reasons: str
    rows: Mapping[UUID, int]
    is_over: bool
    refused: Mapping[UUID, str]


def want_corrections(
    tx: Tx, command: PrepareCorrections, rows: Mapping[UUID, int], actor: Actor, clock: Clock
) -> UUID:
    """The corrections of *rows* (case → version) are prepared in the background, one transaction each.

    Raises `Forbidden`, `Invalid` without reasons.
    """
    require(actor, Permission.PARENT_EVENT_DECIDE)
    if actor.person_id is None:
        raise Forbidden(Permission.PARENT_EVENT_DECIDE.value, code="person_needed")
    reasons = clean_text(
        command.reasons, field="reasons", max_length=LONGEST_REASONS, required=True, multiline=True
    )
    act_id = uuid4()
    wanted = {str(case_id): version for case_id, version in rows.items()}
    record(
        tx, actor, clock, verb=_WANTED, subject=("parent_event", command.event_id),
        data={"act": str(act_id), "cases": len(rows), "seen": command.seen},
        private={"act": str(act_id), "reasons": reasons, "rows": wanted},
    )  # fmt: skip
    emit(tx, CorrectionsWanted(None, command.event_id, act_id, actor.person_id))
    return act_id


def acts_of(tx: Tx, event: EventRow) -> tuple[Act, ...]:
    """The acts of an event, the newest first. *event*: as the caller may see it."""
    with house(tx):
        asked, ended = (
            private_of_subject(tx, ("parent_event", event.id), verb, event.found_at)
            for verb in (_WANTED, _DONE)
        )
    over = {one["act"]: one["refused"] for one in ended}
    return tuple(_act(one, over) for one in asked)


def _act(wanted: Mapping[str, Any], over: Mapping[str, Mapping[str, str]]) -> Act:
    refused = over.get(wanted["act"], {})
    return Act(
        UUID(wanted["act"]), wanted["reasons"], {UUID(key): version for key, version in wanted["rows"].items()},
        wanted["act"] in over, {UUID(key): why for key, why in refused.items()},
    )  # fmt: skip


def lock_payee(tx: Tx, event_id: UUID, payee: str) -> None:
    """Until the commit no other act is at this payee of the event."""
    query = select(ParentEventPayee.payee).where(
        ParentEventPayee.event_id == event_id, ParentEventPayee.payee == payee
    )
    tx.execute(query.with_for_update())


def end_act(  # noqa: PLR0913 - who and when, and what became of it
    tx: Tx, event_id: UUID, act_id: UUID, done: int, refused: Mapping[UUID, str], actor: Actor, clock: Clock
) -> None:  # fmt: skip
    """The last case of an act was looked at."""
    record(
        tx, actor, clock, verb=_DONE, subject=("parent_event", event_id),
        data={"act": str(act_id), "prepared": done, "refused": len(refused)},
        private={"act": str(act_id), "refused": {str(key): why for key, why in refused.items()}},
    )  # fmt: skip
