"""The desk's lists: views, words on cases, preferences, bulk runs; orders of the list; the channel of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import desk_only, grant, guarded, house_only

revision = "0014_desk_lists"
down_revision = "0013_cancelled_batches"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
OPEN = "state not in ('draft', 'deleted', 'closed')"
FILED = "state not in ('draft', 'deleted')"


def _id() -> sa.Column:
    return sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier")


def _ck(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Tables, their walls, and an index for each order of the list."""
    _channel()
    _orders()
    _views()
    _tags()
    _preferences()
    _runs()


def _channel() -> None:
    op.add_column(
        "case",
        sa.Column("channel", sa.Text, nullable=False, server_default="portal", comment="way it reached us"),
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_case_channel_known"),
        "case",
        "channel in ('portal', 'email', 'phone', 'store', 'api')",
    )


def _orders() -> None:
    for name, columns in (
        ("due", "next_due_at, id"),
        ("updated", "updated_at, id"),
        ("opened", "submitted_at, id"),
        ("stake", "disputed_amount desc nulls last, id desc"),
    ):
        op.execute(f'create index ix_case_open_{name} on "case" ({columns}) where {OPEN}')
    for name, columns in (("updated", "updated_at, id"), ("opened", "submitted_at, id")):
        op.execute(f'create index ix_case_filed_{name} on "case" ({columns}) where {FILED}')


def _views() -> None:
    op.create_table(
        "saved_view",
        _id(),
        sa.Column("slug", sa.Text, nullable=False, comment="its word in the address"),
        sa.Column("name", sa.Text, nullable=False, comment="what it is called"),
        sa.Column("query", sa.Text, nullable=False, comment="the filter in its canonical form"),
        sa.Column("reach", sa.Text, nullable=False, comment="own, team or queue: in whose navigation it stands"),
        sa.Column("icon", sa.Text, nullable=False, comment="icon in the navigation"),
        sa.Column("owner_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="who made it"),
        sa.Column("position", sa.Integer, nullable=False, comment="order in the navigation, from 1"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.Column("created_at", AT, nullable=False, comment="when it was saved"),
        sa.Column("updated_at", AT, nullable=False, comment="last change"),
        sa.Column("retired_at", AT, comment="when it left the navigation"),
        sa.UniqueConstraint("slug", name="uq_saved_view_slug"),
        _ck("saved_view", "reach_known", "reach in ('own', 'team', 'queue')"),
        _ck("saved_view", "has_name", "name <> '' and slug <> ''"),
        _ck("saved_view", "counters_positive", "position >= 1 and version >= 1"),
        comment="filters of the desk's lists under a name",
    )  # fmt: skip
    op.create_index("ix_saved_view_owner_id", "saved_view", ["owner_id", "position"])
    op.create_index(
        "ix_saved_view_shared",
        "saved_view",
        ["position"],
        postgresql_where=sa.text("reach <> 'own'"),
    )
    grant("saved_view")
    guarded("saved_view")
    _own_or_shared("saved_view", "owner_id", " or reach <> 'own'")


def _own_or_shared(table: str, person: str, shared: str = "") -> None:
    """Second wall of what people of the desk keep for themselves: their own rows, and what is shared."""
    house = "app_scope() in ('system', 'owner')"
    own = f"(app_scope() = 'staff' and ({person} = app_person(){shared}))"
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(
        f"create policy sight on \"{table}\" for select using ({house} or app_scope() = 'auditor' or {own})"
    )
    op.execute(f'create policy adds on "{table}" for insert with check ({house} or {own})')
    op.execute(
        f'create policy changes on "{table}" for update using ({house} or {own}) with check ({house} or {own})'
    )
    op.execute(f'create policy removes on "{table}" for delete using ({house})')


def _tags() -> None:
    op.create_table(
        "tag",
        _id(),
        sa.Column("name", sa.Text, nullable=False, comment="the word, lower case"),
        sa.Column("version", sa.Integer, nullable=False, comment="counts every change"),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("person.id"), comment="who made it"),
        sa.Column("created_at", AT, nullable=False, comment="when it was made"),
        sa.Column("retired_at", AT, comment="since when it is not offered"),
        _ck("tag", "name_in_lower_case", "name <> '' and name = lower(name)"),
        _ck("tag", "name_without_comma", "position(',' in name) = 0"),
        _ck("tag", "version_positive", "version >= 1"),
        comment="words that the desk puts on cases; never shown to a party",
    )
    op.create_index("uq_tag_name", "tag", ["name"], unique=True)
    grant("tag")
    guarded("tag")
    house_only("tag")
    op.create_table(
        "case_tag",
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), primary_key=True, comment="the case"),
        sa.Column("tag_id", sa.Uuid, sa.ForeignKey("tag.id"), primary_key=True, comment="the word"),
        sa.Column("added_at", AT, nullable=False, comment="since when"),
        sa.Column("added_by", sa.Uuid, sa.ForeignKey("person.id"), comment="who put it"),
        sa.Column("removed_at", AT, comment="when it was taken off"),
        comment="words on cases; the desk alone reads them",
    )  # fmt: skip
    op.create_index("ix_case_tag_tag_id", "case_tag", ["tag_id", "case_id"])
    grant("case_tag")
    desk_only("case_tag")


