"""S1: every filed case and all of the catalogue can be found. I12: what is found stands behind the walls of the thing itself."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "S1",
        "every filed case can be found",
        """
        select c.ref from "case" as c
        where c.state not in ('draft', 'deleted') and not exists (
          select 1 from search_entry as e where e.subject_kind = 'case' and e.subject_id = c.id)
        """,
    ),
    Check(
        "S1",
        "every release and recording can be found",
        """
        select 'release' as kind, r.id from release as r where not exists (
          select 1 from search_entry as e where e.subject_kind = 'release' and e.subject_id = r.id)
        union all
        select 'recording', r.id from recording as r where not exists (
          select 1 from search_entry as e where e.subject_kind = 'recording' and e.subject_id = r.id)
        """,
    ),
    Check(
        "I12",
        "what is found is walled as the thing itself",
        """
        select e.subject_kind, e.subject_id from search_entry as e
        left join message as m on m.id = e.subject_id and e.subject_kind in ('message', 'note')
        left join evidence_item as i on i.id = e.subject_id and e.subject_kind = 'evidence'
        left join letter as l on l.id = e.subject_id and e.subject_kind = 'letter'
        where e.subject_kind in ('message', 'note', 'evidence', 'letter')
          and (e.side, e.disclosure) is distinct from
              (coalesce(m.side, i.side, l.side), coalesce(m.disclosure, i.disclosure, l.disclosure))
        """,
    ),
)
