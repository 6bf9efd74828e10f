"""Plays many tales at once: the next step is always that of the tale whose time comes first, so history stays in order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.cases.rules.kinds import CaseEvent
from app.conversations.commands import AnswerItem
from app.conversations.queries.requests import requests_of
from app.conversations.rules.audience import Audience
from app.corrections.commands import AcknowledgeBatch, ApproveCorrection, ExportBatch, LockBatch
from app.corrections.queries.batches import batch_page, batch_view
from app.corrections.queries.corrections import correction_view, corrections_of
from app.corrections.rules.batches import BatchState
from app.corrections.service.answers import acknowledge_batch
from app.corrections.service.batches import export_batch, lock_batch
from app.decisions.commands import SaveDecision
from app.decisions.queries import current_decision
from app.decisions.rules import DecisionContent
from app.decisions.service import save_decision
from app.demo.people import SYSTEM
from app.demo.stage import Stage
from app.demo.tale import Paper, Tale
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.kernel.share import Share
from app.kernel.sides import Side
from app.ledger.commands import PlaceHold
from app.ledger.rules.holds import AssetKind, HoldReason, HoldScope
from app.ledger.service.holds import place_hold
from app.recompute.queries import audit_by_id
from app.recompute.rules.runs import RunState
from app.recompute.service.runs import JOB
from app.workflows.answer import answer
from app.workflows.approve_money import approve
from app.workflows.audit_payouts import begin, run_audit
from app.workflows.decide import (
    Confirm,
    GiveBack,
    MoneyProposed,
    Propose,
    confirm,
    give_back,
    propose,
)


@dataclass
class Play:
    """One tale on the stage. *cases*: remembered by word, common to all tales."""

    stage: Stage
    tale: Tale
    cases: dict[str, UUID]
    case_id: UUID = field(init=False)
    audit_id: str = field(default="", init=False)

    def begins(self) -> None:
        """The artist files, and adds the papers."""
        make = self.stage.drafts if self.tale.keeps_draft else self.stage.files
        self.case_id = make(self.tale.who, self.tale.sub_kind, **self.tale.answers)
        for paper in self.tale.papers:
            self.adds(self.tale.who, paper)

    def acts(self, who: str, event: CaseEvent, reason: str = "", **data: Any) -> None:
        """One move."""
        self.stage.acts(who, self.case_id, event, reason, **data)

    def writes(self, who: str, to: Audience, words: str) -> None:
        """A message or note."""
        self.stage.writes(who, self.case_id, to, words)

    def adds(self, who: str, paper: Paper) -> UUID:
        """A file."""
        name, content, kind = paper
        return self.stage.adds(who, self.case_id, name, content, kind)

    def answers(self, who: str, words: str, paper: Paper | None) -> None:
        """Everything that waits for that person gets the same words and file."""
        files = (self.adds(who, paper),) if paper else ()
        actor = self.stage.actor(who)
        with transaction(actor) as tx:
            waiting = [
                item
                for request in requests_of(tx, actor, self.case_id)
                for item in request.items
                if item.is_waiting
            ]
            for item in waiting:
                command = AnswerItem(self.case_id, item.id, words, files)
                answer(tx, command, actor, self.stage.clock)

    def holds(self, who: str, why: HoldReason, asset: str, words: str) -> None:
        """The whole of one recording is held."""
        actor = self.stage.actor(who)
        scope = HoldScope(AssetKind.RECORDING, asset, Share(Decimal(1)))
        with transaction(actor) as tx:
            command = PlaceHold(self.case_id, Side.COMPLAINANT, why, scope, words)
            place_hold(tx, command, actor, self.stage.clock)

    def audit_is_done(self) -> None:
        """What the worker does a moment later."""
        with transaction(SYSTEM) as tx:
            audit_id = begin(tx, self.case_id, SYSTEM, self.stage.clock)
        if audit_id is not None:
            services = replace(self.stage.services, clock=self.stage.clock)
            run_audit(Run(JOB, services), str(audit_id))
            with transaction(SYSTEM, read_only=True) as tx:
                state = audit_by_id(tx, SYSTEM, audit_id).state
            self.audit_id = str(audit_id) if state is RunState.DONE else ""

    def proposes(self, who: str, content: DecisionContent, money: MoneyProposed | None) -> None:
        """Write the decision down and send it to a second person."""
        case, actor = self.stage.case(who, self.case_id), self.stage.actor(who)
        with transaction(actor) as tx:
            command = SaveDecision(self.case_id, case.round, content)
            draft = save_decision(tx, command, actor, self.stage.clock)
        with transaction(actor) as tx:
            sent = Propose(self.case_id, case.version, draft.id, draft.version, money)
            propose(tx, sent, actor, self.stage.clock)

    def confirms(self, who: str) -> None:
        """Let the decision out as it was seen."""
        case, actor = self.stage.case(who, self.case_id), self.stage.actor(who)
        with transaction(actor) as tx:
            seen = current_decision(tx, actor, self.case_id, case.round)
            assert seen is not None
            command = Confirm(self.case_id, case.version, seen.id, seen.content_hash)
            confirm(tx, command, actor, self.stage.clock)

    def gives_back(self, who: str, reason: str) -> None:
        """Return the decision."""
        case, actor = self.stage.case(who, self.case_id), self.stage.actor(who)
        with transaction(actor) as tx:
            seen = current_decision(tx, actor, self.case_id, case.round)
            assert seen is not None
            command = GiveBack(self.case_id, case.version, seen.id, reason)
            give_back(tx, command, actor, self.stage.clock)

    def approves(self, who: str) -> None:
        """Approve the corrections of the case as they were seen."""
        actor = self.stage.actor(who)
        with transaction(actor) as tx:
            for row in corrections_of(tx, actor, self.stage.clock, self.case_id):
                seen = correction_view(tx, actor, self.stage.clock, row.id)
                approve(tx, ApproveCorrection(row.id, seen.seen_hash), actor, self.stage.clock)

    def remember(self, word: str) -> None:
        """Other tales can name this case."""
        self.cases[word] = self.case_id

    def remembered(self, word: str) -> UUID:
        """A case that another tale remembered."""
        return self.cases[word]


@dataclass(frozen=True, slots=True)
class FinanceDay:
    """Finance closes the open batch, exports it and, when *acknowledged*, enters what the ledger answered."""

    days_ago: float
    currency: str
    reference: str
    acknowledged: bool = True

    def happens(self, stage: Stage) -> None:
        """One person locks, another exports and acknowledges."""
        fay, gil = stage.actor("fay"), stage.actor("gil")
        with transaction(fay, read_only=True) as tx:
            rows = batch_page(tx, fay).rows
        batch_id = next(
            row.id for row in rows if row.state is BatchState.OPEN and row.currency == self.currency
        )
        with transaction(gil) as tx:
            lock_batch(tx, LockBatch(batch_id), gil, stage.clock)
        with transaction(fay) as tx:
            export_batch(tx, ExportBatch(batch_id), stage.services.storage, fay, stage.clock)
        if self.acknowledged:
            with transaction(gil) as tx:
                file = batch_view(tx, gil, batch_id).file
                assert file is not None
                command = AcknowledgeBatch(batch_id, self.reference, file.sha256)
                acknowledge_batch(tx, command, gil, stage.clock)


def perform(stage: Stage, tales: Sequence[Tale], days: Sequence[FinanceDay], now: datetime) -> None:
    """Play everything up to *now*. A step that would lie in the future is a mistake of the tale."""
    cases: dict[str, UUID] = {}
    queue: list[tuple[datetime, int, Iterator[float | None]]] = []
    for number, tale in enumerate(tales):
        begin = now - timedelta(days=tale.days_ago)
        queue.append((begin, number, _steps(Play(stage, tale, cases))))
    for number, day in enumerate(days, start=len(tales)):
        queue.append((now - timedelta(days=day.days_ago), number, _chore(stage, day)))
    heapq.heapify(queue)
    while queue:
        at, number, steps = heapq.heappop(queue)
        if at >= now:
            raise ValueError(f"tale {number} ({_name(tales, number)}) goes on in the future")
        stage.clock.advance(at - stage.clock.now())
        hours = next(steps, None)
        if hours is not None:
            heapq.heappush(queue, (at + timedelta(hours=hours), number, steps))


def _name(tales: Sequence[Tale], number: int) -> str:
    return tales[number].answers.get("subject_title", "") if number < len(tales) else "finance"


def _steps(play: Play) -> Iterator[float | None]:
    """The waits of a tale; between two of them its acts happen."""
    play.begins()
    for step in play.tale.steps:
        if isinstance(step, int | float):
            yield float(step)
        else:
            step(play)


def _chore(stage: Stage, day: FinanceDay) -> Iterator[float | None]:
    day.happens(stage)
    yield from ()
