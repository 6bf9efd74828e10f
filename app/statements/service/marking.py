"""Persons mark lines of a statement with a note, and take a mark back; what was said stays."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.kernel.identifiers import Isrc
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.statements.commands import MarkLines, Unmark
from app.statements.models import StatementMark
from app.statements.queries import import_view
from app.statements.queries.marks import marks_at

LONGEST_NOTE = 1000
MOST_AT_ONCE = 100


def mark_lines(tx: Tx, command: MarkLines, actor: Actor, clock: Clock) -> int:
    """Mark lines; how many were not marked before. Raises `Forbidden`, `NotFound`, `Invalid` (no note, no line, too many)."""
    require(actor, Permission.STATEMENT_MARK)
    view = import_view(tx, actor, command.import_id)
    part = next((one for one in view.parts if one.id == command.part_id), None)
    if part is None or actor.person_id is None:
        raise NotFound("statement")
    note = clean_text(command.note, field="note", max_length=LONGEST_NOTE, required=True)
    if not command.lines:
        raise Invalid("lines", "required", _("Choose the lines to mark."))
    if len(command.lines) > MOST_AT_ONCE:
        raise Invalid("lines", "too_many", _("Mark at most %(most)d lines at once.", most=MOST_AT_ONCE))  # fmt: skip
    there = marks_at(tx, actor, part.id, [line[0] for line in command.lines])
    new = [line for line in command.lines if line[0] not in there]
    for position, isrc, store, territory, sale_month in new:
        made = StatementMark(
            id=uuid4(), part_id=part.id, position=position, statement_month=part.statement_month, sale_month=sale_month,
            isrc=str(Isrc.parse(isrc)) if Isrc.is_valid(isrc) else "", store=store, territory=territory, note=note,
            by_id=actor.person_id, at=clock.now(),
        )  # fmt: skip
        tx.add(made)
        record(
            tx, actor, clock, verb="statement.line_marked", subject=("statement_mark", made.id),
            data={"part": str(part.id), "position": position}, private={"note": note},
        )  # fmt: skip
    return len(new)


def unmark(tx: Tx, command: Unmark, actor: Actor, clock: Clock) -> None:
    """Take a mark back; without effect on one that was taken back before. Raises `Forbidden`, `NotFound`."""
    require(actor, Permission.STATEMENT_MARK)
    query = select(StatementMark).where(StatementMark.id == command.mark_id).with_for_update()
    row = tx.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("mark")
    if row.ended_at is None:
        row.ended_at, row.ended_by_id = clock.now(), actor.person_id
        record(tx, actor, clock, verb="statement.line_unmarked", subject=("statement_mark", row.id))
