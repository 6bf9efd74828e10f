"""What the desk keeps right about a case: its facts with their source, its links, the legal hold on its data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.accounts.rules import Permission, require
from app.cases.commands import EditFacts, LinkCase, SetLegalHold
from app.cases.models import Case, CaseLink
from app.cases.queries import view_of
from app.cases.rules.fact_fields import FACT_FIELDS, FACTS_EDITED, facts_as_text
from app.cases.rules.filing import clean_answers, period_problem
from app.cases.rules.views import CaseView
from app.cases.service.drafts import fill_columns
from app.cases.service.moves import link_cases, lock_case, require_version
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.text import clean_text

RELATIONS = ("related", "possible_duplicate", "counter_of")
_SOURCE, _REASON = 500, 2000


def edit_facts(tx: Tx, command: EditFacts, actor: Actor, clock: Time) -> CaseView:
    """Correct facts; each change keeps what stood there and its source.

    Raises InvalidMany and Invalid naming the field, Stale with both texts, Forbidden, NotFound, Refused (closed).
    """
    require(actor, Permission.CASE_TRIAGE)
    row = lock_case(tx, actor, command.case_id)
    before = facts_as_text(row)
    if command.version != row.version:
        yours = "\n".join(f"{name}: {value}" for name, value in command.answers.items())
        theirs = "\n".join(f"{name}: {value}" for name, value in before.items())
        raise Stale(
            _("Somebody changed this case."), theirs=theirs, yours=yours, version=row.version
        )
    if row.state == "closed":
        raise Refused("case_closed", _("A closed case keeps its facts as they were decided on."))
    answers = clean_answers(FACT_FIELDS, command.answers)
    if problem := period_problem(answers):
        raise problem
    changed = {name: text for name, text in (before | answers).items() if text != before[name]}
    if not changed:
        raise Invalid("source", "nothing", _("Nothing was changed."))
    source = clean_text(command.source, field="source", max_length=_SOURCE, required=True)
    with house(tx):
        fill_columns(row, {**before, **answers, "summary": row.summary})
        edits = {name: [before[name], value] for name, value in changed.items()}
        kept = {"source": source, "edits": edits}
        _changed(tx, row, FACTS_EDITED, {"fields": sorted(changed)}, actor, clock, private=kept)
    return view_of(row, None)


def set_legal_hold(tx: Tx, command: SetLegalHold, actor: Actor, clock: Time) -> CaseView:
    """Put the data of a case under legal hold, or lift it, with a reason. Raises Forbidden, Stale, Invalid, Refused."""
    require(actor, Permission.CASE_ASSIGN)
    reason = clean_text(command.reason, field="reason", max_length=_REASON, required=True)
    row = lock_case(tx, actor, command.case_id)
    require_version(row, command.version, reason, actor)
    if command.is_on is (row.legal_hold_at is not None):
        raise Refused("legal_hold", _("The legal hold is as you want it already."))
    with house(tx):
        row.legal_hold_at = clock.now() if command.is_on else None
        row.legal_hold_reason = reason if command.is_on else ""
        verb = "case.legal_hold_placed" if command.is_on else "case.legal_hold_lifted"
        _changed(tx, row, verb, {}, actor, clock, private={"reason": reason})
    return view_of(row, None)


def link_case(tx: Tx, command: LinkCase, actor: Actor, clock: Time) -> None:
    """Link two cases in reach; a duplicate is closed by its own move. Raises Invalid, NotFound, Forbidden."""
    require(actor, Permission.CASE_TRIAGE)
    if command.relation not in RELATIONS:
        raise Invalid("relation", "required", _("Choose how the cases belong together."))
    if command.case_id == command.other_id:
        raise Invalid("other", "same_case", _("A case is not linked with itself."))
    for case_id in sorted((command.case_id, command.other_id)):
        lock_case(tx, actor, case_id)
    link_cases(tx, command.case_id, [command.other_id], command.relation, actor, clock.now())
    _note_link(tx, command.case_id, command.other_id, "case.linked", command.relation, actor, clock)


def unlink_case(tx: Tx, command: LinkCase, actor: Actor, clock: Time) -> None:
    """End a link, whichever of the two cases it was made from. Raises NotFound, Forbidden, Refused (closed as duplicate)."""
    require(actor, Permission.CASE_TRIAGE)
    if command.relation not in RELATIONS:
        raise Refused("duplicate", _("It was closed as a duplicate. Open it again instead."))
    lock_case(tx, actor, command.case_id)
    pair = (command.case_id, command.other_id)
    found = tx.execute(
        select(CaseLink).where(
            CaseLink.relation == command.relation, CaseLink.ended_at.is_(None),
            or_((CaseLink.case_id == pair[0]) & (CaseLink.other_case_id == pair[1]),
                (CaseLink.case_id == pair[1]) & (CaseLink.other_case_id == pair[0])),
        )
    ).scalars().all()  # fmt: skip
    if not found:
        raise NotFound("link")
    for link in found:
        link.ended_at = clock.now()
    _note_link(tx, *pair, "case.unlinked", command.relation, actor, clock)


def _note_link(  # noqa: PLR0913 - one row of history
    tx: Tx, case_id: UUID, other: UUID, verb: str, relation: str, actor: Actor, clock: Time
) -> None:
    data = {"other": str(other), "relation": relation}
    record(tx, actor, clock, verb=verb, subject=("case", case_id), case_id=case_id, data=data)


def _changed(  # noqa: PLR0913 - one row of history
    tx: Tx,
    row: Case,
    verb: str,
    data: dict[str, Any],
    actor: Actor,
    clock: Time,
    private: dict[str, Any] | None = None,
) -> None:
    row.version += 1
    row.updated_at = clock.now()
    record(
        tx, actor, clock, verb=verb, subject=("case", row.id), case_id=row.id,
        data=data | {"version": row.version}, private=private,
    )  # fmt: skip
