"""What people keep about lists: views and queues, words, preferences."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, func, or_, select

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Permission, PersonStatus, require
from app.cases.rules.who import DESK_ROLES
from app.infra.db.binds import PERSON
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.queues.models import CaseTag, ListPreference, SavedView, Tag
from app.queues.rules.columns import Column, Density
from app.queues.rules.views import Preference, Reach, TagRow, ViewRow

_VIEWS = (
    select(SavedView)
    .where(
        or_(SavedView.owner_id == PERSON, SavedView.reach != Reach.OWN),
        SavedView.retired_at.is_(None),
    )
    .order_by(SavedView.reach, SavedView.position, SavedView.name)
    .limit(200)
)
_PREFERENCE = select(ListPreference).where(ListPreference.person_id == PERSON)


def view_row(row: SavedView) -> ViewRow:
    """The row as it is handed on."""
    return ViewRow(
        row.id, row.slug, row.name, row.query, Reach(row.reach), row.icon, row.position, row.version, row.owner_id,
        row.retired_at is not None,
    )  # fmt: skip


def views_of(tx: Tx, actor: Actor) -> tuple[ViewRow, ...]:
    """Own and shared views and the desk's queues, each in order. Nobody reads another's own views."""
    return tuple(view_row(row) for row in ask(tx, _VIEWS, {PERSON.key: actor.person_id}))


def queues_for_setup(tx: Tx, actor: Actor) -> tuple[ViewRow, ...]:
    """The desk's queues, retired ones too, for whoever sets them up."""
    require(actor, Permission.POLICY_MANAGE)
    with house(tx):
        rows = tx.execute(
            select(SavedView)
            .where(SavedView.reach == Reach.QUEUE)
            .order_by(SavedView.retired_at.is_not(None), SavedView.position, SavedView.name)
        ).scalars()
        return tuple(view_row(row) for row in rows)


def tags_offered(tx: Tx) -> tuple[TagRow, ...]:
    """Words that may be put on cases, by name."""
    rows = tx.execute(select(Tag).where(Tag.retired_at.is_(None)).order_by(Tag.name)).scalars()
    return tuple(TagRow(row.id, row.name, row.version) for row in rows)


def tags_for_setup(tx: Tx, actor: Actor) -> tuple[TagRow, ...]:
    """All words with how many cases carry them, for whoever sets them up."""
    require(actor, Permission.POLICY_MANAGE)
    with house(tx):
        used = (
            select(func.count())
            .where(CaseTag.tag_id == Tag.id, CaseTag.removed_at.is_(None))
            .scalar_subquery()
        )
        rows = tx.execute(select(Tag, used).order_by(Tag.retired_at.is_not(None), Tag.name)).all()
        return tuple(
            TagRow(tag.id, tag.name, tag.version, tag.retired_at is not None, count)
            for tag, count in rows
        )


def tag_named(tx: Tx, name: str) -> TagRow:
    """An offered word. Raises `NotFound`."""
    row = tx.execute(
        select(Tag).where(Tag.name == name, Tag.retired_at.is_(None))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("tag")
    return TagRow(row.id, row.name, row.version)


def preference_of(tx: Tx, actor: Actor) -> Preference:
    """How *actor* likes their lists; the standard until they chose. Columns of older releases fall away."""
    found = ask(tx, _PREFERENCE, {PERSON.key: actor.person_id})
    if not found:
        return Preference()
    row = found[0]
    kept = tuple(column for column in Column if column.value in row.columns)
    return Preference(kept, Density(row.density))


def desk_people(tx: Tx) -> tuple[tuple[UUID, str], ...]:
    """Who may own a case, by name: active people of the desk's roles, in one statement."""
    rows = tx.execute(
        select(Person.id, Person.name)
        .where(
            Person.status == PersonStatus.ACTIVE,
            exists().where(
                RoleGrant.person_id == Person.id,
                RoleGrant.revoked_at.is_(None),
                RoleGrant.role.in_(DESK_ROLES),
            ),
        )
        .order_by(Person.name, Person.id)
        .limit(300)
    )
    return tuple((row.id, row.name) for row in rows)
