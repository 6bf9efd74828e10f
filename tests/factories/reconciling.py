"""Files of a ledger for tests of reconciling, as ledgers write them, and the batch they answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.factories.corrections import Desk, make_exported

HEAD = "reference,amount,currency,posted date\n"
HEAD_IN_WORDS = "Correction,Amount,Currency,Posted on\n"
"""The same columns by the names that people give them."""


def make_left(desk: Desk, app: Any, *amounts: str) -> UUID:
    """A batch that left; by default with corrections of 10 and 20 EUR."""
    storage = app.extensions["redress"].storage
    return make_exported(desk, storage, *(amounts or ("10.00", "20.00")))[0]


def posted(reference: object, amount: str) -> str:
    """A line that a ledger posted, in euro on the last of November."""
    return f"{reference},{amount},EUR,2026-11-30\n"
