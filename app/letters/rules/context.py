"""Everything a letter says, frozen at numbering and kept inside the PDF; schema versions are never reused.

A context holds what one side may read and nothing else: whoever builds it takes texts and exhibits
of that side only. Amounts are exact decimal text; the letter formats them and never computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the distributor's name, postal lines and address for answers."""

    name: str
    address: tuple[str, ...] = ()
    email: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads. *side*: complainant or respondent."""

    name: str
    side: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseLine:
    """The case as its head lines. *identifiers*: (label, value) pairs such as ("ISRC", "…")."""

    ref: str
    kind: str
    sub_kind: str
    title: str
    artist: str
    submitted_on: date
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and its answer. *exhibits*: labels this side may see; *result*: FindingResult."""

    issue: str
    finding: str
    result: str
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """What changes and from when. *kind* is the decision's remedy slug."""

    kind: str
    text: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An amount that is paid, taken back or held. *amount*: exact decimal text.

    *purpose*: royalties (of a *month*, its first day, or of none), tax, or empty where the *label* says it.
    """

    label: str
    amount: str
    currency: str
    due_on: date | None = None
    purpose: str = ""
    month: date | None = None


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """What a store and territory brought on the statement of a *month* (its first day). *reason*: slug of the cause."""

    month: date
    store: str
    territory: str
    paid: str
    expected: str
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class Working:
    """How an amount was computed, for the payee it belongs to. Amounts: exact decimal text; *more*: lines left out."""

    paid: str
    expected: str
    owed: str
    currency: str
    lines: tuple[WorkingLine, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """The reasons of a restriction or a hold, as 17(3) of Regulation (EU) 2022/2065 asks for them.

    *source*: notice, case, own_initiative; *automated*: none, detection, decision.
    """

    measure: str
    ground: str
    facts: str
    scope: str
    territory: str
    source: str
    automated: str
    starts_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The put-back window of 17 U.S.C. 512(g)(2)(C). *calendar*: whose business days, with version."""

    received_on: date
    earliest_on: date
    latest_on: date
    calendar: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: always a role, a name only where the person agreed to be named."""

    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """Where anybody may check the letter. Filled at numbering."""

    url: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class LetterContext:
    """One letter to one side, in full. Optional parts are asked for by kind (see readiness)."""

    kind: str
    language: str
    sender: Sender
    recipient: Recipient
    case: CaseLine
    signer: Signer
    schema: int = SCHEMA
    number: str = ""
    dated_on: date | None = None
    verify: Verify = Verify()
    round: int = 1
    outcome: str = ""
    reasons: str = ""
    findings: tuple[Finding, ...] = ()
    remedies: tuple[RemedyLine, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    appeal_until: date | None = None
    ground: Ground | None = None
    window: Window | None = None
    failed_elements: tuple[str, ...] = ()
    reopen_until: date | None = None
    answer_until: date | None = None
    review_on: date | None = None
    limitation_on: date | None = None
    replaces: str = ""
    working: Working | None = None


def numbered(context: LetterContext, number: str, dated_on: date, verify: Verify) -> LetterContext:
    """The context as it is frozen when the letter takes its number."""
    return replace(context, number=number, dated_on=dated_on, verify=verify)


def to_json(context: LetterContext) -> dict[str, Any]:
    """JSON values only; dates as ISO text. `from_json` gives the same context back."""
    plain = _plain(asdict(context))
    assert isinstance(plain, dict)
    return plain


def from_json(data: Mapping[str, Any]) -> LetterContext:
    """The context out of a stored row. Raises ValueError for a schema we do not know."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"letter context of schema {data.get('schema')}")
    values = dict(data)
    values["sender"] = _build(Sender, data["sender"])
    values["recipient"] = _build(Recipient, data["recipient"])
    values["case"] = _build(CaseLine, data["case"])
    values["signer"] = _build(Signer, data["signer"])
    values["verify"] = _build(Verify, data["verify"])
    values["findings"] = tuple(_build(Finding, row) for row in data["findings"])
    values["remedies"] = tuple(_build(RemedyLine, row) for row in data["remedies"])
    values["money"] = tuple(_build(MoneyLine, row) for row in data["money"])
    values["ground"] = _build(Ground, data["ground"]) if data.get("ground") else None
    values["window"] = _build(Window, data["window"]) if data.get("window") else None
    values["working"] = _working(data["working"]) if data.get("working") else None
    built: LetterContext = _build(LetterContext, values)
    return built


def _working(row: Mapping[str, Any]) -> Any:
    lines = tuple(_build(WorkingLine, line) for line in row["lines"])
    return _build(Working, {**row, "lines": lines})


def _plain(value: Any) -> Any:
    """Dates to text and tuples to lists, all the way down."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _build(kind: type[Any], row: Mapping[str, Any]) -> Any:
    """A dataclass out of a JSON object; unknown keys are an error, dates and tuples are restored."""
    types = {field.name: str(field.type) for field in fields(kind)}
    values = {key: _restored(types[key], value) for key, value in row.items()}
    return kind(**values)


def _restored(annotation: str, value: Any) -> Any:
    if isinstance(value, str) and annotation.startswith("date"):
        return date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    return value
