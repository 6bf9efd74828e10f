"""What the other side claims, as far as the policy of the case lets a party read it.

A filing is its side's own: the answers that a policy discloses are picked here, above a party's sight,
and nothing else of the filing leaves.
"""

from __future__ import annotations

from app.cases.queries import filing_of, parties_of
from app.cases.rules.views import CaseView
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.policies.queries import PolicyView

READER = Actor.system("claim")
DISCLOSED = ("claimed", "role", "capacity", "wish", "links")
"""Answers that come with the summary when a policy says that it is shared."""


def claim_against(tx: Tx, actor: Actor, case: CaseView, policy: PolicyView) -> dict[str, str]:
    """Answers of the complainant that the respondent may read; the complainant's own answers for itself.

    Empty for anybody else. Names as in the policy's form; `contact_…` where the law wants it known.
    """
    if case.side is Side.COMPLAINANT:
        return filing_of(tx, actor, case.id, Side.COMPLAINANT)
    if case.side is not Side.RESPONDENT:
        return {}
    found: dict[str, str] = {}
    with house(tx):
        if policy.disclosure.get("summary") == "shared":
            answers = filing_of(tx, READER, case.id, Side.COMPLAINANT)
            found = {name: answers[name] for name in DISCLOSED if name in answers}
        if policy.disclosure.get("contact") == "shared":
            found |= _contact(tx, case)
    return found


def _contact(tx: Tx, case: CaseView) -> dict[str, str]:
    parties = (p for p in parties_of(tx, READER, case.id) if p.side is Side.COMPLAINANT)
    party = next(parties, None)
    if party is None:
        return {}
    given = {
        "contact_address": party.address, "contact_phone": party.phone, "contact_email": party.email,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}
