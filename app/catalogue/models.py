"""Tables of the catalogue; written by this room's service alone, from files of the house."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk


def _import() -> Any:
    return mapped_column(
        ForeignKey("catalogue_import.id"), index=True, comment="file that said so last"
    )


class CatalogueImport(Base):
    """One file that was taken in, whole."""

    __tablename__ = "catalogue_import"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint("line_count > 0", name="has_lines"),
        {"comment": "files of the catalogue that were taken in"},
    )

    id: Mapped[UUID] = uuid_pk()
    name: Mapped[str] = mapped_column(comment="name of the file")
    sha256: Mapped[str] = mapped_column(comment="hash of its bytes, lower-case hex")
    line_count: Mapped[int] = mapped_column(comment="lines below the header")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who took it in; none for the system"
    )
    at: Mapped[datetime] = mapped_column(comment="when")


class Artist(Base):
    """An artist as stores know them."""

    __tablename__ = "artist"
    __table_args__ = (
        CheckConstraint("length(name) between 1 and 300", name="name_length"),
        {"comment": "artists as stores know them"},
    )

    id: Mapped[UUID] = uuid_pk()
    code: Mapped[str] = mapped_column(
        unique=True, comment="the distributor's own number of the artist"
    )
    name: Mapped[str] = mapped_column(comment="main name, in its own script")
    search: Mapped[str] = mapped_column(comment="all names without case, accents and width")
    import_id: Mapped[UUID] = _import()


class ArtistName(Base):
    """Another spelling: a transliteration, an earlier name."""

    __tablename__ = "artist_name"
    __table_args__ = {"comment": "other names of artists, such as Latin spellings"}  # noqa: RUF012

    artist_id: Mapped[UUID] = mapped_column(
        ForeignKey("artist.id"), primary_key=True, comment="the artist"
    )
    name: Mapped[str] = mapped_column(primary_key=True, comment="the other name")
    ended_at: Mapped[datetime | None] = mapped_column(comment="since when no file says it any more")


class CatalogueHolder(Base):
    """Which account has which artist; a manager or delegate sees it through their delegation."""

    __tablename__ = "catalogue_holder"
    __table_args__ = (
        Index(
            "uq_catalogue_holder_live",
            "artist_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_catalogue_holder_person", "person_id", "artist_id"),
        {"comment": "accounts that have an artist's catalogue; kept after they end"},
    )

    id: Mapped[UUID] = uuid_pk()
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artist.id"), comment="the artist")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="the account")
    since: Mapped[datetime] = mapped_column(comment="from when")
    ended_at: Mapped[datetime | None] = mapped_column(comment="until when; sight ends at once")


class Release(Base):
    """What stores sell: a single, an EP, a full length."""

    __tablename__ = "release"
    __table_args__ = (
        CheckConstraint(
            "kind in ('single', 'ep', 'full_length', 'compilation')", name="kind_known"
        ),
        CheckConstraint("upc ~ '^[0-9]{14}$'", name="upc_canonical"),
        CheckConstraint("length(title) between 1 and 300", name="title_length"),
        Index("ix_release_artist", "artist_id", "released_on", "id"),
        Index(
            "ix_release_search", "search", postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        ),
        {"comment": "releases of the distributor's catalogue"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("artist.id"), comment="main artist")
    upc: Mapped[str] = mapped_column(unique=True, comment="UPC or EAN as 14 digits")
    title: Mapped[str] = mapped_column(comment="title")
    search: Mapped[str] = mapped_column(
        comment="title, its recordings' titles and the artist's names, without case and accents"
    )
    kind: Mapped[str] = mapped_column(comment="single, ep, full_length or compilation")
    released_on: Mapped[date | None] = mapped_column(comment="day of first release")
    label: Mapped[str] = mapped_column(comment="label as on the release")
    stores: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="stores it was delivered to")
    import_id: Mapped[UUID] = _import()


class Recording(Base):
    """One sound recording."""

    __tablename__ = "recording"
    __table_args__ = (
        CheckConstraint("isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'", name="isrc_canonical"),
        CheckConstraint("seconds is null or seconds between 1 and 86400", name="seconds_range"),
        {"comment": "sound recordings of the distributor's catalogue"},
    )

    id: Mapped[UUID] = uuid_pk()
    artist_id: Mapped[UUID] = mapped_column(
        ForeignKey("artist.id"), index=True, comment="artist of the first release with it"
    )
    isrc: Mapped[str] = mapped_column(unique=True, comment="ISRC, canonical")
    title: Mapped[str] = mapped_column(comment="title without version")
    version: Mapped[str] = mapped_column(comment="version such as live or remix, may be empty")
    seconds: Mapped[int | None] = mapped_column(comment="length in seconds")
    import_id: Mapped[UUID] = _import()


class ReleaseRecording(Base):
    """Which recordings a release holds, in order."""

    __tablename__ = "release_recording"
    __table_args__ = (
        UniqueConstraint("release_id", "position"),
        CheckConstraint("position between 1 and 999", name="position_range"),
        {"comment": "recordings of a release in order"},
    )

    release_id: Mapped[UUID] = mapped_column(
        ForeignKey("release.id"), primary_key=True, comment="the release"
    )
    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("recording.id"), primary_key=True, index=True, comment="the recording"
    )
    position: Mapped[int] = mapped_column(comment="place on the release, from 1")


class Work(Base):
    """A composition."""

    __tablename__ = "work"
    __table_args__ = (
        CheckConstraint("iswc is null or iswc ~ '^T[0-9]{10}$'", name="iswc_canonical"),
        {"comment": "compositions behind the recordings"},
    )

    id: Mapped[UUID] = uuid_pk()
    iswc: Mapped[str | None] = mapped_column(unique=True, comment="ISWC, canonical; often unknown")
    title: Mapped[str] = mapped_column(comment="title of the work")
    import_id: Mapped[UUID] = _import()


class RecordingWork(Base):
    """Which work a recording performs."""

    __tablename__ = "recording_work"
    __table_args__ = {"comment": "the work a recording performs"}  # noqa: RUF012

    recording_id: Mapped[UUID] = mapped_column(
        ForeignKey("recording.id"), primary_key=True, comment="the recording"
    )
    work_id: Mapped[UUID] = mapped_column(
        ForeignKey("work.id"), primary_key=True, index=True, comment="the work"
    )


class CaseSubject(SideScoped, Base):
    """What a case is about, with the text as it read when it was chosen; both sides know it."""

    __tablename__ = "case_subject"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure = 'shared'", name="always_shared"),
        CheckConstraint("recording_id is null or release_id is not null", name="item_whole"),
        CheckConstraint("removed_at is not null or title <> ''", name="has_title"),
        Index(
            "uq_case_subject_live",
            "case_id",
            "key",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        Index("ix_case_subject_release", "release_id", "case_id"),
        {"comment": "what a case is about, with its text at the time"},
    )

    id: Mapped[UUID] = uuid_pk()
    position: Mapped[int] = mapped_column(comment="order in which it was chosen")
    key: Mapped[str] = mapped_column(comment="release, release.recording, or other")
    release_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("release.id"), comment="release of the catalogue; none for other things"
    )
    recording_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("recording.id"), comment="only this recording of it"
    )
    title: Mapped[str] = mapped_column(comment="title at the time")
    artist: Mapped[str] = mapped_column(comment="artist at the time")
    version: Mapped[str] = mapped_column(comment="version at the time, may be empty")
    isrc: Mapped[str | None] = mapped_column(comment="ISRC at the time, canonical")
    upc: Mapped[str | None] = mapped_column(comment="UPC at the time, 14 digits")
    link: Mapped[str] = mapped_column(comment="where it is, for things not in the catalogue")
    added_at: Mapped[datetime] = mapped_column(comment="when it was chosen")
    removed_at: Mapped[datetime | None] = mapped_column(comment="when it was taken off again")
