"""Evidence: files of a case from arrival to custody, with who saw, shared and judged them.

Decides: what is admitted and with which warning, how an item moves, who may see it, what seals it.
Does not decide: what a file proves for the outcome (decisions), or what a request asked (conversations).
Tables: evidence_item, evidence_event (custody), evidence_share, evidence_verdict, evidence_orphan.
Events: EvidenceReceived, EvidenceShared, EvidenceWithdrawn, VerdictRecorded.
Terms: item = one stored file of one side; exhibit = its label; sealed = locked in the store.
"""
