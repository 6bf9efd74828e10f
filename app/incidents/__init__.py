"""Parent events: one fault that many payees have in common, found by our own check of a statement month.

Decides: which discrepancies are one fault, that a line belongs to one event, what became of each payee's proposed case.
Does not decide: what is owed (recompute), how a case goes on (cases). Nothing reaches an artist before a person decides.
Tables: parent_event, parent_event_payee, parent_event_line.
Events: ParentEventFound, ChildCasesWanted, CorrectionsWanted.
Terms: parent event, child case, fault (a cause and the value that explains it).
"""
