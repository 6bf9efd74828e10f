"""Before somebody files: articles that fit, and one fact that the system knows about their own release or money.

Nothing is promised here: a fact is a row that exists now. Who says "this answers it" closes the draft; a case
of the same kind within two weeks shows that it did not (`helpcentre.rules.offers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.cases.commands import ApplyEvent
from app.cases.events import CaseSubmitted
from app.cases.queries import case_by_id, possible_duplicates
from app.cases.rules.kinds import NOTICES, CaseEvent, Kind, State
from app.cases.rules.views import CaseView, MyCaseRow
from app.corrections.queries.own import own_money
from app.helpcentre.commands import NoteOffer, TakeAnswer
from app.helpcentre.queries.articles import articles_in
from app.helpcentre.rules.articles import Article, offered
from app.helpcentre.service import note_filed, note_offer, take_answer
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, once
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.queries.holds import holds_about
from app.policies.rules.zones import local_day
from app.workflows.act import act

LOOKED_AT = 2
"""Open cases whose money is looked at: a page has few statements."""


class FactKind(StrEnum):
    """What can be known before filing, in the order in which it is told."""

    OPEN_NOTICE = "fact_open_notice"
    MONEY_ON_ITS_WAY = "fact_money_on_its_way"
    MONEY_HELD = "fact_money_held"
    PERIOD_RUNS = "fact_period_runs"


@dataclass(frozen=True, slots=True)
class LiveFact:
    """One fact. *ref*: of the case it stands in; *amount*, *day*: where it has them."""

    kind: FactKind
    ref: str = ""
    amount: Money | None = None
    day: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a draft is shown."""

    articles: tuple[Article, ...]
    fact: LiveFact | None

    @property
    def names(self) -> tuple[str, ...]:
        """Slugs of the articles, in order."""
        return tuple(article.slug for article in self.articles)


def offer_for(tx: Tx, actor: Actor, case: CaseView, language: str, clock: Clock) -> Offer:
    """At most three articles for the sub-kind and at most one fact."""
    articles = offered(articles_in(language).values(), case.sub_kind.value)
    return Offer(articles, live_fact(tx, actor, case, clock))


def live_fact(tx: Tx, actor: Actor, case: CaseView, clock: Clock) -> LiveFact | None:
    """The first thing that is known about the same release; nothing when nothing is."""
    same = possible_duplicates(tx, actor, case.id)
    if case.kind is Kind.TAKEDOWN:
        return _open_notice(tx, actor, same)
    if case.kind is not Kind.PAYOUT:
        return None
    return _on_its_way(tx, actor, same) or _held(tx, actor, case) or _period_runs(case, clock)


def note_shown(tx: Tx, case: CaseView, offer: Offer, actor: Actor, clock: Clock) -> None:
    """Remember what the draft is shown, for counting. Safe to repeat."""
    fact = offer.fact.kind.value if offer.fact else ""
    note_offer(tx, NoteOffer(case.id, case.sub_kind.value, offer.names, fact), actor, clock)


def close_answered(tx: Tx, case: CaseView, answer: str, actor: Actor, clock: Clock) -> None:
    """Keep what answered it, and let the draft go. Raises `Invalid` for what was not shown, `NotFound`."""
    take_answer(tx, TakeAnswer(case.id, answer), actor, clock)
    act(tx, ApplyEvent(case.id, CaseEvent.DISCARD, case.version), actor, clock)


def note_filed_on(run: Run, event: CaseSubmitted) -> None:
    """A case was filed: answers taken to the same question did not help. Safe to repeat: keyed by the case."""
    if event.case_id is None:
        return
    with run.transaction() as tx:
        if once(tx, f"help.filed:{event.case_id}"):
            note_filed(tx, event.case_id, event.sub_kind, run.actor, run.clock)


def _open_notice(tx: Tx, actor: Actor, same: tuple[MyCaseRow, ...]) -> LiveFact | None:
    """Somebody's notice against this release, in which the reader can answer already."""
    notices = (
        row
        for row in same
        if row.state is State.RESTRICTED
        and row.sub_kind in NOTICES
        and case_by_id(tx, actor, row.id).side is Side.RESPONDENT
    )
    row = next(notices, None)
    return LiveFact(FactKind.OPEN_NOTICE, row.ref or "") if row else None


def _on_its_way(tx: Tx, actor: Actor, same: tuple[MyCaseRow, ...]) -> LiveFact | None:
    """A correction of the same release that left for the ledger and is not paid yet."""
    for row in same[:LOOKED_AT]:
        for line in own_money(tx, actor, row.id).lines:
            if line.is_sent and line.amount > 0:
                return LiveFact(
                    FactKind.MONEY_ON_ITS_WAY, row.ref or "", line.amount, line.posted_at
                )
    return None


def _held(tx: Tx, actor: Actor, case: CaseView) -> LiveFact | None:
    """Money of this release that is held because of a case the reader is part of."""
    named = (case.isrc, case.upc, case.subject_title.strip())
    hold = next(iter(holds_about(tx, actor, case.id, tuple(text for text in named if text))), None)
    return LiveFact(FactKind.MONEY_HELD, hold.case_ref, hold.amount, hold.since) if hold else None


def _period_runs(case: CaseView, clock: Clock) -> LiveFact | None:
    """The period that is said to be missing has not ended."""
    if case.period_end is None or case.period_end <= local_day(clock.now(), case.zone):
        return None
    return LiveFact(FactKind.PERIOD_RUNS, day=case.period_end - timedelta(days=1))
