"""Invariants of parent events: they add up, and history says how they came."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I19",
        name="the lines of a parent event add up to its sums, and history has it",
        sql="""select e.id from parent_event e
            where e.line_count <> (select count(*) from parent_event_line l where l.event_id = e.id)
               or e.payee_count <> (select count(*) from parent_event_payee p where p.event_id = e.id)
               or exists (select 1 from (select l.currency, sum(l.delta) as total from parent_event_line l
                                         where l.event_id = e.id group by l.currency) found
                          full join jsonb_each_text(e.sums) said on said.key = found.currency
                          where found.total is distinct from said.value::numeric)
               or not exists (select 1 from history_entry h where h.subject_kind = 'parent_event'
                              and h.subject_id = e.id::text and h.verb = 'parent_event.found')""",
    ),
)
