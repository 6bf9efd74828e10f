"""Use-cases of the ledger, one topic a file: payees, posting, holds."""
