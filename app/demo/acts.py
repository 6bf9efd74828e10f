"""The words in which tales are told: each makes a step that somebody of the cast does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome
from app.conversations.rules.audience import Audience
from app.conversations.rules.requests import ItemKind
from app.corrections.rules.proposal import CorrectionReason, ProposalLine
from app.corrections.rules.words import REASON_WORDS
from app.decisions.rules import DecisionContent, FindingResult, Issue, Remedy, RemedyKind
from app.demo.people import artists, everybody
from app.demo.play import Play
from app.demo.tale import Paper, Step
from app.evidence.rules.items import VerdictKind
from app.infra.db.transaction import transaction
from app.kernel.money import Money
from app.ledger.rules.holds import HoldReason
from app.ratings.commands import RateCase
from app.ratings.service import rate_case
from app.takedowns.commands import SaveCounter, SignCounter
from app.takedowns.service import save_counter
from app.workflows.act import terms_hash
from app.workflows.counter_notice import known_answers, send_counter
from app.workflows.decide import MoneyProposed


def takes(who: str) -> Step:
    """Somebody of the desk takes the case."""
    return lambda play: play.acts(who, E.TAKE)


def moves(who: str, event: E, reason: str = "", **data: Any) -> Step:
    """Any other move of the lifecycle."""
    return lambda play: play.acts(who, event, reason, **data)


def audits(who: str = "leyla") -> Step:
    """The payout is recomputed; the demo does not wait for the worker."""

    def step(play: Play) -> None:
        play.acts(who, E.START_AUDIT)
        play.audit_is_done()

    return step


def says(who: str, words: str, to: Audience = Audience.COMPLAINANT) -> Step:
    """The desk writes to a side."""
    return lambda play: play.writes(who, to, words)


def tells_other(who: str, words: str) -> Step:
    """The desk writes to the other side."""
    return says(who, words, Audience.RESPONDENT)


def notes(who: str, words: str) -> Step:
    """Words for the desk alone."""
    return says(who, words, Audience.NOTE)


def writes(words: str, who: str = "") -> Step:
    """A party writes; the artist who filed when nobody is named."""
    return lambda play: play.writes(who or play.tale.who, Audience.DESK, words)


def adds(paper: Paper, who: str = "") -> Step:
    """A party adds a file."""
    return lambda play: play.adds(who or play.tale.who, paper)


def asks(who: str, reason: str, *items: str) -> Step:
    """The desk asks the artist for things; what has a question mark is answered in words, the rest by a document."""
    return moves(who, E.ASK_COMPLAINANT, reason, items=list(items), asked=_asked(items))


def _asked(items: Collection[str]) -> list[dict[str, str]]:
    kinds = (ItemKind.QUESTION if "?" in item else ItemKind.DOCUMENT for item in items)
    return [
        {"kind": kind.value, "title": item, "hint": ""}
        for kind, item in zip(kinds, items, strict=True)
    ]


def asks_other(who: str, reason: str, *items: str) -> Step:
    """The desk asks the other side for things."""
    return moves(who, E.ASK_RESPONDENT, reason, items=list(items))


def answers(words: str, paper: Paper | None = None, who: str = "") -> Step:
    """A party answers everything that is asked, with words or a file."""
    return lambda play: play.answers(who or play.tale.who, words, paper)


def joins(who: str) -> Step:
    """The other side gets an account on the case."""
    return lambda play: play.stage.joins(who, play.case_id)


def holds(who: str, why: HoldReason, asset: str, words: str) -> Step:
    """Money of one recording is held."""
    return lambda play: play.holds(who, why, asset, words)


def judges(who: str, verdict: VerdictKind = VerdictKind.SUPPORTS_ARTIST, note: str = "") -> Step:
    """The same verdict on every exhibit that has none."""
    return lambda play: play.stage.judges(who, play.case_id, verdict, note)


def links(key: str) -> Step:
    """Remember this case by a word, for `is_copy_of`."""
    return lambda play: play.remember(key)


def is_copy_of(key: str, who: str) -> Step:
    """The desk closes it as a duplicate of a remembered case."""

    def step(play: Play) -> None:
        play.acts(who, E.MARK_DUPLICATE, other_case_id=str(play.remembered(key)))

    return step


def offers(who: str, terms: str) -> Step:
    """Somebody proposes a settlement."""
    return lambda play: play.acts(who, E.OFFER, terms=terms)


def accepts_offer(who: str, terms: str) -> Step:
    """The side that has the offer takes it."""
    return lambda play: play.acts(who, E.ACCEPT_OFFER, terms_hash=terms_hash(terms))


COUNTER = {
    "understood": "yes", "ground": "mistake", "agrees_mistake": "yes", "agrees_jurisdiction": "yes", "place": "elsewhere",
    "address": "Harbour Street 4", "phone": "+90 212 000 00 00", "locations": "https://store.example/track",
}  # fmt: skip


def counters(who: str, reason: str) -> Step:
    """The other side writes, signs and sends a counter-notice."""

    def step(play: Play) -> None:
        clock, actor = play.stage.clock, play.stage.actor(who)
        with transaction(actor) as tx:
            case = case_by_id(tx, actor, play.case_id)
            known = known_answers(tx, actor, case)
            whole = COUNTER | known | {"full_name": actor.name, "explanation": reason}
            saved = save_counter(tx, SaveCounter(case.id, 0, whole), actor, clock)
            signed = SignCounter(case.id, saved.version, case.version, actor.name)
            send_counter(tx, signed, actor, clock)

    return step


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided, in the words of the letters."""

    outcome: Outcome
    question: str
    finding: str
    result: FindingResult
    remedy: RemedyKind
    remedy_text: str
    to_artist: str
    to_other: str = ""


