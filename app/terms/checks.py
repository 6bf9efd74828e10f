"""Invariants of the terms: every version is there wholly, with its history, and numbers have no gap."""

from __future__ import annotations

from app.infra.checks import Check

_ROWS = """select made_in, ended_in from terms_deal
    union all select made_in, ended_in from terms_split
    union all select made_in, ended_in from terms_payee
    union all select made_in, ended_in from terms_withholding
    union all select made_in, ended_in from terms_rate
    union all select made_in, ended_in from terms_balance"""

CHECKS: tuple[Check, ...] = (
    Check(
        id="I18",
        name="a change of the terms began and ended as many rows as it says, and history has it",
        sql=f"""with every as ({_ROWS}),
                began as (select made_in as number, count(*) as rows from every group by 1),
                ended as (select ended_in as number, count(*) as rows from every group by 1)
            select v.number from terms_version v
            left join began on began.number = v.number left join ended on ended.number = v.number
            where v.added <> coalesce(began.rows, 0) or v.ended <> coalesce(ended.rows, 0)
               or not exists (select 1 from history_entry h where h.subject_kind = 'terms_version'
                              and h.subject_id = v.id::text and h.verb = 'terms.changed')""",  # noqa: S608 - names of our own
    ),
    Check(
        id="I18",
        name="changes of the terms are numbered without a gap",
        sql="""select max(number) as newest, count(*) as changes from terms_version
            having max(number) <> count(*)""",
    ),
    Check(
        id="I1",
        name="each month of a contract begins where the one before ended",
        sql="""select id, contract, month from (
                select id, contract, month, opening, currency, payee, lag(closing) over w as closed,
                       lag(currency) over w as before, lag(payee) over w as whose
                from terms_balance where ended_in is null window w as (partition by contract order by month)) as one
            where closed <> opening or before <> currency or whose <> payee""",
    ),
)
