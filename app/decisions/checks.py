"""Invariants of decisions."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I3",
        name="a decision is confirmed by somebody else",
        sql="""select d.id from decision d where d.confirmed_by is not null
            and same_human(d.confirmed_by, d.proposed_by)""",
    ),
    Check(
        id="I3",
        name="money is never decided by one person",
        sql="select id from decision where state = 'confirmed' and money_moves and confirmed_by is null",
    ),
    Check(
        id="I12",
        name="each side has its own notice of a confirmed decision, and no draft has one",
        sql="""select d.id from decision d left join decision_notice n on n.decision_id = d.id
            group by d.id, d.state, d.confirmed_at
            having count(n.id) <> case when d.confirmed_at is not null then 2 else 0 end""",
    ),
)
