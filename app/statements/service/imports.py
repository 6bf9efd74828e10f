"""A statement that was read and kept comes to count: all of it in one transaction, each file and each line once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text

from app.accounts.rules import Permission, may
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Refused
from app.kernel.words import words as _
from app.statements.commands import ImportStatement, Part
from app.statements.formats.parquet import Written
from app.statements.models import StatementImport, StatementPart, StatementUnmatched
from app.statements.queries import import_by_hash
from app.statements.service.matching import rows_of

_ONE_AFTER_THE_OTHER = text("select pg_advisory_xact_lock(hashtext(:what))")


def import_statement(tx: Tx, command: ImportStatement, actor: Actor, clock: Clock) -> UUID:
    """Take the file in. Imports of one source and month wait for each other.

    Raises `Forbidden`, `Refused` with `already_imported` (the same bytes) or `same_lines` (other bytes, the same
    lines, and no reason to take them again).
    """
    if not (actor.is_system or may(actor, Permission.STATEMENT_IMPORT)):
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")
    for key in [
        command.sha256,
        *sorted(f"{one.source} {one.statement_month}" for one in command.parts),
    ]:
        tx.execute(_ONE_AFTER_THE_OTHER, {"what": f"statement {key}"})
    refuse_known(tx, command.sha256, command.parts, again=command.again)
    made = StatementImport(
        id=uuid4(), name=command.name[:300], sha256=command.sha256, kept_key=command.kept.object_key,
        kept_version=command.kept.object_version, kept_sha256=command.kept.sha256, kept_size=command.kept.size,
        is_masked=command.kept.masked, retained_until=command.kept.retained_until, formats=list(command.formats),
        line_count=command.line_count, notes=list(command.notes), asked=command.asked, by_id=actor.person_id,
        at=clock.now(),
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    tx.add_all(_row(made.id, part) for part in command.parts)
    for rows in rows_of(made.id, command.unmatched):
        tx.execute(insert(StatementUnmatched), rows)
    data = {"sha256": command.sha256, "lines": command.line_count, "formats": list(command.formats)}
    if command.again:
        data["again"] = command.again
    if reason := command.asked.get("totals_reason"):
        data["totals_reason"] = reason
    record(
        tx,
        actor,
        clock,
        verb="statement.imported",
        subject=("statement_import", made.id),
        data=data,
    )
    return made.id


def refuse_known(tx: Tx, sha256: str, parts: Iterable[Part | Written], *, again: str = "") -> None:
    """Pass when neither the bytes nor the lines were taken in before. Asked also before anything is kept: what lies
    under lock for six years cannot be taken back. Raises `Refused` as `import_statement`.
    """
    known = import_by_hash(tx, sha256)
    if known is not None:
        raise Refused("already_imported", _("This file was imported already. Nothing was changed."))
    if again:
        return
    for part in parts:
        name = tx.execute(
            select(StatementImport.name)
            .join(StatementPart, StatementPart.import_id == StatementImport.id)
            .where(
                StatementPart.source == part.source,
                StatementPart.statement_month == part.statement_month,
                StatementPart.rows_hash == part.rows_hash,
                StatementPart.line_count == part.line_count,
            )
            .limit(1)
        ).scalar_one_or_none()
        if name is not None:
            raise Refused(
                "same_lines",
                _(
                    "The lines of %(month)s are those of %(name)s, which was imported already. Say why they are to "
                    "be taken again, or leave the file.",
                    month=part.statement_month,
                    name=name,
                ),
            )


def _row(import_id: UUID, part: Part) -> StatementPart:
    return StatementPart(
        import_id=import_id, source=part.source, statement_month=part.statement_month, object_key=part.object_key,
        sha256=part.sha256, size=part.size, line_count=part.line_count, sums=part.sums, sale_from=part.sale_from,
        sale_until=part.sale_until, rows_hash=part.rows_hash,
    )  # fmt: skip
