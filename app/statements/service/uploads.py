"""Files that people hand in: kept until they were read, cancelled, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.accounts.rules import Permission, may
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.infra.storage.port import Storage
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.reading.faults import Problem
from app.kernel.words import Words
from app.kernel.words import words as _
from app.statements.commands import HandInStatement
from app.statements.models import StatementUpload

OPEN = ("waiting", "reading")
UNMAPPED = "unmapped"
KEPT = (*OPEN, UNMAPPED)
"""States in which its bytes are still wanted."""
MAPPED = frozenset({"format", "month", "currency", "numbers", "days"})
"""What is said of a file that the mapping of its columns says anew."""
WAITS = timedelta(days=30)
"""So long a file waits for its columns to be mapped."""
READ = "statements.read"


def key_of(upload_id: UUID) -> str:
    """Where its bytes lie until it was read or stopped."""
    return f"statement-upload/{upload_id}"


def hand_in(tx: Tx, command: HandInStatement, storage: Storage, actor: Actor, clock: Clock) -> UUID:
    """Keep the file and queue its reading. Raises `Forbidden`, `Unavailable`."""
    _refuse_foreign(actor)
    made = uuid4()
    key = key_of(made)
    storage.accept(command.quarantine_key, key)
    tx.add(
        StatementUpload(
            id=made, name=command.name[:300], size=command.size, storage_key=key, asked=command.asked,
            state="waiting", by_id=actor.person_id, at=clock.now(),
        )
    )  # fmt: skip
    _note(tx, made, "statement.handed_in", actor, clock, {"size": command.size})
    defer(tx, READ, {"upload_id": str(made)})
    return made


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file to be read."""

    name: str
    size: int
    storage_key: str
    asked: dict[str, str]
    by_id: UUID


def begin_reading(tx: Tx, upload_id: UUID, actor: Actor, clock: Clock) -> Waiting | None:
    """The file to read, marked so; None when it ended meanwhile. Safe to repeat."""
    row = _locked(tx, upload_id)
    if row.state not in OPEN:
        return None
    if row.state == "waiting":
        row.state = "reading"
        _note(tx, upload_id, "statement.reading", actor, clock, {})
    return Waiting(row.name, row.size, row.storage_key, dict(row.asked), row.by_id)


def say_progress(tx: Tx, upload_id: UUID, lines: int, percent: int) -> bool:
    """Note how far the reading is; False when it was cancelled."""
    told = tx.execute(
        update(StatementUpload)
        .where(StatementUpload.id == upload_id, StatementUpload.state == "reading")
        .values(lines_read=lines, percent=max(0, min(percent, 100)))
        .returning(StatementUpload.id)
    )
    return told.first() is not None


def end_done(tx: Tx, upload_id: UUID, import_id: UUID, actor: Actor, clock: Clock) -> None:
    """It was taken in, in the same transaction. Raises `Refused` when somebody cancelled it first."""
    row = _locked(tx, upload_id)
    if row.state != "reading":
        raise Refused("cancelled", _("Somebody cancelled this meanwhile."))
    row.state, row.import_id, row.percent, row.ended_at = "done", import_id, 100, clock.now()
    _note(tx, upload_id, "statement.taken_in", actor, clock, {"import": str(import_id)})


def end_refused(
    tx: Tx, upload_id: UUID, outcome: str, problems: tuple[Problem, ...], actor: Actor, clock: Clock
) -> None:
    """Nothing of it was used. Without effect on one that ended."""
    row = _locked(tx, upload_id)
    if row.state not in OPEN:
        return
    row.state, row.outcome, row.ended_at = "refused", outcome, clock.now()
    row.problems = [_stored(one) for one in problems]
    _note(
        tx,
        upload_id,
        "statement.refused",
        actor,
        clock,
        {"outcome": outcome, "problems": len(problems)},
    )


def end_unmapped(
    tx: Tx, upload_id: UUID, problems: tuple[Problem, ...], actor: Actor, clock: Clock
) -> None:
    """Nothing of it was used; its bytes wait until a person says what its columns mean."""
    row = _locked(tx, upload_id)
    if row.state not in OPEN:
        return
    row.state, row.problems = UNMAPPED, [_stored(one) for one in problems]
    _note(tx, upload_id, "statement.unmapped", actor, clock, {"problems": len(problems)})


def is_wanted(tx: Tx, upload_id: UUID) -> bool:
    """True while somebody may still want its bytes."""
    return _locked(tx, upload_id).state in KEPT


def read_again(tx: Tx, upload_id: UUID, asked: dict[str, str], actor: Actor, clock: Clock) -> None:
    """Read a file that waited for its columns, with what is *asked* beside what was. Raises `Forbidden`, `NotFound`, `Refused`."""
    _refuse_foreign(actor)
    row = _locked(tx, upload_id)
    if row.state != UNMAPPED:
        raise Refused("ended", _("This file does not wait for its columns any more."))
    kept = {name: value for name, value in row.asked.items() if name not in MAPPED}
    row.state, row.problems, row.asked = "waiting", [], {**kept, **asked}
    row.lines_read, row.percent = 0, 0
    _note(tx, upload_id, "statement.mapped", actor, clock, {"format": asked["format"]})
    defer(tx, READ, {"upload_id": str(upload_id)})


def waited_too_long(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """Files that nobody mapped within WAITS."""
    query = select(StatementUpload.id).where(
        StatementUpload.state == UNMAPPED, StatementUpload.at < now - WAITS
    )
    return tuple(tx.execute(query).scalars())


def cancel_upload(tx: Tx, upload_id: UUID, actor: Actor, clock: Clock) -> None:
    """Stop the reading; nothing of the file is used. Raises `Refused` when it ended already.

    Its bytes are cleared by a job of their own: the one that should read it may have given up.
    """
    _refuse_foreign(actor)
    row = _locked(tx, upload_id)
    if row.state not in KEPT:
        raise Refused("ended", _("This has ended already. Nothing was changed."))
    row.state, row.ended_at = "cancelled", clock.now()
    _note(tx, upload_id, "statement.cancelled", actor, clock, {})
    defer(tx, READ, {"upload_id": str(upload_id)})


def _stored(problem: Problem) -> dict[str, object]:
    """The problem with its sentence as template and values, so that each reader gets it in their language."""
    said = problem.reason if isinstance(problem.reason, Words) else Words(problem.reason, {})
    values = {
        name: value if isinstance(value, int) else str(value) for name, value in said.params.items()
    }
    return {
        "file": problem.file, "line": problem.line, "column": problem.column, "value": problem.value,
        "reason": said.template, "values": values,
    }  # fmt: skip


def _refuse_foreign(actor: Actor) -> None:
    if not (actor.is_system or may(actor, Permission.STATEMENT_IMPORT)):
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")


def _locked(tx: Tx, upload_id: UUID) -> StatementUpload:
    row = tx.execute(
        select(StatementUpload).where(StatementUpload.id == upload_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def _note(
    tx: Tx, upload_id: UUID, verb: str, actor: Actor, clock: Clock, data: dict[str, object]
) -> None:
    record(tx, actor, clock, verb=verb, subject=("statement_upload", upload_id), data=data)
