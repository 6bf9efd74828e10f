"""The stage on which the demo's stories play: people, a clock that the story moves, and their acts in short words.

Every act is a use-case in a transaction of its own, as if a page had been pressed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.accounts.queries import actor_of
from app.cases.commands import (
    ApplyEvent,
    SaveDraft,
    Signature,
    StartDraft,
    SubmitCase,
)
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.views import CaseView
from app.cases.service.drafts import save_draft, start_draft
from app.cases.service.submit import submit
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.demo.people import SYSTEM, everybody
from app.evidence.commands import ReceiveUpload, RecordVerdict
from app.evidence.queries import items_of
from app.evidence.rules.items import VerdictKind
from app.evidence.service.intake import receive_upload
from app.evidence.service.verdicts import record_verdict
from app.infra.db.transaction import transaction
from app.infra.services import Services
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.sides import Side
from app.policies.service import current_policy
from app.workflows.act import act
from app.workflows.invite import InviteParty, invite_party


@dataclass
class Stage:
    """Who is there (*people*: id by key), what they act with, and what time it is in the story.

    *known*: actors that were read before; nobody's roles change in a story.
    """

    services: Services
    people: dict[str, UUID]
    clock: FixedClock
    payees: dict[str, UUID] = field(default_factory=dict)
    known: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """A member of the cast, signed in a moment ago."""
        if key not in self.known:
            with transaction(SYSTEM, read_only=True) as tx:
                self.known[key] = actor_of(tx, self.people[key])
        return replace(self.known[key], proven_at=self.clock.now())

    def later(self, **by: float) -> None:
        """Let time pass: `later(hours=3)`."""
        self.clock.advance(timedelta(**by))

    def case(self, key: str, case_id: UUID) -> CaseView:
        """The case as that person sees it now."""
        actor = self.actor(key)
        with transaction(actor, read_only=True) as tx:
            return case_by_id(tx, actor, case_id)

    def drafts(self, key: str, sub_kind: SubKind, **answers: str) -> UUID:
        """Start a draft and answer."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            case_id = start_draft(
                tx,
                StartDraft(sub_kind, zone=actor.zone, country=everybody()[key].country),
                actor,
                self.clock,
            )
            version = case_by_id(tx, actor, case_id).version
            save_draft(tx, SaveDraft(case_id, version, answers), actor, self.clock)
        return case_id

    def files(self, key: str, sub_kind: SubKind, **answers: str) -> UUID:
        """Draft, sign what the policy asks for, send."""
        case_id = self.drafts(key, sub_kind, **answers)
        self.sends(key, case_id)
        return case_id

    def sends(self, key: str, case_id: UUID) -> None:
        """Sign and send a draft."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            draft = case_by_id(tx, actor, case_id)
            policy = current_policy(tx, draft.sub_kind.value, self.clock)
            signed = tuple(
                Signature(s.code, actor.name, "owner") for s in policy.statements_for("submit")
            )
            submit(tx, SubmitCase(case_id, draft.version, signed), actor, self.clock)

    def joins(self, key: str, case_id: UUID, side: Side = Side.RESPONDENT) -> None:
        """Somebody becomes a party of the other side."""
        member = everybody()[key]
        with transaction(SYSTEM) as tx:
            invite_party(
                tx, InviteParty(case_id, side, member.name, member.email), SYSTEM, self.clock
            )

    def acts(
        self, key: str, case_id: UUID, event: CaseEvent, reason: str = "", **data: Any
    ) -> CaseView:
        """One move of the lifecycle."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            version = case_by_id(tx, actor, case_id).version
            return act(tx, ApplyEvent(case_id, event, version, reason, data), actor, self.clock)

    def writes(self, key: str, case_id: UUID, audience: Audience, body: str) -> None:
        """A message or note."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            send_message(tx, SendMessage(case_id, audience, body), actor, self.clock)

    def adds(self, key: str, case_id: UUID, filename: str, content: bytes, kind: str) -> UUID:
        """A file."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            side = None if not actor.is_staff else Side.DESK
            command = ReceiveUpload(case_id, side, filename, kind)
            stored = receive_upload(
                tx, command, io.BytesIO(content), self.services.storage, actor, self.clock
            )
        return stored.id

    def judges(self, key: str, case_id: UUID, verdict: VerdictKind, note: str = "") -> None:
        """The same verdict on everything that has none."""
        actor = self.actor(key)
        with transaction(actor) as tx:
            for item in items_of(tx, actor, case_id):
                if item.verdict is None:
                    command = RecordVerdict(case_id, item.id, verdict, note=note)
                    record_verdict(tx, command, actor, self.clock)
