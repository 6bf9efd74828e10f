"""Reads of the ledger, one topic a file: holds, payees with journals and balances, books (codes and months)."""
