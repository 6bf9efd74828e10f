"""The auditor's read view of cases: everything the desk may see, nothing to press, every look recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import render_template, request

from app.accounts.rules import Permission
from app.cases import queries as cases
from app.cases.rules.views import CaseView, QueueFilter
from app.conversations.queries.timeline import timeline
from app.corrections.queries import corrections
from app.decisions import queries as decisions
from app.evidence import queries as evidence
from app.history.queries import HistoryFilter, history_page
from app.history.service import record
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.ledger.queries import holds as ledger
from app.letters import queries as letters
from app.policies.rules.clocks import ClockKind
from app.web.admin.face import bp
from app.web.admin.policies import clock_name
from app.web.admin.record_words import event_name, kind_name, record_word, state_name, sub_kind_name
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the view: *columns* in words, *rows* of values (text, instants, numbers)."""

    title: Any
    columns: tuple[dict[str, Any], ...]
    rows: tuple[tuple[Any, ...], ...]


Part = Callable[[Tx, Actor, CaseView], list[Section]]


@bp.get("/audit/cases")
@policy(Permission.AUDIT_READ)
def audit_list() -> str:
    """Every filed case, open or closed, fifty a page."""
    actor = current_actor()
    wanted = QueueFilter(open_only=False, text=request.args.get("q", "")[:100].replace("\x00", ""))
    with transaction(actor, read_only=True) as tx:
        page = cases.queue_page(tx, actor, wanted, request.args.get("cursor"), services().clock)
    return render_template(
        "admin/audit/list.html", page=page, words=wanted.text, kind_words=kind_name
    )


@bp.get("/audit/cases/<ref>")
@policy(Permission.AUDIT_READ, on="case")
def audit_case(ref: str) -> str:
    """One case, one part at a time; the look is recorded before anything is shown."""
    actor = current_actor()
    part = request.args.get("part", "facts")
    part = part if part in _PARTS else "facts"
    with transaction(actor, read_only=True) as tx:
        view = cases.case_by_ref(tx, actor, ref)
        sections = _PARTS[part][1](tx, actor, view)
    _record_look(actor, view, part)
    words = {name: title for name, (title, _load) in _PARTS.items()}
    return render_template(
        "admin/audit/show.html",
        case=view,
        sections=sections,
        part=part,
        parts=words,
        kind=kind_name(view.kind),
        sub_kind=sub_kind_name(view.sub_kind),
    )


def _record_look(actor: Actor, view: CaseView, part: str) -> None:
    """The auditor's own transactions are read-only: the system writes that they looked."""
    with transaction(Actor.system("audit:look")) as tx:
        record(tx, actor, services().clock, verb="case.audited", subject=("case", view.id),
               case_id=view.id, data={"part": part})  # fmt: skip


def _facts(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    parties = cases.parties_of(tx, actor, view.id)
    moves = cases.moves_of(tx, actor, view.id)
    clocks = cases.clocks_of(tx, actor, view.id, open_only=False)
    return [
        _section(
            __("Parties"), (__("Side"), __("Name"), __("E-mail address"), __("Zone")),
            ((p.side, p.display_name, p.email or "", p.zone) for p in parties),
        ),
        _section(
            __("Moves"), (__("When"), __("Event"), __("From"), __("To"), __("Who"), __("Reason")),
            ((m.at, event_name(m.event), state_name(m.from_state, view.sub_kind), state_name(m.to_state, view.sub_kind), m.actor_name, m.reason) for m in moves),
        ),
        _section(
            __("Deadlines"), (__("Kind"), __("Side"), __("State"), __("Due"), __("Ended")),
            ((clock_name(ClockKind(c.kind)), c.side, record_word(c.state), c.due_at, c.ended_at) for c in clocks),
        ),
    ]  # fmt: skip


def _messages(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    lines = timeline(tx, actor, view.id, request.args.get("cursor"))
    return [
        _section(
            __("Conversation"), (__("When"), __("Who"), __("Kind"), __("Text")),
            ((line.at, line.by, line.kind, line.body) for line in lines.entries),
        )
    ]  # fmt: skip


def _evidence(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    items = evidence.items_of(tx, actor, view.id)
    return [
        _section(
            __("Evidence"),
            (__("Number"), __("Side"), __("Name"), __("State"), __("Verdict"), __("SHA-256"), __("When")),
            (
                (i.label, i.side, i.filename, i.state,
                 i.verdict.kind if i.verdict else "", i.sha256, i.uploaded_at)
                for i in items
            ),
        )
    ]  # fmt: skip


def _outcome(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    made = decisions.decisions_of(tx, actor, view.id)
    written = letters.letters_of(tx, actor, view.id)
    return [
        _section(
            __("Decisions"), (__("Round"), __("State"), __("Proposed"), __("Confirmed"), __("Content hash")),
            ((d.round, d.state, d.proposed_at, d.confirmed_at, d.content_hash) for d in made),
        ),
        _section(
            __("Letters"), (__("Number"), __("To"), __("Kind"), __("State"), __("SHA-256"), __("Sent")),
            ((w.number, w.audience, w.kind, w.state, w.sha256, w.sent_at) for w in written),
        ),
    ]  # fmt: skip


def _money(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    holds = ledger.holds_of(tx, actor, view.id)
    fixes = corrections.corrections_of(tx, actor, services().clock, view.id)
    return [
        _section(
            __("Holds"), (__("Since"), __("State"), __("Reason"), __("Payee"), __("Amount")),
            ((h.since, h.state, h.reason, h.payee_name, h.amount or "") for h in holds),
        ),
        _section(
            __("Corrections"), (__("Prepared"), __("State"), __("Reason"), __("By"), __("Total")),
            ((f.prepared_at, f.state, f.reason, f.preparer_name, f.total) for f in fixes),
        ),
    ]  # fmt: skip


def _record(tx: Tx, actor: Actor, view: CaseView) -> list[Section]:
    del actor
    rows = history_page(tx, HistoryFilter(case_id=view.id))
    return [
        _section(
            __("History"), (__("When"), __("Who"), __("What"), __("Row"), __("Hash")),
            ((r.at, r.actor, r.verb, r.subject_kind, r.hash[:16]) for r in rows),
        )
    ]  # fmt: skip


_PARTS: dict[str, tuple[Any, Part]] = {
    "facts": (__("Facts"), _facts),
    "messages": (__("Messages"), _messages),
    "evidence": (__("Evidence"), _evidence),
    "outcome": (__("Decisions and letters"), _outcome),
    "money": (__("Money"), _money),
    "history": (__("History"), _record),
}


def _section(title: Any, columns: tuple[Any, ...], rows: Iterable[tuple[Any, ...]]) -> Section:
    heads = tuple({"text": words} for words in columns)
    return Section(title, heads, tuple(tuple(_cell(value) for value in row) for row in rows))


def _cell(value: Any) -> Any:
    """Instants and money keep their type for the filters; slugs become words, the rest is text."""
    if value is None:
        return ""
    if isinstance(value, datetime) or hasattr(value, "currency"):
        return value
    return record_word(value) if isinstance(value, StrEnum) else str(value)