def _preferences() -> None:
    op.create_table(
        "list_preference",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), primary_key=True, comment="the person"),
        sa.Column("columns", pg.ARRAY(sa.Text), nullable=False, comment="columns shown"),
        sa.Column("density", sa.Text, nullable=False, comment="comfortable or compact"),
        sa.Column("updated_at", AT, nullable=False, comment="last change"),
        _ck("list_preference", "density_known", "density in ('comfortable', 'compact')"),
        comment="columns and density of a person's lists",
    )  # fmt: skip
    grant("list_preference")
    _own_or_shared("list_preference", "person_id")


def _runs() -> None:
    op.create_table(
        "bulk_run",
        _id(),
        sa.Column("by_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="who asked for it"),
        sa.Column("act", sa.Text, nullable=False, comment="assign, tag, untag or stage"),
        sa.Column("given", pg.JSONB, nullable=False, comment="to whom, which word, which move"),
        sa.Column("query", sa.Text, nullable=False, comment="the filter when all of it was meant"),
        sa.Column("state", sa.Text, nullable=False, comment="previewed, running, done or undone"),
        sa.Column("created_at", AT, nullable=False, comment="when it was looked at first"),
        sa.Column("started_at", AT, comment="when it began"),
        sa.Column("finished_at", AT, comment="when its last case was done"),
        _ck("bulk_run", "act_known", "act in ('assign', 'tag', 'untag', 'stage')"),
        _ck("bulk_run", "state_known", "state in ('previewed', 'running', 'done', 'undone')"),
        _ck("bulk_run", "ended_has_time", "(state in ('done', 'undone')) = (finished_at is not null)"),
        comment="acts on many cases at once, each case its own transaction",
    )  # fmt: skip
    op.create_index("ix_bulk_run_by_id", "bulk_run", ["by_id", "created_at"])
    grant("bulk_run")
    _own_or_shared("bulk_run", "by_id")
    op.create_table(
        "bulk_row",
        sa.Column("run_id", sa.Uuid, sa.ForeignKey("bulk_run.id"), primary_key=True, comment="the run"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), primary_key=True, comment="the case"),
        sa.Column("position", sa.Integer, nullable=False, comment="order within the run, from 1"),
        sa.Column("version", sa.Integer, nullable=False, comment="version of the case that the reader saw"),
        sa.Column("result", sa.Text, nullable=False, comment="waiting, changed, same, refused, stale or undone"),
        sa.Column("reason", sa.Text, nullable=False, comment="why not, in words"),
        sa.Column("before", pg.JSONB, nullable=False, comment="what stood there, to take it back"),
        sa.Column("version_after", sa.Integer, comment="version of the case after the act"),
        sa.Column("done_at", AT, comment="when it was done"),
        sa.UniqueConstraint("run_id", "position", name="uq_bulk_row_run_id_position"),
        _ck("bulk_row", "result_known",
            "result in ('waiting', 'changed', 'same', 'refused', 'stale', 'undone')"),
        _ck("bulk_row", "done_has_time", "result not in ('changed', 'undone') or done_at is not null"),
        comment="what became of each case of a bulk act",
    )  # fmt: skip
    op.create_index(op.f("ix_bulk_row_case_id"), "bulk_row", ["case_id"])
    grant("bulk_row")
    desk_only("bulk_row")


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
