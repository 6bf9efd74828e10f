"""Invariants of conversations: words and requests lie where they belong, and keys were used once."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I12",
        name="items and answers lie in the case and on the side of their request",
        sql="""select i.id from request_item i join request r on r.id = i.request_id
              where (i.case_id, i.side, i.disclosure) <> (r.case_id, r.side, r.disclosure)
            union all
            select a.id from request_answer a join request_item i on i.id = a.item_id
              where (a.case_id, a.side, a.disclosure) <> (i.case_id, i.side, i.disclosure)
            union all
            select m.id from message m join request r on r.id = m.request_id
              where (m.case_id, m.side, m.disclosure) <> (r.case_id, r.side, r.disclosure)""",
    ),
    Check(
        id="I12",
        name="files of an answer are files of that side of that case",
        sql="""select a.id from request_answer a cross join unnest(a.evidence_ids) as file(id)
            where not exists (select 1 from evidence_item e
              where e.id = file.id and e.case_id = a.case_id and e.side = a.side)""",
    ),
    Check(
        id="I8",
        name="an item that waits has no newer answer, and one that was answered has one",
        sql="""select i.id from request_item i where i.state in ('answered', 'cannot_provide')
            and not exists (select 1 from request_answer a where a.item_id = i.id
              and a.kind = case i.state when 'answered' then 'answer' else 'decline' end)
            union all
            select i.id from request_item i where i.state in ('asked')
              and exists (select 1 from request_answer a where a.item_id = i.id)""",
    ),
    Check(
        id="I16",
        name="one key of one sender made one message",
        sql="""select min(id::text) as id from message where client_key is not null
            group by case_id, sender_id, client_key having count(*) > 1""",
    ),
)
