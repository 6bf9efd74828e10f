"""Payees and holds for tests, made through the services; a filed case to hang them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from app.history.service import record
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.commands import OpenPayee, PlaceHold
from app.ledger.rules.holds import AssetKind, HoldReason, HoldScope
from app.ledger.service.holds import place_hold
from app.ledger.service.payees import open_payee

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class MoneyCase:
    """A case that waits for finance, and its confirmed decision."""

    id: UUID
    ref: str
    decision_id: UUID


def euro(text: str) -> Money:
    """`euro("412.83")`."""
    return Money(Decimal(text), "EUR")


def make_payee(name: str = "Ada Amberg", **changes: Any) -> UUID:
    """A payee, committed at once."""
    system = Actor.system("test:payee")
    command = OpenPayee(
        name, changes.get("person_id"), changes.get("bank", "DE89 3704 0044 0532 0130 00")
    )
    with transaction(system) as tx:
        return open_payee(tx, command, system, FixedClock(NOON))


def make_hold(case_id: UUID, actor: Actor, **changes: Any) -> UUID:
    """A placed hold on one recording, committed at once."""
    command = PlaceHold(
        case_id=case_id,
        side=changes.get("side", Side.COMPLAINANT),
        reason=changes.get("reason", HoldReason.SPLIT_DISPUTED),
        scope=changes.get("scope", HoldScope(AssetKind.RECORDING, "QZABC2600001")),
        explanation=changes.get("explanation", "The split is disputed."),
        payee_id=changes.get("payee_id"),
        amount=changes.get("amount"),
    )
    with transaction(actor) as tx:
        return place_hold(tx, command, actor, FixedClock(NOON))


def make_money_case(
    pg: dict[str, Any], *, state: str = "finance_approval", **changes: Any
) -> MoneyCase:
    """A case in *state* with a confirmed decision, written below the walls: its road there is not the subject."""
    case_id, decision_id = uuid4(), uuid4()
    tail = "".join(LETTERS[byte % len(LETTERS)] for byte in case_id.bytes[:8])
    ref = f"RD-{tail[:4]}-{tail[4:]}"
    person = changes.get("person_id") or uuid4()
    at = changes.get("at", NOON)
    case = {
        "id": case_id, "ref": ref, "kind": "payout", "sub_kind": "wrong_split", "state": state, "version": 9,
        "round": 1, "policy_id": uuid4(), "return_path": ["review"],
        "subject_title": "Night Bus", "subject_artist": "Ada Amberg", "summary": "", "form": Jsonb({}),
        "language": "en", "zone": "UTC", "created_at": at, "updated_at": at, "submitted_at": at, "needs_side": "desk",
        "outcome": "upheld", "closed_at": at if state == "closed" else None, "decided_at": at,
    }  # fmt: skip
    decision = {
        "id": decision_id, "case_id": case_id, "round": 1, "state": changes.get("decision", "confirmed"), "version": 3,
        "content": Jsonb({}), "content_hash": "0" * 64, "outcome": "upheld", "money_moves": True, "four_eyes": True,
        "created_by": person, "created_at": at, "updated_at": at, "proposed_by": person, "proposed_at": at,
        "confirmed_by": uuid4(), "confirmed_at": at,
    }  # fmt: skip
    if decision["state"] == "proposed":
        decision |= {"confirmed_by": None, "confirmed_at": None}
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        _insert(admin, "case", case)
        admin.execute("set app.scope = 'system'")  # the index stands behind walls for its owner too
        admin.execute(
            "select search_put('case', %s, %s, 'complainant', 'shared', 'Night Bus', '', %s, '{night,bus}', '{}', '')",
            [case_id, case_id, at],
        )
        event = _arrive(admin, case)
        _insert(admin, "decision", decision)
        for side in ("complainant", "respondent") if decision["state"] == "confirmed" else ():
            notice = {
                "id": uuid4(),
                "decision_id": decision_id,
                "case_id": case_id,
                "side": side,
                "round": 1,
            }
            rest = {"disclosure": "private", "content": Jsonb({}), "created_at": at}
            _insert(admin, "decision_notice", notice | rest)
    with transaction(Actor.system("test:case")) as tx:
        record(
            tx, Actor.system("test:case"), FixedClock(NOON),
            verb=f"case.{event}", subject=("case", case_id), case_id=case_id, data={"version": 9},
        )  # fmt: skip
    return MoneyCase(case_id, ref, decision_id)


def _arrive(admin: psycopg.Connection[Any], case: dict[str, Any]) -> str:
    """The move that brought the case where it stands, so that it is along the table. Returns its event."""
    found = admin.execute(
        "select from_state, event from allowed_transition where kind = 'payout' and to_state = %s limit 1",
        [case["state"]],
    ).fetchone()
    assert found is not None
    move = {
        "id": uuid4(), "case_id": case["id"], "version": 9, "round": 1, "kind": "payout",
        "from_state": found[0], "event": found[1], "to_state": case["state"],
        "actor_name": "test", "acted_as": "lead", "reason": "", "data": Jsonb({}), "at": case["created_at"],
    }  # fmt: skip
    _insert(admin, "case_transition", move)
    return str(found[1])


def _insert(admin: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    known = {
        name
        for (name,) in admin.execute(
            "select column_name from information_schema.columns where table_name = %s", [table]
        )
    }
    row = {name: value for name, value in row.items() if name in known}
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    admin.execute(f'insert into "{table}" ({names}) values ({marks})', list(row.values()))
