"""After a step of a case: the letters that the table of occasions names, each to its side with its own words.

Reactions, each safe to repeat: a step writes its letters once. Decisions wait for their money (ADR 0012).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.cases.events import CaseMoved
from app.cases.queries import case_by_id, clocks_of
from app.cases.rules.kinds import CaseEvent
from app.corrections.events import CorrectionApproved
from app.corrections.queries.corrections import correction_facts
from app.decisions.events import DecisionConfirmed
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import Run, once
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.ledger.events import HoldMoved, HoldPlaced, HoldReleased
from app.ledger.queries.holds import HoldRow, given_back, holds_of
from app.ledger.rules.holds import HoldState
from app.letters.commands import DraftLetter, IssueDecisionLetters, WriteLetter
from app.letters.queries import LetterRow, letter_move
from app.letters.rules.blocks import only_words_lack
from app.letters.rules.context import Sender
from app.letters.rules.kinds import LetterKind, sides_of
from app.letters.rules.occasions import (
    HOLD,
    HOLD_ENDED,
    SPAM,
    STARTED_BY_HAND,
    How,
    Occasion,
    occasions,
)
from app.letters.rules.readiness import readiness
from app.letters.service.decided import issue_decision_letters
from app.letters.service.drafts import draft_letter
from app.letters.service.written import letter_context, write_letter
from app.workflows.letter_money import money_by_side
from app.workflows.letter_parts import Known, parts_of, review_days, role_of
from app.workflows.letter_working import working_by_side
from app.workflows.notices import sides_taking_part


def write_letters_of_move(run: Run, event: CaseMoved) -> None:
    """Every letter that the move asks for. Not for spam."""
    rows = occasions(event.event, to=event.to_state, outcome=event.outcome or "")
    if not rows:
        return
    assert event.case_id is not None
    with run.transaction() as tx:
        if not once(tx, f"letters:{event.transition_id}"):
            return
        move = letter_move(tx, event.transition_id)
        if event.event == CaseEvent.CLOSE_OUT_OF_SCOPE and move.reason.strip().lower() == SPAM:
            return
        case, now = case_by_id(tx, run.actor, event.case_id), run.clock.now()
        known = Known(
            case,
            now.date(),
            review_days(tx, run.actor, case, now),
            move,
            clocks_of(tx, run.actor, event.case_id, open_only=False),
        )
        for row in rows:
            for side in _sides(tx, run, row, event.case_id):
                _write(tx, run, row, side, known)


def write_letters_of_hold(run: Run, event: HoldPlaced | HoldMoved) -> None:
    """Who owns held money learns what is held, why and until when: a decision with reasons of its own."""
    assert event.case_id is not None
    hold_id = event.moved_to_id if isinstance(event, HoldMoved) else event.hold_id
    _write_of_hold(run, HOLD, event.case_id, hold_id, f"letters:{hold_id}")


def write_letters_of_release(run: Run, event: HoldReleased) -> None:
    """Who owns money that was held learns that it is free, and how much came back. A dropped proposal tells nobody."""
    assert event.case_id is not None
    if event.was_placed:
        key = f"letters:{event.hold_id}:ended"
        _write_of_hold(run, HOLD_ENDED, event.case_id, event.hold_id, key)


def issue_letters_of_decision(run: Run, event: DecisionConfirmed | CorrectionApproved) -> None:
    """One letter to each side of a confirmed decision; where money moves, only once finance approved it all."""
    settings = run.services.settings
    assert event.case_id is not None
    with run.transaction() as tx:
        if correction_facts(tx, event.case_id, event.decision_id).awaiting:
            return
        if not once(tx, f"letters:{event.decision_id}"):
            return
        case = case_by_id(tx, run.actor, event.case_id)
        command = IssueDecisionLetters(
            case_id=case.id,
            decision_id=event.decision_id,
            sender=Sender(settings.product_name, (), settings.mail_from),
            base_url=settings.base_url,
            appeal_until=review_days(tx, run.actor, case, run.clock.now()),
            money=money_by_side(tx, run.actor, run.clock, event.case_id, event.decision_id),
            working=working_by_side(tx, run.actor, event.decision_id),
        )
        issue_decision_letters(tx, command, run.actor, run.clock)


def _write_of_hold(run: Run, step: str, case_id: UUID, hold_id: UUID, key: str) -> None:
    (row,) = occasions(step)
    with run.transaction() as tx:
        if not once(tx, key):
            return
        case = case_by_id(tx, run.actor, case_id)
        hold = next((one for one in holds_of(tx, run.actor, case_id) if one.id == hold_id), None)
        if hold is None or case.submitted_at is None:
            return
        back = given_back(tx, run.actor, hold_id)
        now = run.clock.now()
        until = review_days(tx, run.actor, case, now)
        known = Known(case, now.date(), until, hold=hold, given_back=back)
        _write(tx, run, row, Side(hold.side), known)


def _sides(tx: Tx, run: Run, row: Occasion, case_id: UUID) -> tuple[Side, ...]:
    sides = tuple(Side(side) for side in row.sides)
    if not row.joined:
        return sides
    there = sides_taking_part(tx, run, case_id)
    return tuple(side for side in sides if side in there)


def _write(tx: Tx, run: Run, row: Occasion, side: Side, known: Known) -> None:
    settings = run.services.settings
    command = WriteLetter(
        case_id=known.case.id,
        kind=row.kind,
        side=side,
        sender=Sender(settings.product_name, (), settings.mail_from),
        base_url=settings.base_url,
        role=role_of(row.kind),
        parts=parts_of(tx, row.kind, side, known),
        automatic=row.how is How.AUTOMATIC,
    )
    write_letter(tx, command, run.actor, run.clock)


@dataclass(frozen=True, slots=True)
class StartLetter:
    """A letter that a person begins on the page of a case."""

    case_id: UUID
    kind: LetterKind
    side: Side
    sender: Sender


def start_letter(tx: Tx, command: StartLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Draft it from what the case knows, for the actor to complete.

    Raises Invalid when nobody stands on that side, when the kind is not for it or not begun by hand, or when the
    case lacks a fact that nobody can type.
    """
    case = case_by_id(tx, actor, command.case_id)
    if command.side.value not in sides_of(command.kind):
        raise Invalid("side", "other_side", _("This letter does not go to that side."))
    if command.kind not in STARTED_BY_HAND[case.kind]:
        raise Invalid("kind", "not_by_hand", _("This letter is not begun by hand in this case."))
    known = Known(
        case,
        clock.now().date(),
        review_days(tx, actor, case, clock.now()),
        clocks=clocks_of(tx, actor, case.id, open_only=False),
        hold=_live_hold(tx, actor, case.id, command.side),
    )
    wanted = WriteLetter(
        case_id=case.id,
        kind=command.kind,
        side=command.side,
        sender=command.sender,
        base_url="",
        role=role_of(command.kind),
        parts=parts_of(tx, command.kind, command.side, known),
    )
    context = letter_context(tx, wanted, actor)
    if context is None:
        raise Invalid("side", "nobody", _("Nobody stands on that side of the case."))
    if not only_words_lack(context, readiness(context).missing):
        raise Invalid("kind", "no_facts", _("The case does not have what this letter has to say."))
    return draft_letter(tx, DraftLetter(case.id, context, by_hand=True), actor, clock)


def _live_hold(tx: Tx, actor: Actor, case_id: UUID, side: Side) -> HoldRow | None:
    rows = holds_of(tx, actor, case_id)
    return next((r for r in rows if r.side == side and r.state is HoldState.PLACED), None)
