"""Payees, accounts, journals, postings and holds. Decides that every journal balances per currency,
that nothing posted is ever edited, and which part of whose money is held, why and until when. It does
not know why a balance changes (that is a correction) nor who decided it. Keeps the books of finance: account codes in
versions by posting date, months that are closed and opened again.
Tables: payee, ledger_account, journal, posting, hold, account_code_version, posting_period_act.
Events: HoldPlaced, HoldReleased, HoldMoved, BankChanged.
"""
