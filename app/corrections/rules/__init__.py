"""Pure rules of corrections, one topic a file: lifecycle, batches, proposal, approval, seen."""
