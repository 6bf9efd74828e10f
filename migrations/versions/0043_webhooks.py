"""Webhooks: endpoints of people, their secrets, what is told and each attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import APP

revision = "0043_webhooks"
down_revision = "0042_bank_details"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
HOUSE = "app_scope() in ('system', 'owner')"
REACHED = "exists (select 1 from webhook_endpoint as e where e.id = endpoint_id)"
TOLD = "exists (select 1 from webhook_delivery as d where d.id = delivery_id)"


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def upgrade() -> None:
    """Four tables. The auditor's role reads none of them: addresses of others may hold their secrets."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid, primary_key=True, comment="random public identifier"),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, comment="its owner: it is told what this person may see"),
        sa.Column("url", sa.Text, nullable=False, comment="where it is called"),
        sa.Column("kinds", pg.ARRAY(sa.Text()), nullable=False, comment="what it is told"),
        sa.Column("state", sa.Text, nullable=False, comment="on, off or disabled"),
        sa.Column("reason", sa.Text, nullable=False, server_default="", comment="why it is disabled: gone or failing"),
        sa.Column("failing_since", AT, comment="first failure after the last success"),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("person.id"), comment="who made it, empty for the system"),
        sa.Column("created_at", AT, nullable=False, comment="when it was made"),
        sa.Column("removed_at", AT, comment="when its owner removed it"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1", comment="optimistic lock"),
        *_checks(
            "webhook_endpoint",
            state_known="state in ('on', 'off', 'disabled')",
            reason_known="reason in ('', 'gone', 'failing')",
            disabled_has_reason="(state = 'disabled') = (reason <> '')",
            kinds_some="cardinality(kinds) > 0",
            url_length="length(url) between 1 and 2000",
        ),
        comment="addresses of programs that are told what happened",
    )  # fmt: skip
    op.create_index("ix_webhook_endpoint_person_id", "webhook_endpoint", ["person_id"])
    op.create_table(
        "webhook_secret",
        sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("webhook_endpoint.id"), primary_key=True, comment="whose calls it signs"),
        sa.Column("place", sa.Text, primary_key=True, comment="newest, or older until it ends"),
        sa.Column("sealed", sa.Text, nullable=False, comment="encrypted with a key of the settings"),
        sa.Column("made_at", AT, nullable=False, comment="when it was made and shown"),
        sa.Column("ends_at", AT, comment="when the older one stops signing"),
        *_checks(
            "webhook_secret",
            place_known="place in ('newest', 'older')",
            older_ends="(place = 'older') = (ends_at is not null)",
        ),
        comment="secrets that sign calls, encrypted; two at most",
    )  # fmt: skip
    _deliveries()
    _walls()


def _deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid, primary_key=True, comment="the same for every attempt and replay"),
        sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("webhook_endpoint.id"), nullable=False, comment="who is told"),
        sa.Column("event_id", sa.Uuid, comment="what happened, empty for a ping"),
        sa.Column("kind", sa.Text, nullable=False, comment="what kind of thing happened"),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("case.id"), comment="the case"),
        sa.Column("data", pg.JSONB, nullable=False, comment="identifiers that travel, nothing else"),
        sa.Column("happened_at", AT, nullable=False, comment="when it happened"),
        sa.Column("state", sa.Text, nullable=False, comment="waiting, delivered, failed or withheld"),
        sa.Column("tries", sa.Integer, nullable=False, comment="attempts since it was asked for or replayed"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="attempts in all"),
        sa.Column("created_at", AT, nullable=False, comment="when it was asked for"),
        sa.Column("next_at", AT, comment="when it is tried next"),
        sa.Column("ended_at", AT, comment="when it was delivered, given up or withheld"),
        sa.UniqueConstraint("endpoint_id", "event_id", name="uq_webhook_delivery_endpoint_id_event_id"),
        *_checks(
            "webhook_delivery",
            state_known="state in ('waiting', 'delivered', 'failed', 'withheld')",
            ended_has_time="(state = 'waiting') = (ended_at is null)",
            counts_in_range="tries between 0 and 8 and attempts >= tries",
            ping_has_no_event="(kind = 'ping') = (event_id is null)",
        ),
        comment="what is told to an endpoint, and how that went",
    )  # fmt: skip
    op.create_index(
        "ix_webhook_delivery_endpoint_id", "webhook_delivery", ["endpoint_id", "created_at"]
    )
    op.create_index("ix_webhook_delivery_ended_at", "webhook_delivery", ["ended_at"],
                    postgresql_where=sa.text("ended_at is not null"))  # fmt: skip
    op.create_table(
        "webhook_attempt",
        sa.Column("delivery_id", sa.Uuid, sa.ForeignKey("webhook_delivery.id", ondelete="cascade"), primary_key=True, comment="what was told"),
        sa.Column("number", sa.Integer, primary_key=True, comment="from 1, over all replays"),
        sa.Column("at", AT, nullable=False, comment="when it began"),
        sa.Column("status", sa.Integer, comment="HTTP status, empty without an answer"),
        sa.Column("failure", sa.Text, nullable=False, comment="why there was no answer"),
        sa.Column("took_ms", sa.Integer, comment="milliseconds until the answer was read; empty without one"),
        sa.Column("answer", sa.Text, nullable=False, comment="first characters of the answer"),
        *_checks(
            "webhook_attempt",
            number_positive="number > 0",
            answer_or_failure="(status is null) = (failure <> '')",
            answer_length="length(answer) <= 500",
        ),
        comment="calls of endpoints and what came back",
    )  # fmt: skip


def _walls() -> None:
    """Owners see their own, administrators all addresses; secrets are for the house; the house writes."""
    own = "person_id = app_person()"
    sights = {
        "webhook_endpoint": f"{HOUSE} or app_scope() = 'admin' or {own}",
        "webhook_secret": HOUSE,
        "webhook_delivery": f"{HOUSE} or {REACHED}",
        "webhook_attempt": f"{HOUSE} or {TOLD}",
    }
    writes = {**dict.fromkeys(sights, HOUSE), "webhook_endpoint": f"{HOUSE} or {own}"}
    for table, sight in sights.items():
        op.execute(f"grant select, insert, update on {table} to {APP}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy sight on {table} for select using ({sight})")
        op.execute(f"create policy adds on {table} for insert with check ({writes[table]})")
        op.execute(
            f"create policy changes on {table} for update using ({writes[table]}) with check ({writes[table]})"
        )
        op.execute(f"create policy removes on {table} for delete using ({HOUSE})")
    op.execute(f"grant delete on webhook_secret, webhook_delivery, webhook_attempt to {APP}")
    # How calls go is no act of anybody: everything else that changes comes with its history row.
    op.execute(
        "create constraint trigger guarded after insert or delete "
        "or update of person_id, url, kinds, state, reason, removed_at "
        "on webhook_endpoint deferrable initially deferred for each row execute function require_history()"
    )


def downgrade() -> None:
    """Nobody is told any more; what was told is forgotten."""
    for table in ("webhook_attempt", "webhook_delivery", "webhook_secret", "webhook_endpoint"):
        op.drop_table(table)
