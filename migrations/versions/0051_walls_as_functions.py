"""The walls ask functions instead of reading tables in every statement.

A sub-select in a policy is planned with each statement that touches the table, some three hundred nodes on a case
page, and "is it one of mine" read all members of all cases each time. A function keeps its own plan and asks the
index for the one case in question (ADR 0041).
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0051_walls_as_functions"
down_revision = "0050_statement_matches"
branch_labels = None
depends_on = None

ASKS = "language plpgsql stable parallel safe cost 20 set search_path = public, pg_temp"
ACTS_AS = """({who} = app_person() or exists (select 1 from delegation as lent
    where lent.principal_id = {who} and lent.delegate_id = app_person() and lent.revoked_at is null
    and lent.starts_at <= now() and (lent.ends_at is null or lent.ends_at > now())))"""
MEMBER = f"from case_member as member where member.case_id = of_case and member.revoked_at is null and {ACTS_AS.format(who='member.person_id')}"
HOLDER = f"from catalogue_holder as holder where holder.artist_id = of_artist and holder.ended_at is null and {ACTS_AS.format(who='holder.person_id')}"
FUNCTIONS = {
    "acts_in(of_case uuid)": (f"exists (select 1 {MEMBER})", "true when the person of this transaction acts for a side of the case"),
    "acts_for(of_case uuid, of_side text)": (f"exists (select 1 {MEMBER} and member.side = of_side)", "true when the person of this transaction acts for that side of the case"),
    "holds_artist(of_artist uuid)": (f"exists (select 1 {HOLDER})", "true when the person of this transaction has the catalogue of the artist"),
    "sees_release(of_release uuid)": ("exists (select 1 from release as seen where seen.id = of_release)", "true when the release is behind no wall"),
    "sees_recording(of_recording uuid)": ("exists (select 1 from recording as seen where seen.id = of_recording)", "true when the recording is behind no wall"),
    "sees_work(of_work uuid)": ("exists (select 1 from recording_work as seen where seen.work_id = of_work)", "true when a recording of the work is behind no wall"),
}  # fmt: skip
COLUMN = r'((?:"?\w+"?\.)?\w+)'
REWRITTEN = (
    (rf"NOT \(EXISTS \( SELECT 1 FROM case_wall wall WHERE \(\(wall\.case_id = {COLUMN}\) AND \(wall\.person_id = app_person\(\)\) AND \(wall\.lifted_at IS NULL\)\)\)\)",
     r"(\1 = any ((select my_walls())::uuid[])) is not true"),
    (rf"\({COLUMN}, {COLUMN}\) IN \( SELECT my_side\.case_id, my_side\.side FROM my_side\)", r"acts_for(\1, \2)"),
    (rf"{COLUMN} IN \( SELECT my_side\.case_id FROM my_side\)", r"acts_in(\1)"),
    (rf"{COLUMN} IN \( SELECT my_artist\.artist_id FROM my_artist\)", r"holds_artist(\1)"),
    (rf"{COLUMN} IN \( SELECT release\.id FROM release\)", r"sees_release(\1)"),
    (rf"{COLUMN} IN \( SELECT recording\.id FROM recording\)", r"sees_recording(\1)"),
    (rf"{COLUMN} IN \( SELECT recording_work\.work_id FROM recording_work\)", r"sees_work(\1)"),
)  # fmt: skip
OLD = re.compile(
    r"\b(FROM case_wall|FROM my_side|FROM my_artist|FROM release|FROM recording|FROM recording_work)\b"
)


def upgrade() -> None:
    """Functions, then every policy anew with the same meaning; the views that nobody reads any more go."""
    for signature, (answer, comment) in FUNCTIONS.items():
        op.execute(
            f"create function {signature} returns boolean {ASKS} as $$ begin return {answer}; end $$"
        )
        op.execute(f"comment on function {signature} is '{comment}'")
    op.execute(f"""create function my_walls() returns uuid[] {ASKS} as $$ begin return (
        select coalesce(array_agg(wall.case_id), '{{}}') from case_wall as wall
        where wall.person_id = app_person() and wall.lifted_at is null); end $$""")
    op.execute(
        "comment on function my_walls() is 'cases that the person of this transaction is kept away from'"
    )
    policies = op.get_bind().execute(sa.text(
        "select tablename, policyname, qual, with_check from pg_policies where schemaname = 'public'"
    )).all()  # fmt: skip
    for table, policy, sight, check in policies:
        clauses = [
            f"{word} ({_anew(old)})"
            for word, old in (("using", sight), ("with check", check))
            if old and OLD.search(old)
        ]
        if clauses:
            op.execute(
                sa.text(
                    f'alter policy "{policy}" on "{table}" {" ".join(clauses)}'.replace(":", r"\:")
                )
            )
    op.create_index("ix_case_party_person_id", "case_party", ["person_id"])
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"])
    op.create_index("ix_clock_case_id", "clock", ["case_id"])
    op.execute("drop view my_side")
    op.execute("drop view my_artist")


def _anew(clause: str) -> str:
    """The clause of a policy in functions."""
    clause = " ".join(clause.split())
    for old, new in REWRITTEN:
        clause = re.sub(old, new, clause)
    if OLD.search(clause):
        raise RuntimeError(f"a wall that this migration does not know: {clause}")
    return clause


def downgrade() -> None:
    """Walls are never lowered: a mistake is mended by the next migration."""
    raise RuntimeError("no downgrade below the first release")
