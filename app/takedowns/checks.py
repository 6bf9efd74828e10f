"""Invariants of counter-notices."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I4",
        name="a counter-notice was sent by a move of its case",
        sql="""select n.id from counter_notice n where n.sent_at is not null and not exists (
            select 1 from case_transition t where t.case_id = n.case_id and t.event = 'counter')""",
    ),
    Check(
        id="I12",
        name="who signed a counter-notice stood on its side",
        sql="""select n.id from counter_notice n where n.sent_at is not null and not exists (
            select 1 from case_member m where m.case_id = n.case_id and m.side = n.side
            and (m.person_id = n.signer_id or exists (select 1 from delegation d
                where d.principal_id = m.person_id and d.delegate_id = n.signer_id)))""",
    ),
)
