"""Words that migrations use to raise the walls of the database: row-level security, guards, append-only, grants."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

APP = "redress_app"
AUDITOR = "redress_auditor"


def _not_walled(case: str) -> str:
    if _ask_functions():
        return f"({case} = any ((select my_walls())::uuid[])) is not true"
    return f"""not exists (select 1 from case_wall as wall
        where wall.case_id = {case} and wall.person_id = app_person() and wall.lifted_at is null)"""


def _own_side(case: str) -> str:
    if _ask_functions():
        return f"acts_for({case}, side)"
    return f"({case}, side) in (select my_side.case_id, my_side.side from my_side)"


def _own_case(case: str) -> str:
    return (
        f"acts_in({case})"
        if _ask_functions()
        else f"{case} in (select my_side.case_id from my_side)"
    )


def _ask_functions() -> bool:
    """False for the migrations before 0051, which turns their walls into functions."""
    return op.get_bind().scalar(text("select to_regproc('acts_in') is not null")) is True


def grant(table: str, privileges: str = "select,insert,update") -> None:
    """Give the application *privileges* and the auditor the right to read."""
    op.execute(f'grant {privileges} on "{table}" to {APP}')
    op.execute(f'grant select on "{table}" to {AUDITOR}')


def _policies(table: str, read: str, write: str) -> None:
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    op.execute(f'create policy sight on "{table}" for select using ({read})')
    op.execute(f'create policy adds on "{table}" for insert with check ({write})')
    op.execute(f'create policy changes on "{table}" for update using ({read}) with check ({write})')
    op.execute(
        f"create policy removes on \"{table}\" for delete using (app_scope() in ('system', 'owner'))"
    )


def _scoped(case: str, party_read: str, party_write: str) -> tuple[str, str]:
    staff = f"(app_scope() = 'staff' and {_not_walled(case)})"
    read = f"app_scope() in ('system', 'auditor', 'owner') or {staff} or (app_scope() = 'party' and ({party_read}))"
    write = f"app_scope() in ('system', 'owner') or {staff} or (app_scope() = 'party' and ({party_write}))"
    return read, write


def side_scoped(table: str, case_column: str = "case_id") -> None:
    """Second wall of a table with (case, side, disclosure): own side, or shared; internal never (I12)."""
    case = f'"{table}".{case_column}'
    own, same = _own_side(case), _own_case(case)
    read, write = _scoped(
        case,
        f"(disclosure = 'private' and {own}) or (disclosure = 'shared' and {same})",
        f"disclosure <> 'internal' and {own}",
    )
    _policies(table, read, write)


def side_and_leads(table: str, case_column: str = "case_id") -> None:
    """Second wall of what a side says about us: that side writes and reads it, leads read it, nobody else."""
    case = f'"{table}".{case_column}'
    own = f"app_scope() = 'party' and {_own_side(case)}"
    lead = (
        f"app_scope() = 'staff' and {_not_walled(case)} and exists (select 1 from role_grant as held "
        "where held.person_id = app_person() and held.role = 'lead' and held.revoked_at is null)"
    )
    house = "app_scope() in ('system', 'owner')"
    _policies(
        table, f"{house} or app_scope() = 'auditor' or ({own}) or ({lead})", f"{house} or ({own})"
    )


def case_scoped(table: str, case_column: str = "case_id") -> None:
    """Second wall of a table that both sides of a case may see (the case itself, its clocks)."""
    case = f'"{table}".{case_column}'
    same = _own_case(case)
    _policies(table, *_scoped(case, same, same))


def desk_only(table: str, case_column: str = "case_id") -> None:
    """Second wall of a table that no party ever reads (corrections, walls, internal facts)."""
    case = f'"{table}".{case_column}'
    _policies(table, *_scoped(case, "false", "false"))


def house_only(table: str) -> None:
    """Second wall of a table of the house without a case: staff and system write, the auditor reads, nobody else."""
    house = "app_scope() in ('system', 'owner', 'staff')"
    _policies(table, f"{house} or app_scope() = 'auditor'", house)


def roles_only(table: str, roles: tuple[str, ...]) -> None:
    """Second wall of a table that only some roles of the house read and write, and the auditor reads."""
    names = ", ".join(f"'{role}'" for role in roles)
    house = (
        "app_scope() in ('system', 'owner') or (app_scope() = 'staff' and exists (select 1 from role_grant as held "
        f"where held.person_id = app_person() and held.role in ({names}) and held.revoked_at is null))"
    )
    _policies(table, f"{house} or app_scope() = 'auditor'", house)


def append_only(table: str) -> None:
    """Rows are added and never changed or removed, by trigger and by grant."""
    op.execute(f'revoke update, delete, truncate on "{table}" from {APP}')
    op.execute(
        f'create trigger append_only before update or delete on "{table}" '
        "for each row execute function refuse_change()"
    )
    op.execute(
        f'create trigger never_emptied before truncate on "{table}" '
        "for each statement execute function refuse_change()"
    )


def guarded(table: str) -> None:
    """A change of a row commits only together with its history row (DECISIONS 21)."""
    op.execute(
        f'create constraint trigger guarded after insert or update or delete on "{table}" '
        "deferrable initially deferred for each row execute function require_history()"
    )
