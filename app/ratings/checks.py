"""Invariants of ratings."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I4",
        name="only a round that ended was rated",
        sql="""select r.id from rating r where not exists (
            select 1 from case_transition t where t.case_id = r.case_id and t.round = r.round
            and t.to_state in ('decided', 'closed') and t.at <= r.given_at)""",
    ),
    Check(
        id="I12",
        name="a rating was given by somebody of its side",
        sql="""select r.id from rating r where not exists (
            select 1 from case_member m where m.case_id = r.case_id and m.side = r.side
            and (m.person_id = r.by_id or exists (select 1 from delegation d
                where d.principal_id = m.person_id and d.delegate_id = r.by_id)))""",
    ),
)
