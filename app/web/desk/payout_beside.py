"""What stands beside the audit of a case: how far its corrections are, what is held, what cannot be attributed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from app.corrections.queries.steps import StepsRow
from app.corrections.rules.lifecycle import AWAITING, CorrectionState
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.money import Money
from app.ledger.queries.holds import HoldRow
from app.ledger.rules.holds import HoldState
from app.recompute.queries import SuspendedRow
from app.web.desk.ledger import REASONS
from app.web.shared.audit_words import month_words, suspense_words

When = Callable[[datetime], str]
"""A moment in the words of the reader."""

BACK = frozenset({CorrectionState.RETURNED, CorrectionState.MISMATCH, CorrectionState.CANCELLED})


@dataclass(frozen=True, slots=True)
class CorrectionSteps:
    """A correction with the way it goes. *back*: why it goes no further; empty while it does."""

    href: str
    name: str
    total: Money
    steps: tuple[dict[str, Any], ...]
    back: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A hold beside the audit. *state*: `Held, released late` where it lasted beyond the day on which it was to end."""

    what: str
    why: str
    state: str
    since: datetime
    until: date | None
    ended_at: datetime | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class SuspendedLine:
    """Money that waits, in words."""

    period: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    why: str
    gross: Money


def correction_steps(rows: Sequence[StepsRow], when: When) -> tuple[CorrectionSteps, ...]:
    """The corrections of a case, the oldest first."""
    back = {
        CorrectionState.RETURNED: _("The ledger sent it back."),
        CorrectionState.MISMATCH: _("The ledger posted something else."),
        CorrectionState.CANCELLED: _("It was sent back."),
    }
    return tuple(
        CorrectionSteps(f"/finance/corrections/{row.id}", _name(row.state), row.total, _steps(row, when), back.get(row.state, ""))
        for row in rows
    )  # fmt: skip


def _name(state: CorrectionState) -> str:
    """What it is by now."""
    if state in AWAITING:
        return _("Proposed correction")
    if state is CorrectionState.ACKNOWLEDGED:
        return _("Posted correction")
    return _("Correction") if state in BACK else _("Approved correction")


def _steps(row: StepsRow, when: When) -> tuple[dict[str, Any], ...]:
    approved = [_by(name, when(at)) for name, at in row.approvals]
    more = row.approvers_needed - len(row.approvals)
    wanted = ngettext("%(num)s approver to go, not the preparer", "%(num)s approvers to go, not the preparer", more)  # fmt: skip
    is_approved = row.state not in AWAITING and more <= 0
    batch = _("Batch %(number)s, open", number=row.batch) if row.batch else ""
    if row.exported_at is not None:
        batch = _("Batch %(number)s, %(when)s", number=row.batch, when=when(row.exported_at))
    posted = when(row.acknowledged_at) if row.acknowledged_at else ""
    steps = [
        (_("Prepared"), _by(row.preparer, when(row.prepared_at)), True),
        (
            _("Second person approves") if row.approvers_needed == 1 else _("Two others approve"),
            Markup(", ").join([*approved, wanted] if more > 0 else approved), is_approved,
        ),
        (_("Exported in a batch"), batch, row.exported_at is not None),
        (_("Posted by the ledger"), posted, row.state is CorrectionState.ACKNOWLEDGED),
    ]  # fmt: skip
    first = next((n for n, (_name, _note, done) in enumerate(steps) if not done), len(steps))
    stopped = row.state in BACK
    return tuple(
        {
            "name": str(name), "note": note,
            "state": "done" if n < first else "now" if n == first and not stopped else "next",
        }
        for n, (name, note, _done) in enumerate(steps)
    )  # fmt: skip


def _by(name: str, at: str) -> Markup:
    return Markup('<bdi translate="no">{}</bdi>, {}').format(name, at)


def held_lines(rows: Sequence[HoldRow]) -> tuple[HeldLine, ...]:
    """Holds of the case: they change when money is paid, never what the audit computes (DECISIONS 24)."""
    return tuple(
        HeldLine(
            row.asset_ref, str(REASONS.get(row.reason, row.reason)), _held(row), row.since, row.until or row.review_on,
            row.ended_at, row.amount,
        )
        for row in rows
    )  # fmt: skip


def _held(row: HoldRow) -> str:
    if row.state is HoldState.MOVED:
        return _("Moved to another payee")
    if row.state is HoldState.RELEASED:
        return _("Held, released late") if is_late(row) else _("Held, released")
    return _("Held") if row.state is HoldState.PLACED else _("Proposed")


def is_late(row: HoldRow) -> bool:
    """Whether it ended after the day on which it was to end, or to be looked at again."""
    return row.ended_at is not None and row.ended_at.date() > (row.until or row.review_on)


def suspended_lines(rows: Sequence[SuspendedRow], locale: str) -> tuple[SuspendedLine, ...]:
    """What cannot be attributed, with why."""
    return tuple(
        SuspendedLine(
            month_words(row.statement_month, locale), row.sale_month, row.store, row.territory, row.isrc,
            suspense_words(row.reason), row.gross,
        )
        for row in rows
    )  # fmt: skip


def beside(
    rows: tuple[Sequence[StepsRow], Sequence[HoldRow], tuple[Sequence[SuspendedRow], bool]], locale: str,
    when: When,
) -> dict[str, Any]:  # fmt: skip
    """What the page shows of it."""
    steps, holds, (suspended, more) = rows
    return {
        "corrections": correction_steps(steps, when), "holds": held_lines(holds), "suspended": suspended_lines(suspended, locale),
        "more_suspended": more,
    }  # fmt: skip
