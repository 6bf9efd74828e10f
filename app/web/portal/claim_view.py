"""Who claims what, on what basis, since when: for the respondent the claim, for the complainant what was reported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.cases.rules.views import CaseView, PartyRow
from app.infra.i18n import gettext as _
from app.kernel.sides import Side
from app.web.shared.filters import date_words

Rows = list[tuple[str, Any]]


def claim_title(case: CaseView) -> str:
    """The heading for the side that reads."""
    return (
        _("What the other side claims")
        if case.side is Side.RESPONDENT
        else _("What you told us about the other side")
    )


def claim_rows(
    case: CaseView, parties: tuple[PartyRow, ...], answers: dict[str, str], locale: str, zone: str
) -> Rows:
    """(name, words) pairs with something in them; empty when nothing is known of the other side."""
    other = next((p.display_name for p in parties if case.side and p.side is case.side.other), "")
    if case.side is Side.RESPONDENT:
        rows = _against(case, other, answers, locale, zone)
    else:
        rows = _reported(other, answers, locale)
        if not any(value for _name, value in rows[:3]):
            return []
    return [(name, value) for name, value in rows if value]


def _against(case: CaseView, other: str, answers: dict[str, str], locale: str, zone: str) -> Rows:
    contact = [answers.get(f"contact_{name}", "") for name in ("address", "phone", "email")]
    return [
        (_("Who"), other),
        (_("What they say"), case.summary),
        (_("What it is about"), answers.get("claimed", "")),
        (_("Their basis"), answers.get("role", "") or _capacity(answers.get("capacity", ""))),
        (_("What they ask for"), answers.get("wish", "")),
        (_("Where"), answers.get("links", "")),
        (_("Since"), _day(case.submitted_at, locale, zone)),
        (_("How to reach them"), "\n".join(line for line in contact if line)),
        (_("How to answer"), _("Write to us or add evidence below. We do not decide before you had the time to answer.")),
    ]  # fmt: skip


def _reported(other: str, answers: dict[str, str], locale: str) -> Rows:
    return [
        (_("Who"), other or answers.get("other_name", "")),
        (_("What they claim, as you told us"), answers.get("claimed", "")),
        (_("Who told you"), answers.get("told_by", "")),
        (_("Noticed"), _noticed(answers.get("noticed_on", ""), locale)),
    ]


def _capacity(value: str) -> str:
    words = {"owner": _("Owner of the right"), "agent": _("Agent of the owner")}
    return words.get(value, "")


def _day(at: datetime | None, locale: str, zone: str) -> str:
    return date_words(at, locale, zone, "yMMMd") if at else ""


def _noticed(text: str, locale: str) -> str:
    return date_words(date.fromisoformat(text), locale, "UTC", "yMMMd") if text else ""
