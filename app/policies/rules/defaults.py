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
    "reject_counter": "counter_rejected",
}
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


def _takedown(
    sub_kind: str,
    fields: tuple[Field, ...],
    statements: tuple[Statement, ...] = (f.TRUE,),
    silence: str = ON_FILE,
) -> PolicyContent:
    notice = sub_kind in {"dmca_notice", "eu_notice"}
    return PolicyContent(
        "takedown", sub_kind, fields, statements,
        {"complainant": (PROOF_OF_RIGHT if notice else NOTICE_TEXT, SCREEN), "respondent": (LICENCE,)},
        TAKEDOWN_CLOCKS, silence, TAKEDOWN_LETTERS | HELD,
        NOTICE_DISCLOSURE if notice else SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _payout(
    sub_kind: str, fields: tuple[Field, ...], evidence: tuple[tuple[str, str], ...]
) -> PolicyContent:
    return PolicyContent(
        "payout", sub_kind, fields, (f.TRUE,),
        {"complainant": evidence, "respondent": (SPLIT_SHEET,)},
        DISPUTE_CLOCKS, ON_FILE, COMMON_LETTERS | HELD, SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _rights(sub_kind: str, fields: tuple[Field, ...], silence: str = ON_FILE) -> PolicyContent:
    return PolicyContent(
        "rights_claim", sub_kind, fields, (f.TRUE,),
        {"complainant": (PROOF_OF_RIGHT, SPLIT_SHEET), "respondent": (PROOF_OF_RIGHT, LICENCE)},
        RIGHTS_CLOCKS, silence,
        COMMON_LETTERS | HELD | {"leave_to_parties": "left_to_parties"}, SHARED_DEFAULT, second_pair=True,
    )  # fmt: skip


def _support(sub_kind: str, *extra: Field) -> PolicyContent:
    return PolicyContent(
        "support", sub_kind,
        (Field("subject_title", _("Subject"), f.FieldType.LINE, required=True, part="which"), f.SUMMARY, *extra),
        (), {"complainant": (SCREEN,), "respondent": ()},
        SUPPORT_CLOCKS, ON_FILE, COMMON_LETTERS, SHARED_DEFAULT, second_pair=False,
    )  # fmt: skip


_OTHER = (f.OTHER_NAME, f.OTHER_EMAIL)
_NOTICE = (*f.RELEASE, f.STORE, f.LINKS, f.SUMMARY, *_OTHER, *f.CONTACT, f.CAPACITY)
_TAKEN = (*f.RELEASE, f.STORE, f.NOTICED, f.TOLD_BY, f.SUMMARY, f.WISH, f.URGENT)
_PAY = (*f.RELEASE, f.STORE, f.START, f.END, f.AMOUNT, f.WORKING, f.SUMMARY, f.WISH)
_CLAIM = (*f.RELEASE, *_OTHER, f.CLAIMED, f.ROLE, f.SUMMARY, f.WISH)


@cache
def default_policies() -> dict[str, PolicyContent]:
    """By sub-kind: one content for each of the lifecycle contract's sub-kinds."""
    found = (
        _takedown("dmca_notice", _NOTICE, (f.GOOD_FAITH, f.AUTHORITY, f.MISTAKE, f.JURISDICTION)),
        _takedown("eu_notice", _NOTICE, (f.BONA_FIDE,)),
        _takedown("store_takedown", _TAKEN),
        _takedown("own_restriction", _TAKEN),
        _takedown("profile_mixup", (*f.RELEASE, f.STORE, f.LINKS, f.SUMMARY)),
        _payout("missing_earnings", _PAY, (STATEMENT_FILE, SCREEN)),
        _payout("wrong_split", (*_PAY, *_OTHER), (STATEMENT_FILE, SPLIT_SHEET)),
        _payout("wrong_fee_or_rate", _PAY, (STATEMENT_FILE,)),
        _payout("withholding", _PAY, (STATEMENT_FILE,)),
        _payout("held_money", (f.TITLE, f.ARTIST, f.AMOUNT, f.SUMMARY, f.WISH), (SCREEN,)),
        _payout(
            "payment_not_received", (f.TITLE, f.ARTIST, f.AMOUNT, f.SUMMARY), (STATEMENT_FILE,)
        ),
        _rights("ownership", _CLAIM),
        _rights("share", _CLAIM),
        _rights("authorship", _CLAIM),
        _rights("reversion", _CLAIM),
        _rights("platform_claim", _CLAIM, RESPONDENT),
        _support("account_access"),
        _support("billing_refund", f.AMOUNT),
        _support("delivery_metadata", f.ISRC, f.UPC),
        _support("playlist_pitching"),
        _support("technical"),
        _support("other"),
    )
    return {content.sub_kind: content for content in found}
