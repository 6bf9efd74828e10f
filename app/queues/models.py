"""Saved views, words on cases, how people like their lists and keys, and bulk runs with a row a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, uuid_pk


class SavedView(Base):
    """A filter under a name: one's own, the team's, or a queue of the desk."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("reach in ('own', 'team', 'queue')", name="reach_known"),
        CheckConstraint("name <> '' and slug <> ''", name="has_name"),
        CheckConstraint("position >= 1 and version >= 1", name="counters_positive"),
        Index("ix_saved_view_owner_id", "owner_id", "position"),
        Index("ix_saved_view_shared", "position", postgresql_where=text("reach <> 'own'")),
        {"comment": "filters of the desk's lists under a name"},
    )

    id: Mapped[UUID] = uuid_pk()
    slug: Mapped[str] = mapped_column(comment="its word in the address")
    name: Mapped[str] = mapped_column(comment="what it is called")
    query: Mapped[str] = mapped_column(comment="the filter in its canonical form")
    reach: Mapped[str] = mapped_column(comment="own, team or queue: in whose navigation it stands")
    icon: Mapped[str] = mapped_column(comment="icon in the navigation")
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who made it")
    position: Mapped[int] = mapped_column(comment="order in the navigation, from 1")
    version: Mapped[int] = mapped_column(comment="counts every change")
    created_at: Mapped[datetime] = mapped_column(comment="when it was saved")
    updated_at: Mapped[datetime] = mapped_column(comment="last change")
    retired_at: Mapped[datetime | None] = mapped_column(comment="when it left the navigation")


class Tag(Base):
    """A word that the desk puts on cases."""

    __tablename__ = "tag"
    __table_args__ = (
        CheckConstraint("name <> '' and name = lower(name)", name="name_in_lower_case"),
        CheckConstraint("position(',' in name) = 0", name="name_without_comma"),
        CheckConstraint("version >= 1", name="version_positive"),
        Index("uq_tag_name", "name", unique=True),
        {"comment": "words that the desk puts on cases; never shown to a party"},
    )

    id: Mapped[UUID] = uuid_pk()
    name: Mapped[str] = mapped_column(comment="the word, lower case")
    version: Mapped[int] = mapped_column(comment="counts every change")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="who made it")
    created_at: Mapped[datetime] = mapped_column(comment="when it was made")
    retired_at: Mapped[datetime | None] = mapped_column(comment="since when it is not offered")


class CaseTag(Base):
    """A word on a case; taken off it keeps its row, and comes back to it."""

    __tablename__ = "case_tag"
    __table_args__ = (
        Index("ix_case_tag_tag_id", "tag_id", "case_id"),
        {"comment": "words on cases; the desk alone reads them"},
    )

    case_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("case.id"), primary_key=True, comment="the case"
    )
    tag_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("tag.id"), primary_key=True, comment="the word"
    )
    added_at: Mapped[datetime] = mapped_column(comment="since when")
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="who put it")
    removed_at: Mapped[datetime | None] = mapped_column(comment="when it was taken off")


class ListPreference(Base):
    """How a person likes their lists."""

    __tablename__ = "list_preference"
    __table_args__ = (
        CheckConstraint("density in ('comfortable', 'compact')", name="density_known"),
        {"comment": "columns and density of a person's lists"},
    )

    person_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("person.id"), primary_key=True, comment="the person"
    )
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="columns shown")
    density: Mapped[str] = mapped_column(comment="comfortable or compact")
    updated_at: Mapped[datetime] = mapped_column(comment="last change")


class ShortcutPreference(Base):
    """Keys that a person changed."""

    __tablename__ = "shortcut_preference"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(chords) = 'object'", name="chords_by_name"),
        {"comment": "keys of the staff pages as a person changed them"},
    )

    person_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("person.id"), primary_key=True, comment="the person"
    )
    is_single_on: Mapped[bool] = mapped_column(comment="whether keys without Control work at all")
    chords: Mapped[dict[str, Any]] = mapped_column(
        comment="act -> chord where it differs from the standard; empty: no key"
    )
    updated_at: Mapped[datetime] = mapped_column(comment="last change")


class BulkRun(Base):
    """One act on many cases."""

    __tablename__ = "bulk_run"
    __table_args__ = (
        CheckConstraint(
            "act in ('assign', 'tag', 'untag', 'stage', 'link', 'duplicate', 'deadline', 'macro')",
            name="act_known",
        ),
        CheckConstraint("state in ('previewed', 'running', 'done', 'undone')", name="state_known"),
        CheckConstraint(
            "(state in ('done', 'undone')) = (finished_at is not null)", name="ended_has_time"
        ),
        Index("ix_bulk_run_by_id", "by_id", "created_at"),
        {"comment": "acts on many cases at once, each case its own transaction"},
    )

    id: Mapped[UUID] = uuid_pk()
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who asked for it")
    act: Mapped[str] = mapped_column(
        comment="assign, tag, untag, stage, link, duplicate, deadline or macro"
    )
    given: Mapped[dict[str, Any]] = mapped_column(
        comment="to whom, which word, which move, which other case"
    )
    query: Mapped[str] = mapped_column(comment="the filter when all of it was meant")
    state: Mapped[str] = mapped_column(comment="previewed, running, done or undone")
    created_at: Mapped[datetime] = mapped_column(comment="when it was looked at first")
    started_at: Mapped[datetime | None] = mapped_column(comment="when it began")
    finished_at: Mapped[datetime | None] = mapped_column(comment="when its last case was done")


class BulkRow(Base):
    """One case of a run."""

    __tablename__ = "bulk_row"
    __table_args__ = (
        CheckConstraint(
            "result in ('waiting', 'changed', 'same', 'refused', 'stale', 'undone')",
            name="result_known",
        ),
        CheckConstraint(
            "result not in ('changed', 'undone') or done_at is not null", name="done_has_time"
        ),
        UniqueConstraint("run_id", "position"),
        {"comment": "what became of each case of a bulk act"},
    )

    run_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("bulk_run.id"), primary_key=True, comment="the run"
    )
    case_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("case.id"), primary_key=True, index=True, comment="the case"
    )
    position: Mapped[int] = mapped_column(comment="order within the run, from 1")
    version: Mapped[int] = mapped_column(comment="version of the case that the reader saw")
    result: Mapped[str] = mapped_column(comment="waiting, changed, same, refused, stale or undone")
    reason: Mapped[str] = mapped_column(comment="why not, in words")
    given: Mapped[dict[str, Any]] = mapped_column(
        server_default="{}", comment="what this case alone gets, such as the words of a macro"
    )
    before: Mapped[dict[str, Any]] = mapped_column(comment="what stood there, to take it back")
    version_after: Mapped[int | None] = mapped_column(comment="version of the case after the act")
    done_at: Mapped[datetime | None] = mapped_column(comment="when it was done")