def proposes(
    who: str, ruling: Ruling, pays: tuple[str, str, CorrectionReason] | None = None
) -> Step:
    """Every exhibit gets its verdict, the decision is written and goes to a second person. *pays*: amount, currency, cause."""

    def step(play: Play) -> None:
        good = ruling.outcome in (Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.RESTORED)
        play.stage.judges(
            who, play.case_id, VerdictKind.SUPPORTS_ARTIST if good else VerdictKind.NEUTRAL
        )
        content = DecisionContent(
            outcome=ruling.outcome,
            issues=(Issue(ruling.question, ruling.finding, ruling.result),),
            remedies=(Remedy(ruling.remedy, ruling.remedy_text, _next_month(play)),),
            to_complainant=ruling.to_artist,
            to_respondent=ruling.to_other,
            money_moves=pays is not None,
            audit_id=play.audit_id,
        )
        play.proposes(who, content, _money(play, pays) if pays else None)

    return step


def _money(play: Play, pays: tuple[str, str, CorrectionReason]) -> MoneyProposed:
    amount, currency, cause = pays
    line = ProposalLine(
        play.stage.payees[play.tale.who],
        Money(Decimal(amount), currency),
        cause,
        note=REASON_WORDS[cause],
        period=play.tale.answers.get("period_end", "2026-09")[:7],
        source_text=amount,
    )
    return MoneyProposed(currency, line.note, (line,))


def _next_month(play: Play) -> date:
    today = play.stage.clock.now().date()
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def confirms(who: str = "nino") -> Step:
    """The second person lets it out."""
    return lambda play: play.confirms(who)


def gives_back(who: str, reason: str) -> Step:
    """The second person returns it."""
    return lambda play: play.gives_back(who, reason)


def approves(who: str = "gus") -> Step:
    """Finance approves what it saw."""
    return lambda play: play.approves(who)


def rates(process: int, outcome: int, words: str = "") -> Step:
    """The artist rates how it was handled and the result."""

    def step(play: Play) -> None:
        actor = play.stage.actor(play.tale.who)
        with transaction(actor) as tx:
            command = RateCase(
                play.case_id, process, outcome, solved_first=process > 3, words=words
            )
            rate_case(tx, command, actor, play.stage.clock)

    return step


def about(who: str, summary: str, **answers: str) -> dict[str, str]:
    """Answers of a filing: the artist's own release unless the tale says otherwise."""
    row = next((one for one in artists() if one["key"] == who), None)
    own = (
        {"subject_title": row["recording"], "subject_artist": row["name"], "isrc": row["isrc"]}
        if row
        else {"subject_artist": everybody()[who].name}
    )
    return own | {"summary": summary} | answers


def quarter(amount: str, currency: str, store: str = "Spotify", **answers: str) -> dict[str, str]:
    """What every payout filing says about its period and amount."""
    return {
        "store": store, "period_start": "2026-07-01", "period_end": "2026-09-30",
        "disputed_amount": f"{amount} {currency}",
    } | answers  # fmt: skip
