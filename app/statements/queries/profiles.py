"""Formats that persons of the house made by mapping columns: what counts, and who made each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.reading.styles import Days, Numbers
from app.statements.models import StatementProfile
from app.statements.queries.imports import sight
from app.statements.rules.mapping import Mapped, profile_of
from app.statements.rules.profile import Profile

MOST = 200
"""Versions that the page lists, the newest first."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One version of a mapping. *withdrawn_by*, *withdrawn_at*: empty and None while it counts."""

    id: UUID
    profile: Profile
    by: str
    at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None


def own_profiles(tx: Tx) -> tuple[Profile, ...]:
    """What counts: the newest version for each set of columns that was not withdrawn."""
    newest = (
        select(func.max(StatementProfile.number))
        .where(StatementProfile.withdrawn_at.is_(None))
        .group_by(StatementProfile.fingerprint)
    )
    rows = tx.execute(
        select(StatementProfile)
        .where(StatementProfile.number.in_(newest))
        .order_by(StatementProfile.number)
    ).scalars()
    return tuple(_profile(row) for row in rows)


def profile_rows(tx: Tx, actor: Actor) -> tuple[ProfileRow, ...]:
    """Every version, the newest first."""
    ender = aliased(Person)
    rows = tx.execute(
        select(StatementProfile, Person.name, ender.name)
        .join(Person, Person.id == StatementProfile.by_id)
        .outerjoin(ender, ender.id == StatementProfile.withdrawn_by_id)
        .where(sight(actor))
        .order_by(StatementProfile.number.desc())
        .limit(MOST)
    )
    return tuple(
        ProfileRow(row.id, _profile(row), by, row.at, withdrawn or "", row.withdrawn_at)
        for row, by, withdrawn in rows
    )


def _profile(row: StatementProfile) -> Profile:
    one = Mapped(
        tuple(row.header), dict(row.fields), tuple(row.personal), Numbers(row.numbers), Days(row.days), row.currency
    )  # fmt: skip
    return profile_of(one, row.name, row.version)
