"""Invariants of evidence: bytes as received, sides apart, sharing as written down, keys used once."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I7",
        name="one object has one hash and one size, and no other bytes were found under it",
        sql="""select object_key from evidence_item group by object_key
            having count(distinct (sha256, size)) > 1
            union all select object_key from evidence_orphan where kind = 'other_bytes' and resolved_at is null""",
    ),
    Check(
        id="I8",
        name="every received item has its object and its custody, and history says so",
        sql="""select object_key from evidence_orphan where kind = 'row_without_object' and resolved_at is null
            union all
            select i.object_key from evidence_item i where not exists (
              select 1 from evidence_event e where e.item_id = i.id and e.step = 'uploaded')
            union all
            select i.object_key from evidence_item i where not exists (
              select 1 from history_entry h where h.subject_kind = 'evidence_item'
                and h.subject_id = i.id::text and h.verb = 'evidence.received')""",
    ),
    Check(
        id="I12",
        name="what hangs on an item lies in the same case and on its side, the desk's or a reader's",
        sql="""select e.id from evidence_event e join evidence_item i on i.id = e.item_id
              where e.case_id <> i.case_id or (e.side not in (i.side, 'desk') and e.step <> 'opened')
            union all
            select e.id from evidence_event e join evidence_item i on i.id = e.item_id
              where e.side not in (i.side, 'desk') and not exists (select 1 from evidence_share s
                where s.item_id = i.id and s.action = 'shared' and s.at <= e.at)
            union all
            select s.id from evidence_share s join evidence_item i on i.id = s.item_id
              where s.case_id <> i.case_id or s.side <> i.side
            union all
            select v.id from evidence_verdict v join evidence_item i on i.id = v.item_id
              where v.case_id <> i.case_id
            union all
            select d.id from evidence_item d join evidence_item i on i.id = d.duplicate_of
              where (d.case_id, d.side, d.sha256) <> (i.case_id, i.side, i.sha256)""",
    ),
    Check(
        id="I13",
        name="an item is shared exactly when the last word about it was 'shared', and the bytes are the same",
        sql="""with last as (select distinct on (item_id) item_id, action from evidence_share
              order by item_id, n desc)
            select i.id from evidence_item i left join last on last.item_id = i.id
              where (i.disclosure = 'shared') <> (coalesce(last.action, '') = 'shared') and i.state <> 'purged'
            union all
            select s.id from evidence_share s join evidence_item i on i.id = s.item_id
              where (s.sha256, s.object_version) <> (i.sha256, i.object_version)""",
    ),
    Check(
        id="I16",
        name="one key of one uploader made one item",
        sql="""select min(id::text) as id from evidence_item where client_key is not null
            group by case_id, side, uploaded_by, client_key having count(*) > 1""",
    ),
)
