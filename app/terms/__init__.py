"""What was agreed: shares, the house's commission, payees and their currencies, tax withheld, exchange rates, balances.

Decides: whether a file of terms may count (whole or not at all), which row holds in a month and territory, where shares
add up to more than the whole. Does not decide: what was earned (statements) or should have been paid (recompute); who
is right in a conflict (decisions). Tables: terms_version, terms_deal, terms_split, terms_payee, terms_withholding,
terms_rate, terms_balance; a row is written once and only ever ended, by the number of the version that did it. Events: none.
Terms: version = one change of the terms, counted over all tables; in force = not ended.
"""
