"""Invariants of webhooks: nobody is told twice, nothing but identifiers travels, what ended stays ended."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I12",
        "a webhook carries identifiers and nothing else",
        """
        select d.id from webhook_delivery as d, jsonb_each_text(d.data) as one(name, value)
        where name not in ('case', 'message', 'request', 'evidence', 'decision', 'letter', 'hold',
                           'correction', 'batch', 'endpoint')
           or value !~ '^[0-9A-Za-z-]{1,36}$'
        """,
    ),
    Check(
        "I10",
        "every attempt of a delivery is counted",
        """
        select d.id from webhook_delivery as d
        where d.attempts <> (select count(*) from webhook_attempt as a where a.delivery_id = d.id)
        """,
    ),
    Check(
        "I10",
        "what was delivered was answered well",
        """
        select d.id from webhook_delivery as d where d.state = 'delivered' and not exists (
          select 1 from webhook_attempt as a where a.delivery_id = d.id and a.number = d.attempts
          and a.status between 200 and 299)
        """,
    ),
    Check(
        "I10",
        "every webhook that is not removed has a secret",
        """
        select e.id from webhook_endpoint as e where e.removed_at is null and not exists (
          select 1 from webhook_secret as s where s.endpoint_id = e.id and s.place = 'newest')
        """,
    ),
)
