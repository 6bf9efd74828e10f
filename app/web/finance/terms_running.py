"""A contract beside the ledger: what was taken in, what its entries make of it, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.queries.running import posted_by_month
from app.ledger.rules.running import AMOUNTS, Running, running
from app.terms.queries.contracts import ContractRow, contract_named
from app.terms.rules.rows import Balance, month_text
from app.web.finance.terms_words import COLUMN_WORDS
from app.web.shared.filters import money_words
from app.web.shared.shell import pick_locale


@dataclass(frozen=True, slots=True)
class ContractView:
    """*rows*: month, what the row is, an amount a column, empty where nothing differs; *why_not*: why there are none."""

    name: str
    heads: tuple[dict[str, Any], ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    why_not: str = ""


def contract_beside_ledger(tx: Tx, actor: Actor, name: str) -> ContractView | None:
    """The contract of that name; None for none, and for who may not see the ledger."""
    contract = contract_named(tx, actor, name) if may(actor, Permission.BATCH_READ) else None
    if contract is None:
        return None
    heads = (
        {"text": COLUMN_WORDS["month"]},
        {"text": _("Says")},
        *({"text": COLUMN_WORDS[amount], "num": True} for amount in AMOUNTS),
    )
    why_not = _why_not(contract)
    if why_not or contract.payee_id is None:
        return ContractView(name, heads, why_not=why_not)
    last = contract.last
    posted = posted_by_month(tx, actor, contract.payee_id, last.currency, last.month)
    months = running(last, posted)
    return ContractView(name, heads, tuple(row for one in months for row in _rows(one)))


def _why_not(contract: ContractRow) -> str:
    if contract.payee_id is None:
        return _("The payees do not say who %(name)s is in the ledger.", name=contract.last.payee)
    if not contract.alone:
        return _(
            "%(name)s has more contracts in this currency, and the ledger does not keep them apart.",
            name=contract.last.payee,
        )
    return ""


def _rows(one: Running) -> list[tuple[str, str, tuple[str, ...]]]:
    month, currency = month_text(one.computed.month), one.computed.currency
    found = [(month, _("The ledger"), _amounts(_said(one.computed), currency))]
    if one.taken is not None:
        found.insert(0, (month, _("The terms"), _amounts(_said(one.taken), currency)))
        names = ", ".join(str(COLUMN_WORDS[name]) for name in one.differences)
        differs = _("Differs: %(names)s", names=names) if names else _("Nothing differs")
        found.append((month, differs, _amounts(one.differences, currency)))
    return found


def _said(balance: Balance) -> dict[str, Decimal]:
    return {name: getattr(balance, name) for name in AMOUNTS}


def _amounts(values: Mapping[str, Decimal], currency: str) -> tuple[str, ...]:
    locale = pick_locale()
    return tuple(
        money_words(Money(values[name], currency), locale) if name in values else ""
        for name in AMOUNTS
    )
