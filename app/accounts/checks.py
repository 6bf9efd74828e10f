"""Invariants of accounts: what four eyes and idempotency stand on."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I3",
        "nobody holds roles that exclude each other",
        """
        select person_id from role_grant where revoked_at is null group by person_id
        having count(*) > 1 and (array_agg(role) && array['artist', 'admin', 'auditor']
          or array_agg(role) @> array['finance_preparer', 'finance_approver'])
        """,
    ),
    Check(
        "I3",
        "nobody gave a role to themselves",
        "select id from role_grant where granted_by = person_id",
    ),
    Check(
        "I3",
        "nobody of the house is a member of a case",
        """
        select m.id from case_member as m join role_grant as g on g.person_id = m.person_id
        where m.revoked_at is null and g.revoked_at is null and g.role <> 'artist'
        """,
    ),
    Check(
        "I16",
        "a key belongs to one client once",
        "select client, key from idempotency_key group by client, key having count(*) > 1",
    ),
)
