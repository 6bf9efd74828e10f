"""The letters of a confirmed decision: each side gets its own text."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.decisions.queries import NoticeRow, notices_of
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.letters.commands import (
    DraftLetter,
    IssueDecisionLetters,
    IssueLetter,
)
from app.letters.models import Letter
from app.letters.queries import LetterRow, letter_start
from app.letters.rules.context import Finding, LetterContext, RemedyLine, Signer
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter
from app.letters.service.rows import PARTIES


def issue_decision_letters(
    tx: Tx, command: IssueDecisionLetters, actor: Actor, clock: Clock
) -> tuple[LetterRow, ...]:
    """One letter to each side that has a party, with that side's own text. Safe to repeat per decision."""
    notices = {
        row.side: row
        for row in notices_of(tx, actor, command.case_id)
        if row.decision_id == command.decision_id
    }
    told = set(
        tx.scalars(
            select(Letter.audience).where(
                Letter.decision_id == command.decision_id, Letter.state != LetterState.VOID
            )
        )
    )
    issued = []
    for side in PARTIES:
        context = _decision_context(tx, command, actor, notices.get(side), side)
        if context is not None and side not in told:
            draft = draft_letter(
                tx, DraftLetter(command.case_id, context, command.decision_id), actor, clock
            )
            issued.append(
                issue_letter(
                    tx, IssueLetter(draft.id, draft.version, command.base_url), actor, clock
                )
            )
    return tuple(issued)


def _decision_context(
    tx: Tx, command: IssueDecisionLetters, actor: Actor, notice: NoticeRow | None, side: Side
) -> LetterContext | None:
    """Everything the letter to *side* says; None when nobody stands there, or nobody takes part and no text was asked for."""
    start = letter_start(tx, actor, command.case_id, side)
    if start is None or notice is None or not notice.reasons.strip():
        return None
    return LetterContext(
        kind=LetterKind.DECISION,
        language=start.language,
        sender=command.sender,
        recipient=start.recipient,
        case=start.case,
        signer=Signer("rights_reviewer"),
        round=notice.round,
        outcome=notice.outcome,
        reasons=notice.reasons,
        findings=tuple(
            Finding(row["issue"], row["finding"], row["result"], tuple(row["exhibits"]))
            for row in notice.issues
        ),
        remedies=tuple(
            RemedyLine(row["kind"], row["text"], _day(row["effective_on"]))
            for row in notice.remedies
        ),
        money=command.money.get(side, ()),
        working=command.working.get(side),
        appeal_until=command.appeal_until[side],
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
