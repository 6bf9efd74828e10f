"""Objects of statements that no row names: left by a crash, by a file that was refused, or by a stopped reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select, union_all

from app.infra.db.transaction import Tx
from app.infra.storage.port import Storage, Stored
from app.statements.models import StatementImport, StatementPart, StatementUpload
from app.statements.service.uploads import KEPT

PREFIXES = ("statement/", "statement-upload/")
GRACE = timedelta(hours=24)
"""Younger objects may belong to a file that is being taken in."""
PAGE = 500


def old_objects(storage: Storage, before: datetime) -> Iterator[list[Stored]]:
    """Objects of statements that are older than *before*, PAGE at a time."""
    for prefix in PREFIXES:
        every = (
            one
            for one in storage.list(prefix)
            if one.modified_at is not None and one.modified_at < before
        )
        while page := list(islice(every, PAGE)):
            yield page


def unnamed(tx: Tx, page: list[Stored]) -> list[Stored]:
    """Those of *page* that no row names."""
    keys = [one.key for one in page]
    named = union_all(
        select(StatementImport.kept_key).where(StatementImport.kept_key.in_(keys)),
        select(StatementPart.object_key).where(StatementPart.object_key.in_(keys)),
        select(StatementUpload.storage_key).where(
            StatementUpload.storage_key.in_(keys), StatementUpload.state.in_(KEPT)
        ),
    )
    claimed = set(tx.execute(named).scalars())
    return [one for one in page if one.key not in claimed]
