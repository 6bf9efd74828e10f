"""The payout audit: what each payee should have been paid, what they were paid, and which one mistake explains it.

Decides: cells, shares that apply, expected amounts, suspense, the cause of each difference. Does not decide
what is corrected. Over files it is a pure function, byte for byte; a run of it belongs to a case, or is over
all payees of a statement month.
Tables: payout_audit (a run), payout_audit_total, _group, _line, _split (what it found, by side), payout_audit_note.
Terms: cell, suspense, cause, group (lines of one month, store and territory).
"""
