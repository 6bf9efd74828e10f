"""Invariants of notices (I10)."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I10",
        name="a mail that waits has a job that will send it",
        sql="""select m.id from outgoing_mail m where m.state in ('queued', 'claimed') and not exists (
            select 1 from procrastinate_jobs j where j.task_name = 'notifications.deliver'
            and j.args ->> 'mail_id' = m.id::text)""",
    ),
    Check(
        id="I10",
        name="a recipient was sent one notice at most twice, and twice only after an unknown outcome",
        sql="""select id from outgoing_mail where resends > 1
            or (resends = 1 and tries < 2 and state <> 'queued')""",
    ),
    Check(
        id="I10",
        name="codes and links do not outlive their sending",
        sql="""select id from outgoing_mail where secret and values <> '{}'::jsonb
            and state not in ('queued', 'claimed')""",
    ),
)
