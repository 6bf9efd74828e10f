"""Numbers that others gave a case: a store's ticket, a platform's claim, the claimant's own reference.

Decides: when two cases carry the same number, which one holds it; the other is linked. Does not decide: whether they
are duplicates (a person does). Tables: case_reference (a side's own), reference_holder (the house alone). No events.
Terms: holder = the case that named the number first and still does.
"""
