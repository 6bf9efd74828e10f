"""Pure rules of decisions: states, content, what is missing, who may confirm, what one side may read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.cases.rules.kinds import Outcome
from app.kernel.errors import Refused
from app.kernel.sides import Side

SCHEMA = 1
LONGEST_TEXT = 8_000
MOST_ISSUES = 40
MOST_REMEDIES = 40


class DecisionState(StrEnum):
    """draft may change; proposed waits for a second person; confirmed and returned never change again."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class FindingResult(StrEnum):
    """Answer to one issue."""

    ESTABLISHED = "established"
    NOT_ESTABLISHED = "not_established"
    PARTLY_ESTABLISHED = "partly_established"
    NOT_NEEDED = "not_needed"


class Weight(StrEnum):
    """How much an issue carried."""

    DECISIVE = "decisive"
    SUPPORTING = "supporting"
    MINOR = "minor"


class RemedyKind(StrEnum):
    """What changes because of a decision (UX S8)."""

    PUT_BACK = "put_back"
    KEEP_DOWN = "keep_down"
    CHANGE_SPLIT = "change_split"
    PAY = "pay"
    TAKE_BACK = "take_back"
    CREDIT = "credit"
    NOTHING = "nothing"


DECIDED_BY_PEOPLE = frozenset(
    {
        Outcome.UPHELD,
        Outcome.PARTLY_UPHELD,
        Outcome.NOT_UPHELD,
        Outcome.SETTLED,
        Outcome.ANSWERED,
        Outcome.RESTORED,
        Outcome.KEPT_DOWN,
    }
)
MONEY_REMEDIES = frozenset({RemedyKind.PAY, RemedyKind.TAKE_BACK, RemedyKind.CREDIT})
STORE_REMEDIES = frozenset({RemedyKind.PUT_BACK, RemedyKind.KEEP_DOWN})


@dataclass(frozen=True, slots=True)
class Issue:
    """One question, its finding and the exhibits it rests on. *exhibits*: ids of evidence items as text."""

    issue: str
    finding: str
    result: str
    weight: str = Weight.DECISIVE
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What changes and from when; none of it happens by being written here."""

    kind: str
    text: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionContent:
    """Everything that is proposed, seen and confirmed. Texts are per side: neither reads the other's.

    *audit_id*: the run of the payout audit on which it rests, as text; empty when it rests on none.
    """

    outcome: str = ""
    issues: tuple[Issue, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    to_complainant: str = ""
    to_respondent: str = ""
    money_moves: bool = False
    audit_id: str = ""
    schema: int = SCHEMA


def content_to_json(content: DecisionContent) -> dict[str, Any]:
    """JSON values only. What rests on no run says nothing of runs: so decisions of before there were any keep their hash."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(content), default=date.isoformat))
    if not content.audit_id:
        del plain["audit_id"]
    return plain


def content_from_json(data: Mapping[str, Any]) -> DecisionContent:
    """The content out of a stored row; an unknown schema is an error, never a guess."""
    if data.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"decision of schema {data['schema']}")
    known = {field.name for field in fields(DecisionContent)}
    values = {key: value for key, value in data.items() if key in known}
    values["issues"] = tuple(
        Issue(**{**row, "exhibits": tuple(row.get("exhibits", ()))})
        for row in data.get("issues", ())
    )
    values["remedies"] = tuple(_remedy(row) for row in data.get("remedies", ()))
    return DecisionContent(**values)


def _remedy(row: Mapping[str, Any]) -> Remedy:
    day = row.get("effective_on")
    return Remedy(row["kind"], row["text"], date.fromisoformat(day) if day else None)


def content_hash(content: DecisionContent) -> str:
    """SHA-256 over the canonical form: what was seen is what is confirmed."""
    canonical = json.dumps(
        content_to_json(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def missing_in(content: DecisionContent, *, has_respondent: bool = True) -> tuple[str, ...]:
    """Names of what keeps the content from being proposed, in the order of the page; empty when ready."""
    wanted = {
        "outcome": content.outcome in DECIDED_BY_PEOPLE,
        "issues": bool(content.issues),
        "remedies": bool(content.remedies),
        "to_complainant": bool(content.to_complainant.strip()),
        "to_respondent": bool(content.to_respondent.strip()) or not has_respondent,
    }
    found = [name for name, present in wanted.items() if not present]
    found += [
        f"issues.{number}"
        for number, row in enumerate(content.issues, start=1)
        if not (row.issue.strip() and row.finding.strip() and row.result in set(FindingResult))
    ]
    found += [
        f"remedies.{number}"
        for number, row in enumerate(content.remedies, start=1)
        if not row.text.strip() or row.kind not in set(RemedyKind)
    ]
    return tuple(found)


def too_much_in(content: DecisionContent) -> tuple[str, ...]:
    """Names of parts past their caps; a letter could not print them."""
    texts = {"to_complainant": content.to_complainant, "to_respondent": content.to_respondent}
    texts |= {
        f"issues.{n}": row.issue + row.finding for n, row in enumerate(content.issues, start=1)
    }
    texts |= {f"remedies.{n}": row.text for n, row in enumerate(content.remedies, start=1)}
    found = [name for name, text in texts.items() if len(text) > LONGEST_TEXT]
    found += ["issues"] if len(content.issues) > MOST_ISSUES else []
    found += ["remedies"] if len(content.remedies) > MOST_REMEDIES else []
    return tuple(found)


def needs_money(content: DecisionContent) -> bool:
    """True when money moves: said so, or a remedy that is money."""
    return content.money_moves or any(row.kind in MONEY_REMEDIES for row in content.remedies)


def needs_store_action(content: DecisionContent) -> bool:
    """True when a store has something to do."""
    return any(row.kind in STORE_REMEDIES for row in content.remedies)


def require_other_person(proposed_by: UUID | None, confirming: UUID | None) -> None:
    """Four eyes (I3): the proposer never confirms. Raises Refused("own_decision")."""
    if confirming is None or proposed_by == confirming:
        raise Refused("own_decision", "somebody else confirms a decision")


def for_side(
    content: DecisionContent,
    side: Side,
    visible_exhibits: Collection[str],
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """What *side* may read, as JSON: its own text, and of the exhibits only those it can see, by label."""
    text = content.to_complainant if side is Side.COMPLAINANT else content.to_respondent
    issues = tuple(
        replace(
            row,
            exhibits=tuple(
                labels[key] for key in row.exhibits if key in visible_exhibits and key in labels
            ),
        )
        for row in content.issues
    )
    shown = replace(content, issues=issues, to_complainant="", to_respondent="", audit_id="")
    data = content_to_json(shown)
    del data["to_complainant"], data["to_respondent"]
    return {**data, "reasons": text}
