"""Whom the demo pays: the ledger knows every artist, and those paid in euro said themselves to which account."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from stdnum import iban

from app.accounts.adapters.vault import keys_from
from app.demo.people import SYSTEM, Member, artists
from app.demo.stage import Stage
from app.demo.terms import CURRENCY
from app.infra.db.transaction import transaction
from app.kernel.actor import Role
from app.ledger.commands import ChangeBank, OpenPayee
from app.ledger.rules.bank import bank_details
from app.ledger.service.payees import change_bank, open_payee
from app.workflows.rails import BANK

LATIN = {"ani": "Ani Hakobyan"}
"""How the bank writes a name of the first cast; that of the others stands in their row."""
SILENT = frozenset({"freja"})
"""Never said how they are paid: what the pages say then is there to be seen."""


def open_payees(stage: Stage, cast: Iterable[Member]) -> None:
    """Finance enters everybody with what it knows; then artists give their own account, as from their page."""
    paid = [member for member in cast if member.role is Role.ARTIST]
    with transaction(SYSTEM) as tx:
        for member in paid:
            command = OpenPayee(
                member.name, stage.people[member.key], "DE89 3704 0044 0532 0130 00"
            )
            stage.payees[member.key] = open_payee(tx, command, SYSTEM, stage.clock)
    spelled = {row["key"]: row["other_names"] for row in artists()} | LATIN
    for number, member in enumerate(paid, start=1):
        if CURRENCY.get(member.country, "EUR") == "EUR" and member.key not in SILENT:
            _gives_account(stage, member, spelled.get(member.key) or member.name, number)


def _gives_account(stage: Stage, member: Member, holder: str, number: int) -> None:
    seal = partial(keys_from(stage.services.settings).fields.seal, BANK)
    actor = stage.actor(member.key)
    command = ChangeBank(stage.payees[member.key], bank_details(holder, made_up_iban(number)), 1)
    with transaction(actor) as tx:
        change_bank(tx, command, actor, stage.clock, seal)


def made_up_iban(number: int) -> str:
    """Right by its check digits, and nobody's: no bank has the code 00000000."""
    rest = f"00000000{number:010d}"
    return f"DE{iban.calc_check_digits(f'DE00{rest}')}{rest}"
