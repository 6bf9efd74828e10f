"""A7 as one frozen value: the result, what changes and when, reasons, evidence, money, letter, second review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from app.cases.queries import case_by_ref, clocks_of
from app.cases.rules.kinds import Kind
from app.cases.rules.views import CaseView, ClockRow
from app.corrections.queries.own import OwnLine, own_money
from app.decisions.queries import NoticeRow, notices_of
from app.evidence.queries import ItemRow, items_of
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.letters.queries import LetterRow, letter_view, letters_of
from app.web.portal.letter_rows import shown_letters
from app.web.portal.money_view import MoneyLine, own_line
from app.web.portal.rate import Rated, rated_of
from app.web.portal.results import result_words
from app.web.shared.filters import date_words


@dataclass(frozen=True, slots=True)
class Change:
    """What changes, and from when in words; empty when the decision names no day."""

    text: str
    when: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One question, our finding and what it rests on: (label, file name) pairs."""

    question: str
    finding: str
    exhibits: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """The result as one side reads it. *older*: decisions of earlier rounds, newest first."""

    ref: str
    title: str
    result: str
    changes: list[Change]
    reasons: str
    issues: list[Issue]
    money: list[MoneyLine]
    letters: list[dict[str, Any]]
    letter_html: Markup | None
    verify_code: str
    decided_at: datetime | None
    review_until: datetime | None
    can_appeal: bool
    rated: Rated | None


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that one reading transaction gives."""

    case: CaseView
    notice: NoticeRow | None
    letters: tuple[LetterRow, ...]
    html: str
    clocks: tuple[ClockRow, ...]
    items: tuple[ItemRow, ...]
    money: tuple[OwnLine, ...]
    rated: Rated | None


def read_decision(tx: Tx, actor: Actor, ref: str) -> _Read:
    """Nothing before the side was told: by the letter of a decision, or when the case is decided. Raises NotFound."""
    case = case_by_ref(tx, actor, ref)
    notices = [row for row in notices_of(tx, actor, case.id) if row.side is case.side]
    letters = letters_of(tx, actor, case.id)
    told = any(row.is_readable and row.kind == "decision" for row in letters)
    if not (told or case.decided_at) or not (notices or letters or case.outcome):
        raise NotFound
    newest = next((row for row in letters if row.is_readable), None)
    return _Read(
        case, notices[0] if notices else None, letters,
        letter_view(tx, actor, newest.id).html if newest else "", clocks_of(tx, actor, case.id),
        items_of(tx, actor, case.id), own_money(tx, actor, case.id).lines, rated_of(tx, actor, case),
    )  # fmt: skip


def decision_page(found: _Read, locale: str, zone: str) -> ShownDecision:
    """The value the template shows."""
    case, notice = found.case, found.notice
    until = next((c.due_at for c in found.clocks if c.kind in {"appeal", "satisfaction"}), None)
    money = [
        own_line(line, locale, zone)
        for line in found.money
        if not notice or line.decision_id == notice.decision_id
    ]
    newest = next((row for row in found.letters if row.is_readable), None)
    return ShownDecision(
        ref=str(case.ref), title=case.subject_title, result=result_words(case),
        changes=[_change(row, locale) for row in notice.remedies] if notice else [],
        reasons=notice.reasons if notice else "", issues=_issues(notice, found.items), money=money,
        letters=shown_letters(found.letters, str(case.ref)),
        letter_html=Markup(found.html) if found.html else None,  # noqa: S704 - our own renderer's escaped fragment
        verify_code=newest.verify_code if newest else "",
        decided_at=notice.confirmed_at if notice else case.decided_at, review_until=until,
        can_appeal=until is not None and case.kind is not Kind.SUPPORT, rated=found.rated,
    )  # fmt: skip


def _change(remedy: dict[str, Any], locale: str) -> Change:
    day = remedy.get("effective_on")
    if not day:
        return Change(str(remedy["text"]), "")
    when = date_words(date.fromisoformat(str(day)), locale, "UTC", "yMMMd")
    return Change(str(remedy["text"]), _("From %(day)s", day=when))


def _issues(notice: NoticeRow | None, items: tuple[ItemRow, ...]) -> list[Issue]:
    names = {item.label: item.filename for item in items}
    names |= {item.shared_label: item.filename for item in items if item.shared_label}
    return [
        Issue(
            str(row["issue"]), str(row["finding"]),
            [(str(label), names.get(str(label), "")) for label in row.get("exhibits", ())],
        )
        for row in (notice.issues if notice else ())
    ]  # fmt: skip
