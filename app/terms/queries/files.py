"""The terms as the files of the payout audit: the same version gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.infra.db.transaction import Tx
from app.terms.queries.rows import BINDINGS, in_force, newest_version
from app.terms.rules.rows import AUDITED, COLUMNS, Table

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class TermsFiles:
    """Paths of the five files. *version*: the change that they stand at; *digest*: SHA-256 over all of them."""

    deals: Path
    splits: Path
    payees: Path
    withholding: Path
    fx: Path
    version: int
    digest: str


def write_files(tx: Tx, folder: Path, version: int | None = None) -> TermsFiles:
    """Write what is in force, or was as of *version*, into *folder*, row by row; one version through all files."""
    at = newest_version(tx) if version is None else version
    paths = {table: folder / f"{table.value}.csv" for table in AUDITED}
    whole = hashlib.sha256()
    for table, path in paths.items():
        _write(tx, table, path, at)
        with path.open("rb") as file:
            whole.update(
                f"{table.value} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode()
            )
    return TermsFiles(
        deals=paths[Table.DEALS], splits=paths[Table.SPLITS], payees=paths[Table.PAYEES],
        withholding=paths[Table.WITHHOLDING], fx=paths[Table.FX], version=at, digest=whole.hexdigest(),
    )  # fmt: skip


def _write(tx: Tx, table: Table, path: Path, version: int) -> None:
    binding = BINDINGS[table]
    query = (
        select(binding.model)
        .where(in_force(binding.model, version))
        .order_by(*binding.order)
        .execution_options(yield_per=BATCH)
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([name for name, _kind in COLUMNS[table]])
        for one in tx.execute(query).scalars():
            out.writerow(binding.row(one).cells)
