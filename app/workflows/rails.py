"""How money leaves: the payer of the settings, and the field key for details and for files that name them."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.accounts.adapters.vault import keys_from
from app.corrections.service.payments import Rails
from app.exports.rules.payments import Payer

BANK = "bank"
"""What bank details are sealed for."""
PAYMENTS = "payments"


def rails_from(settings: Any) -> Rails:
    """The rails of this installation (`payer_…`, `ach_…`, `field_key` of the settings)."""
    vault = keys_from(settings).fields
    return Rails(
        Payer(
            settings.payer_name,
            settings.payer_iban,
            settings.ach_routing,
            settings.ach_company_id,
            settings.ach_bank_name,
        ),
        partial(vault.unseal, BANK),
        partial(vault.seal, PAYMENTS),
        partial(vault.unseal, PAYMENTS),
    )
