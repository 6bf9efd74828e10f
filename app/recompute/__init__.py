"""The payout audit: what each payee should have been paid, what they were paid, and which one mistake explains it.

Decides: cells, shares that apply, expected amounts, suspense, the cause of each difference. Does not decide
what is corrected. Tables: none; a pure function of its files, byte for byte. Terms: cell, suspense, cause.
"""
