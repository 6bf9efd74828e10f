"""Corrections: proposal, approval under four eyes, posting request, batches and what finance exports.
Decides who may approve, what exactly was seen, and that each correction leaves exactly once. Does not
keep balances (ledger), write file formats (exports) or decide the case (decisions).
Tables: correction, correction_line, correction_approval, batch, batch_line, batch_total, batch_run, export_file.
Events: CorrectionProposed, CorrectionApproved, CorrectionRefused, CorrectionReversed, BatchLocked,
BatchExported, CorrectionAcknowledged, CorrectionFailed.
"""
