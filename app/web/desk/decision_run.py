"""The run of the payout audit on which a decision rests, as who confirms it reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.rules import Permission, may
from app.decisions.queries import DecisionView
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.money import sum_money
from app.recompute.queries import TotalRow, audit_by_id, newest_audits, totals_of_run
from app.recompute.rules.runs import RunState
from app.web.desk.rows import Line
from app.web.shared.filters import money_words, short_when_words


@dataclass(frozen=True, slots=True)
class RunWords:
    """*facts*: rows of the summary; *lines*: what should be known first."""

    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()


def rests_on(tx: Tx, actor: Actor, decision: DecisionView, now: datetime) -> RunWords:
    """When the run ended and what it found; that there is a newer one, when there is. Nothing without a run."""
    if not decision.content.audit_id:
        return RunWords()
    if not may(actor, Permission.PAYOUT_READ):
        return RunWords(((_("Payout audit"), _("It rests on a run that you may not read.")),))
    newest, run_id = newest_audits(tx, actor, decision.case_id), UUID(decision.content.audit_id)
    known = next((one for one in newest if one.id == run_id), None)
    run = known or audit_by_id(tx, actor, run_id)
    at = run.ended_at or run.asked_at
    facts = [(_("Payout audit"), _("Run of %(when)s", when=_when(at, actor, now)))]
    facts += [
        (_("It found"), words) for words in _found(totals_of_run(tx, actor, run.id), actor.locale)
    ]
    later = next((one for one in newest if one.state is RunState.DONE), run)
    if later.id == run.id:
        return RunWords(tuple(facts))
    words = _(
        "The audit ran again, %(when)s. This decision and its letters keep the run of %(kept)s.",
        when=_when(later.ended_at or later.asked_at, actor, now),
        kept=_when(at, actor, now),
    )
    return RunWords(tuple(facts), (Line(words, "warn"),))


def _found(totals: tuple[TotalRow, ...], locale: str) -> list[str]:
    """For each payee and currency: paid, should have been, owed."""
    pairs = dict.fromkeys((one.payee, one.paid.currency) for one in totals)
    return [_of_pair(totals, payee, currency, locale) for payee, currency in pairs]


def _of_pair(totals: tuple[TotalRow, ...], payee: str, currency: str, locale: str) -> str:
    own = [one for one in totals if (one.payee, one.paid.currency) == (payee, currency)]
    paid = sum_money([one.paid for one in own], currency)
    expected = sum_money([one.expected for one in own], currency)
    return _(
        "%(payee)s: paid %(paid)s, should have been %(expected)s, owed %(owed)s",
        payee=payee,
        paid=money_words(paid, locale),
        expected=money_words(expected, locale),
        owed=money_words(expected - paid, locale),
    )


def _when(at: datetime, actor: Actor, now: datetime) -> str:
    return short_when_words(at, actor.locale, actor.zone, now)
