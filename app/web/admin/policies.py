"""D2: policies and calendars as they are in force. To read only: a change makes a new version with its date."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask import render_template

from app.accounts.rules import Permission
from app.corrections.rules.approval import FRESH_FOR
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.letters.rules.kinds import LetterKind
from app.policies.queries import (
    ApprovalPolicyView,
    CalendarRow,
    PolicyView,
    approval_policies,
    calendars_now,
    policies_now,
    versions_of,
)
from app.policies.rules.clocks import ClockKind, Length, Unit
from app.web.admin.face import bp
from app.web.admin.record_words import event_name, kind_name, sub_kind_name
from app.web.shared.context import current_actor, services
from app.web.shared.letter_words import LETTER_NAMES
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/admin/policies")
@policy(Permission.POLICY_READ)
def policies_list() -> ResponseReturnValue:
    """One line a sub-kind, and the calendars with their days off."""
    with transaction(current_actor(), read_only=True) as tx:
        found, calendars = policies_now(tx, services().clock.now()), calendars_now(tx)
        limits = approval_policies(tx)
    rows = [
        (kind_name(one.kind), sub_kind_name(one.sub_kind), silence_words(one.silence), one)
        for one in found
    ]
    return render_template(
        "admin/policies/list.html", rows=rows, calendars=calendars, weekend=_weekend, hour=_hour,
        limits=limits, amounts=_amounts(limits[0]) if limits else [], minutes=int(FRESH_FOR.total_seconds() // 60),
    )  # fmt: skip


@bp.get("/admin/policies/<slug>")
@policy(Permission.POLICY_READ)
def policies_show(slug: str) -> ResponseReturnValue:
    """A sub-kind: its versions, clocks, silence rule, letters, checklist, statements, what is disclosed."""
    with transaction(current_actor(), read_only=True) as tx:
        found = next(
            (one for one in policies_now(tx, services().clock.now()) if one.sub_kind == slug), None
        )
        versions = versions_of(tx).get(slug, ())
    if found is None:
        raise NotFound("policy")
    clocks = [(clock_name(kind), length_words(length)) for kind, length in found.clocks.items()]
    return render_template(
        "admin/policies/show.html", policy=found, versions=versions, name=sub_kind_name(found.sub_kind), clocks=clocks,
        silence=silence_words(found.silence), letters=_letters(found), sides=_checklist(found), shown=_shown(found),
    )  # fmt: skip


def _amounts(policy: ApprovalPolicyView) -> list[Money]:
    """From which amount on two approve, by currency."""
    return [Money(Decimal(n), code) for code, n in sorted(policy.limits.two_from.items())]


def _letters(view: PolicyView) -> list[tuple[str, str]]:
    """Step and letter, in words."""
    return [
        (_step(step), str(LETTER_NAMES[LetterKind(letter)]))
        for step, letter in view.letters.items()
    ]


def _step(step: str) -> str:
    own = {"decided": _("The decision is confirmed"), "hold": _("Money is held")}
    return own.get(step) or event_name(step)


def _checklist(view: PolicyView) -> list[tuple[str, list[str]]]:
    """Side and what is asked of it; kept in English with the version, shown in the reader's language."""
    names = {"complainant": _("Complainant"), "respondent": _("Respondent")}
    return [
        (names[side], [_(label) for _slug, label in items])
        for side, items in view.checklist.items()
    ]


def _shown(view: PolicyView) -> list[tuple[str, str]]:
    """What the other side is shown of each part."""
    parts = {
        "summary": _("Summary"), "evidence": _("Evidence"), "messages": _("Messages"), "contact": _("Name and address"),
    }  # fmt: skip
    rules = {"shared": _("shown"), "private": _("kept private")}
    return [(parts[part], rules[rule]) for part, rule in view.disclosure.items()]


def _hour(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _weekdays() -> tuple[str, ...]:
    """Monday is 0."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip


def silence_words(silence: str) -> str:
    """What an unanswered request proposes."""
    return {
        "decide_on_file": _("A person decides on what is there"),
        "complainant_prevails": _("Proposed for the complainant; a person decides"),
        "respondent_prevails": _("Proposed for the respondent; a person decides"),
    }[silence]


def clock_name(kind: ClockKind) -> str:
    """What a clock measures, in words."""
    return {
        ClockKind.DRAFT: _("A draft is kept"), ClockKind.FIRST_RESPONSE: _("First reply"),
        ClockKind.NEXT_RESPONSE: _("Next reply"), ClockKind.RESOLUTION: _("Decision"),
        ClockKind.PARTY: _("Answer of a party"), ClockKind.OFFER: _("An offer stands"),
        ClockKind.STORE: _("Answer of a store"), ClockKind.RESTRICTION: _("Counter-notice after a restriction"),
        ClockKind.COUNTER: _("Check of a counter-notice"), ClockKind.STATUTORY: _("Put-back window"),
        ClockKind.COURT: _("Look at a court case again"), ClockKind.SETTLE: _("Look at a held case again"),
        ClockKind.FINANCE: _("Approval by finance"), ClockKind.APPEAL: _("Second review may be asked"),
        ClockKind.SATISFACTION: _("A support answer closes"),
    }[kind]  # fmt: skip


def length_words(length: Length) -> str:
    """A length in words: 8 working hours, 10 to 14 working days."""
    words = {
        Unit.BUSINESS_HOURS: _("%(n)s working hours"), Unit.BUSINESS_DAYS: _("%(n)s working days"),
        Unit.PARTY_DAYS: _("%(n)s days, until 18:00 where the party is"), Unit.DAYS: _("%(n)s days"),
        Unit.MONTHS: _("%(n)s months"), Unit.WINDOW: _("%(n)s to %(latest)s working days"),
    }[length.unit]  # fmt: skip
    return words % {"n": length.n, "latest": length.latest}


def _weekend(calendar: CalendarRow) -> str:
    """Its days off each week, in words."""
    return ", ".join(_weekdays()[day] for day in calendar.weekend)
