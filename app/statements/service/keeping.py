"""Bytes of a statement into the store, before any row speaks of them; safe to repeat."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from app.infra.storage.port import AlreadyThere, Storage, Stored
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.words import words as _
from app.statements.commands import ImportStatement, KeptFile, Part, Unmatched
from app.statements.formats.parquet import Written
from app.statements.service.preparing import Prepared, sha256_of_file

RETENTION = timedelta(days=6 * 365 + 2)
"""As letters: six years, in which money can still be claimed (domain research, section 2.5)."""
MOST_BYTES = 8 * 1024**3


def keep(
    storage: Storage,
    prepared: Prepared,
    clock: Clock,
    *,
    again: str = "",
    unmatched: tuple[Unmatched, ...] = (),
) -> ImportStatement:
    """Put the file under lock and its parts beside it; the command that makes them count. Raises `Unavailable`,
    `Refused` when the file changed meanwhile.

    A crash leaves objects that no row names: nobody sees them, and the next try finds the file already there.
    """
    sha256 = sha256_of_file(prepared.kept)
    if not prepared.masked and sha256 != prepared.sha256:
        raise Refused("changed", _("The file changed while it was read. Import it again."))
    place = f"statement/{prepared.sha256}"
    stored = _put(storage, prepared.kept, f"{place}/{sha256}")
    until = clock.now() + RETENTION
    storage.retain(stored.key, stored.version, until)
    kept = KeptFile(stored.key, stored.version, sha256, stored.size, prepared.masked, until)
    batch = uuid4().hex
    return ImportStatement(
        name=prepared.name,
        sha256=prepared.sha256,
        kept=kept,
        formats=prepared.formats,
        line_count=prepared.line_count,
        parts=tuple(_part(storage, one, f"{place}/{batch}") for one in prepared.parts),
        notes=tuple(
            {"code": one.code, "values": one.values, "file": one.file, "line": one.line, "value": one.value, "count": one.count}
            for one in prepared.notes
        ),
        asked={
            name: str(value)
            for name in ("format", "encoding", "month", "currency", "numbers", "days", "totals_reason")
            if (value := getattr(prepared.asked, name))
        },
        again=again,
        unmatched=unmatched,
    )  # fmt: skip


def _part(storage: Storage, written: Written, place: str) -> Part:
    key = f"{place}/{written.source}-{written.statement_month}.parquet"
    stored, sha256 = _put(storage, written.path, key), sha256_of_file(written.path)
    sums = {currency: f"{amount:f}" for currency, amount in sorted(written.sums.items())}
    return Part(
        written.source, written.statement_month, key, sha256, stored.size, written.line_count, sums,
        written.sale_from, written.sale_until, written.rows_hash,
    )  # fmt: skip


def _put(storage: Storage, path: Path, key: str) -> Stored:
    """The object under *key*. What lies there already from an earlier try is left."""
    with path.open("rb") as stream:
        waiting = storage.put_quarantine(stream, MOST_BYTES)
    try:
        return storage.accept(waiting.key, key)
    except AlreadyThere:
        there = storage.head(key)
        if there is None:
            raise
        return there
    finally:
        storage.delete_quarantine(waiting.key)
