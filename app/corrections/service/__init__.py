"""Use-cases of corrections, one topic a file: proposals, approvals, batches."""
