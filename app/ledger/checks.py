"""I1 (money conserves), I3 of the books, and the money part of I14 (no hold without an open case)."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I1",
        "every journal sums to zero per currency and has two sides",
        """
        select journal.id, posting.currency, coalesce(sum(posting.minor), 0) as difference
        from journal left join posting on posting.journal_id = journal.id
        group by journal.id, posting.currency
        having coalesce(sum(posting.minor), 0) <> 0 or count(posting.id) < 2
        """,
    ),
    Check(
        "I1",
        "all balances of a currency add up to nothing",
        "select currency, sum(minor) as difference from posting group by currency having sum(minor) <> 0",
    ),
    Check(
        "I1",
        "a reversal mirrors what it reverses",
        """
        select turned.id, posting.account_id, sum(posting.minor) as difference
        from journal as turned join posting on posting.journal_id in (turned.id, turned.reverses_id)
        where turned.reverses_id is not null
        group by turned.id, posting.account_id having sum(posting.minor) <> 0
        """,
    ),
    Check(
        "I1",
        "no dispute hold gives out more than was held",
        """
        select account.id, account.case_id, account.currency, sum(posting.minor) as overdrawn
        from ledger_account as account join posting on posting.account_id = account.id
        where account.kind = 'dispute_hold'
        group by account.id, account.case_id, account.currency having sum(posting.minor) > 0
        """,
    ),
    Check(
        "I14",
        "nothing is held without an open case",
        """
        select hold.id, "case".id as case_id, "case".state from hold join "case" on "case".id = hold.case_id
        where hold.state in ('proposed', 'placed') and "case".state in ('draft', 'deleted', 'closed')
        """,
    ),
    Check(
        "I3",
        "a month is opened again by another person, and its acts take turns",
        """
        select act.id, act.month, act.ordinal from posting_period_act as act
        left join posting_period_act as before on before.month = act.month and before.ordinal = act.ordinal - 1
        where act.ordinal > 1 and before.id is null
           or act.act = 'reopened' and (before.id is null or same_human(act.by_id, before.by_id))
        """,
    ),
)
