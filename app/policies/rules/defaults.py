"""The policy that each sub-kind starts with; a later change is a new stored version.

Lengths follow LIFECYCLES "States"; silence is never hidden (DOMAIN 8.6): the form and the letter say it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.kernel.words import words as _
from app.policies.rules import forms as f
from app.policies.rules.clocks import ClockKind, Length, Unit
from app.policies.rules.forms import Field, Statement
from app.policies.rules.national import DEFAULT_CODE
from app.policies.rules.questions import QUESTIONS

ON_FILE, COMPLAINANT, RESPONDENT = "decide_on_file", "complainant_prevails", "respondent_prevails"


@dataclass(frozen=True, slots=True)
class PolicyContent:
    """Everything a policy row holds. *checklist*: side → (slug, label); *letters*: step → letter kind."""

    kind: str
    sub_kind: str
    fields: tuple[Field, ...]
    statements: tuple[Statement, ...]
    checklist: dict[str, tuple[tuple[str, str], ...]]
    clocks: dict[ClockKind, Length]
    silence: str
    letters: dict[str, str]
    disclosure: dict[str, str]
    second_pair: bool
    calendar_code: str = DEFAULT_CODE

    @property
    def form_json(self) -> dict[str, Any]:
        """The form column."""
        return {
            "fields": [field.as_json() for field in self.fields],
            "statements": [statement.as_json() for statement in self.statements],
        }

    @property
    def checklist_json(self) -> dict[str, Any]:
        """The checklist column."""
        return {
            side: [[slug, f.plain_text(label)] for slug, label in rows]
            for side, rows in self.checklist.items()
        }

    @property
    def clocks_json(self) -> dict[str, Any]:
        """The clocks column."""
        return {kind.value: length.as_json() for kind, length in self.clocks.items()}

    @property
    def content_hash(self) -> str:
        """SHA-256 over the whole content."""
        content = [
            self.kind, self.sub_kind, self.form_json, self.checklist_json, self.clocks_json,
            self.silence, self.letters, self.disclosure, self.second_pair, self.calendar_code,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _hours(n: int) -> Length:
    return Length(n, Unit.BUSINESS_HOURS)


_C = ClockKind
COMMON_CLOCKS: dict[ClockKind, Length] = {
    _C.DRAFT: Length(30, Unit.DAYS),
    _C.FIRST_RESPONSE: _hours(8),
    _C.NEXT_RESPONSE: _hours(16),
    _C.RESOLUTION: _hours(120),
    _C.PARTY: Length(7, Unit.PARTY_DAYS),
}
DISPUTE_CLOCKS = COMMON_CLOCKS | {
    _C.OFFER: Length(14, Unit.PARTY_DAYS),
    _C.STORE: Length(7, Unit.DAYS),
    _C.FINANCE: Length(3, Unit.BUSINESS_DAYS),
    _C.APPEAL: Length(6, Unit.MONTHS),
}
TAKEDOWN_CLOCKS = DISPUTE_CLOCKS | {
    _C.PARTY: Length(14, Unit.PARTY_DAYS),
    _C.RESTRICTION: Length(6, Unit.MONTHS),
    _C.COUNTER: Length(1, Unit.BUSINESS_DAYS),
    _C.STATUTORY: Length(10, Unit.WINDOW, latest=14),
    _C.COURT: Length(90, Unit.DAYS),
}
RIGHTS_CLOCKS = DISPUTE_CLOCKS | {
    _C.RESOLUTION: _hours(240),
    _C.PARTY: Length(30, Unit.PARTY_DAYS),
    _C.SETTLE: Length(90, Unit.DAYS),
}
SUPPORT_CLOCKS = COMMON_CLOCKS | {
    _C.RESOLUTION: _hours(40),
    _C.SATISFACTION: Length(14, Unit.PARTY_DAYS),
}

COMMON_LETTERS = {
    "close_out_of_scope": "out_of_scope",
    "withdraw": "withdrawn",
    "lapse": "no_response",
    "decided": "decision",
}
TAKEDOWN_LETTERS = COMMON_LETTERS | {
    "reject_notice": "notice_rejected",
    "restrict": "statement_of_reasons",
    "accept_notice": "statement_of_reasons",
    "accept_counter": "counter_received",
    "counter": "counter_receipt",
    "reject_counter": "counter_rejected",
    "retract": "restoration",
    "restore": "restoration",
    "uncontested": "kept_down",
}
RIGHTS_LETTERS = {"start_exchange": "exchange", "leave_to_parties": "left_to_parties"}
HELD = {"hold": "hold_notice"}
SHARED_DEFAULT = {
    "summary": "shared",
    "evidence": "private",
    "messages": "private",
    "contact": "private",
}
NOTICE_DISCLOSURE = SHARED_DEFAULT | {"contact": "shared"}

PROOF_OF_RIGHT = ("proof_of_right", _("Something that shows the right is yours"))
STATEMENT_FILE = ("statement", _("The statement or a screen of it"))
SPLIT_SHEET = ("split_sheet", _("The split sheet or agreement"))
NOTICE_TEXT = ("notice", _("The notice or message you received"))
SCREEN = ("screen", _("A picture of what you saw"))
LICENCE = ("licence", _("The licence or permission"))
SESSION = ("session", _("The session or project, as a ZIP, with its dates"))
CONTRACT = ("contract", _("The contract with its dates, all pages"))
WORKING = ("working", _("How you worked it out, as a table"))
TAX = ("tax", _("The residence certificate or tax form"))
BANK = ("bank", _("A statement of your bank for that week, numbers blacked out"))
PROFILES = ("profiles", _("Pictures of both artist pages"))
EVIDENCE: dict[str, tuple[tuple[str, str], ...]] = {
    "dmca_notice": (PROOF_OF_RIGHT, SCREEN), "eu_notice": (PROOF_OF_RIGHT, SCREEN),
    "store_takedown": (NOTICE_TEXT, SCREEN, LICENCE), "own_restriction": (NOTICE_TEXT, LICENCE),
    "profile_mixup": (PROFILES, SCREEN), "missing_earnings": (STATEMENT_FILE, SCREEN, WORKING),
    "wrong_split": (SPLIT_SHEET, STATEMENT_FILE), "wrong_fee_or_rate": (STATEMENT_FILE, CONTRACT),
    "withholding": (TAX, STATEMENT_FILE), "held_money": (NOTICE_TEXT, SCREEN),
    "payment_not_received": (BANK, STATEMENT_FILE), "ownership": (PROOF_OF_RIGHT, SESSION, SPLIT_SHEET),
    "share": (SPLIT_SHEET, CONTRACT), "authorship": (SESSION, PROOF_OF_RIGHT, SPLIT_SHEET),
    "reversion": (CONTRACT,), "platform_claim": (NOTICE_TEXT, PROOF_OF_RIGHT, LICENCE),
}  # fmt: skip
"""What helps most, by sub-kind; the first is worth the most."""


def _takedown(
    sub_kind: str, statements: tuple[Statement, ...] = (f.TRUE,), silence: str = ON_FILE
) -> PolicyContent:
    notice = sub_kind in {"dmca_notice", "eu_notice"}
    return PolicyContent(
        "takedown", sub_kind, QUESTIONS[sub_kind], statements,
        {"complainant": EVIDENCE[sub_kind], "respondent": (LICENCE,)},
        TAKEDOWN_CLOCKS, silence, TAKEDOWN_LETTERS | HELD,
        NOTICE_DISCLOSURE if notice else SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _payout(sub_kind: str) -> PolicyContent:
    return PolicyContent(
        "payout", sub_kind, QUESTIONS[sub_kind], (f.TRUE,),
        {"complainant": EVIDENCE[sub_kind], "respondent": (SPLIT_SHEET,)},
        DISPUTE_CLOCKS, ON_FILE, COMMON_LETTERS | HELD, SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _rights(sub_kind: str, silence: str = ON_FILE) -> PolicyContent:
    return PolicyContent(
        "rights_claim", sub_kind, QUESTIONS[sub_kind], (f.TRUE,),
        {"complainant": EVIDENCE[sub_kind], "respondent": (PROOF_OF_RIGHT, LICENCE)},
        RIGHTS_CLOCKS, silence,
        COMMON_LETTERS | HELD | RIGHTS_LETTERS, SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _support(sub_kind: str) -> PolicyContent:
    return PolicyContent(
        "support", sub_kind, QUESTIONS[sub_kind],
        (), {"complainant": (SCREEN,), "respondent": ()},
        SUPPORT_CLOCKS, ON_FILE, COMMON_LETTERS, SHARED_DEFAULT, second_pair=False,
    )  # fmt: skip


@cache
def default_policies() -> dict[str, PolicyContent]:
    """By sub-kind: one content for each of the lifecycle contract's sub-kinds."""
    us_notice = (f.GOOD_FAITH, f.AUTHORITY, f.MISTAKE, f.JURISDICTION)
    found = (
        _takedown("dmca_notice", us_notice),
        _takedown("eu_notice", (f.BONA_FIDE,)),
        *map(_takedown, ("store_takedown", "own_restriction", "profile_mixup")),
        *map(_payout, ("missing_earnings", "wrong_split", "wrong_fee_or_rate", "withholding",
                       "held_money", "payment_not_received")),
        *map(_rights, ("ownership", "share", "authorship", "reversion")),
        _rights("platform_claim", RESPONDENT),
        *map(_support, ("account_access", "billing_refund", "delivery_metadata", "playlist_pitching",
                        "technical", "other")),
    )  # fmt: skip
    return {content.sub_kind: content for content in found}
