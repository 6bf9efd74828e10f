"""Pure rules of the ledger, one topic a file: posting, holds."""
