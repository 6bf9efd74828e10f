"""The migrated schema: equal to the models, commented, walled, and least rights for the application."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from app.infra.db.base import Base
from app.infra.db.migrate import current, head
from app.infra.db.tables import load_all_models

OPEN_TO_BOTH_SIDES = {"case", "case_member", "clock"}
"""Walled by their own policies rather than by side and disclosure."""
MAY_DELETE = {"idempotency_key", "rate_bucket", "session", "draft_text", "csp_report", "search_recent"} | {
    "credential", "totp_secret", "recovery_code", "sign_in_code", "webhook_secret",
    "webhook_delivery", "webhook_attempt",
}  # fmt: skip
"""Passing things and spent secrets that the application may clear itself."""


def rows(pg: dict[str, Any], query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(pg["superuser"]) as admin:
        return admin.execute(query).fetchall()


def test_the_database_stands_at_the_newest_migration(pg: dict[str, Any]) -> None:
    engine = create_engine(pg["owner"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert current(connection) == head()
    engine.dispose()


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_models_are_the_schema(pg: dict[str, Any]) -> None:
    load_all_models()
    known = set(Base.metadata.tables)
    engine = create_engine(pg["owner"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, name, kind, _r, _c: kind != "table" or name in known,
            },
        )
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    # History's transaction column is written and read by the database alone.
    assert [d for d in found if "xact" not in str(d) and "ix_history" not in str(d)] == []


def test_every_column_and_table_says_what_it_is(pg: dict[str, Any]) -> None:
    silent = rows(
        pg,
        """select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0
             and not a.attisdropped and c.relname not like 'procrastinate%' and c.relname <> 'alembic_version'
             and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)""",
    )
    assert silent == []


def test_every_side_scoped_table_has_the_second_wall_forced(pg: dict[str, Any]) -> None:
    unwalled = rows(
        pg,
        """select c.relname from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
             and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'disclosure')
             and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'case_id')
             and not (c.relrowsecurity and c.relforcerowsecurity)""",
    )
    assert unwalled == []


def test_every_table_of_a_case_is_walled_or_without_party_data(pg: dict[str, Any]) -> None:
    bare = rows(
        pg,
        """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'case_id'
             and not c.relrowsecurity order by 1""",
    )
    assert {name for (name,) in bare} <= {
        "event",
        "history_entry",
        "case_wall",
        "outgoing_mail",
        "notice",
    }


def test_walls_ask_functions_and_read_no_table_themselves(pg: dict[str, Any]) -> None:
    # A sub-select in a policy is planned with each statement and may read the whole table each time (ADR 0041).
    inlined = rows(
        pg,
        r"""select tablename, policyname from pg_policies where schemaname = 'public' and coalesce(qual, '') || coalesce(with_check, '')
             ~ 'FROM (case_member|case_wall|catalogue_holder|release|recording|recording_work)\M'""",
    )
    assert inlined == []


def test_every_view_asks_with_the_rights_of_its_reader(pg: dict[str, Any]) -> None:
    owned = rows(
        pg,
        """select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
             and not coalesce('security_invoker=true' = any(reloptions), false)""",
    )
    assert owned == []


def test_the_application_role_is_neither_owner_nor_above_the_walls(pg: dict[str, Any]) -> None:
    assert rows(
        pg,
        "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = 'redress_app'",
    ) == [(False, False, False)]
    assert rows(pg, "select tablename from pg_tables where tableowner = 'redress_app'") == []


def test_the_application_deletes_only_passing_things(pg: dict[str, Any]) -> None:
    may = rows(
        pg,
        """select table_name from information_schema.role_table_grants where grantee = 'redress_app'
             and privilege_type = 'DELETE' and table_name not like 'procrastinate%'""",
    )
    assert {name for (name,) in may} <= MAY_DELETE


@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_b149_the_auditor_role_writes_nothing(pg: dict[str, Any], privilege: str) -> None:
    assert (
        rows(
            pg,
            f"""select table_name from information_schema.role_table_grants
                where grantee = 'redress_auditor' and privilege_type = '{privilege}'""",
        )
        == []
    )
