"""The catalogue: artists, releases, recordings, works, who has which of them, and the files that said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, grant, guarded

revision = "0021_catalogue"
down_revision = "0020_letter_signatures"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
HOUSE = "app_scope() in ('system', 'owner', 'staff', 'admin')"
WRITERS = "app_scope() in ('system', 'owner', 'admin')"
ACTS_FOR = """(person_id = app_person() or person_id in (
    select principal_id from delegation where delegate_id = app_person() and revoked_at is null
    and starts_at <= now() and (ends_at is null or ends_at > now())))"""
MINE = "(app_scope() = 'party' and {artist} in (select my_artist.artist_id from my_artist))"


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier")


def _to(name: str, table: str, comment: str, **options: bool) -> sa.Column:
    return sa.Column(
        name, sa.Uuid, sa.ForeignKey(f"{table}.id"), comment=comment,
        primary_key=options.get("key", False), nullable=options.get("nullable", False),
        index=options.get("index") or None,
    )  # fmt: skip


def _import() -> sa.Column:
    return _to("import_id", "catalogue_import", "file that said so last", index=True)


def _ck(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _text(name: str, comment: str, *, nullable: bool = False, key: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=key, comment=comment)


def upgrade() -> None:
    """Tables first, then the walls around them."""
    _import_table()
    _artists()
    _releases()
    _recordings()
    _works()
    _grants()
    _walls()


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")


def _import_table() -> None:
    op.create_table(
        "catalogue_import",
        _id(),
        _text("name", "name of the file"),
        _text("sha256", "hash of its bytes, lower-case hex"),
        sa.Column("line_count", sa.Integer, nullable=False, comment="lines below the header"),
        _to("by_id", "person", "who took it in; none for the system", nullable=True),
        sa.Column("at", AT, nullable=False, comment="when"),
        _ck("catalogue_import", "sha256_hex", "sha256 ~ '^[0-9a-f]{64}$'"),
        _ck("catalogue_import", "has_lines", "line_count > 0"),
        comment="files of the catalogue that were taken in",
    )


def _artists() -> None:
    op.create_table(
        "artist",
        _id(),
        sa.Column("code", sa.Text, nullable=False, unique=True, comment="the distributor's own number of the artist"),
        _text("name", "main name, in its own script"),
        _text("search", "all names without case, accents and width"),
        _import(),
        _ck("artist", "name_length", "length(name) between 1 and 300"),
        comment="artists as stores know them",
    )  # fmt: skip
    op.create_table(
        "artist_name",
        _to("artist_id", "artist", "the artist", key=True),
        _text("name", "the other name", key=True),
        sa.Column("ended_at", AT, comment="since when no file says it any more"),
        comment="other names of artists, such as Latin spellings",
    )
    op.create_table(
        "catalogue_holder",
        _id(),
        _to("artist_id", "artist", "the artist"),
        _to("person_id", "person", "the account"),
        sa.Column("since", AT, nullable=False, comment="from when"),
        sa.Column("ended_at", AT, comment="until when; sight ends at once"),
        comment="accounts that have an artist's catalogue; kept after they end",
    )
    live = sa.text("ended_at is null")
    op.create_index(
        "uq_catalogue_holder_live", "catalogue_holder", ["artist_id", "person_id"],
        unique=True, postgresql_where=live,
    )  # fmt: skip
    op.create_index("ix_catalogue_holder_person", "catalogue_holder", ["person_id", "artist_id"])


def _releases() -> None:
    kinds = "kind in ('single', 'ep', 'full_length', 'compilation')"
    op.create_table(
        "release",
        _id(),
        _to("artist_id", "artist", "main artist"),
        sa.Column("upc", sa.Text, nullable=False, unique=True, comment="UPC or EAN as 14 digits"),
        _text("title", "title"),
        _text(
            "search",
            "title, its recordings' titles and the artist's names, without case and accents",
        ),
        _text("kind", "single, ep, full_length or compilation"),
        sa.Column("released_on", sa.Date, comment="day of first release"),
        _text("label", "label as on the release"),
        sa.Column(
            "stores", pg.ARRAY(sa.Text), nullable=False, comment="stores it was delivered to"
        ),
        _import(),
        _ck("release", "kind_known", kinds),
        _ck("release", "upc_canonical", "upc ~ '^[0-9]{14}$'"),
        _ck("release", "title_length", "length(title) between 1 and 300"),
        comment="releases of the distributor's catalogue",
    )
    op.create_index("ix_release_artist", "release", ["artist_id", "released_on", "id"])
    op.create_index(
        "ix_release_search", "release", ["search"],
        postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"},
    )  # fmt: skip


def _recordings() -> None:
    op.create_table(
        "recording",
        _id(),
        _to("artist_id", "artist", "artist of the first release with it", index=True),
        sa.Column("isrc", sa.Text, nullable=False, unique=True, comment="ISRC, canonical"),
        _text("title", "title without version"),
        _text("version", "version such as live or remix, may be empty"),
        sa.Column("seconds", sa.Integer, comment="length in seconds"),
        _import(),
        _ck("recording", "isrc_canonical", "isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'"),
        _ck("recording", "seconds_range", "seconds is null or seconds between 1 and 86400"),
        comment="sound recordings of the distributor's catalogue",
    )
    op.create_table(
        "release_recording",
        _to("release_id", "release", "the release", key=True),
        _to("recording_id", "recording", "the recording", key=True, index=True),
        sa.Column("position", sa.Integer, nullable=False, comment="place on the release, from 1"),
        sa.UniqueConstraint("release_id", "position"),
        _ck("release_recording", "position_range", "position between 1 and 999"),
        comment="recordings of a release in order",
    )


def _works() -> None:
    op.create_table(
        "work",
        _id(),
        sa.Column("iswc", sa.Text, unique=True, comment="ISWC, canonical; often unknown"),
        _text("title", "title of the work"),
        _import(),
        _ck("work", "iswc_canonical", "iswc is null or iswc ~ '^T[0-9]{10}$'"),
        comment="compositions behind the recordings",
    )
    op.create_table(
        "recording_work",
        _to("recording_id", "recording", "the recording", key=True),
        _to("work_id", "work", "the work", key=True, index=True),
        comment="the work a recording performs",
    )


def _grants() -> None:
    for table in ("artist", "artist_name", "catalogue_holder", "release", "recording", "work"):
        grant(table)
    for table in ("catalogue_import", "release_recording", "recording_work"):
        grant(table, "select,insert")
    append_only("catalogue_import")
    guarded("catalogue_import")
    guarded("catalogue_holder")


def _walls() -> None:
    """The house reads all; a party what they hold, or what those they act for hold."""
    op.execute(f"""
        create view my_artist with (security_invoker = true) as
        select artist_id from catalogue_holder where ended_at is null and {ACTS_FOR}""")
    op.execute(
        "comment on view my_artist is 'artists whose catalogue the person of this transaction has'"
    )
    op.execute("grant select on my_artist to redress_app, redress_auditor")
    _wall("catalogue_import", "false")
    _wall("catalogue_holder", f"app_scope() = 'party' and {ACTS_FOR}")
    _wall("artist", MINE.format(artist="id"))
    for table in ("artist_name", "release", "recording"):
        _wall(table, MINE.format(artist="artist_id"))
    _wall("release_recording", "release_id in (select release.id from release)")
    _wall("recording_work", "recording_id in (select recording.id from recording)")
    _wall("work", "id in (select recording_work.work_id from recording_work)")


def _wall(table: str, mine: str) -> None:
    """*mine*: what a party reads; a table above it is walled itself, so a subquery on it is enough."""
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    read = f"{HOUSE} or app_scope() = 'auditor' or ({mine})"
    op.execute(f'create policy sight on "{table}" for select using ({read})')
    op.execute(f'create policy adds on "{table}" for insert with check ({WRITERS})')
    op.execute(
        f'create policy changes on "{table}" for update using ({read}) with check ({WRITERS})'
    )
