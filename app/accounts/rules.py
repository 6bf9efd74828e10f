"""Who may do what: permissions and the exhaustive matrix by role (RELIABILITY F1, ADR 0011).

A permission says what a role may do at all. Which cases it reaches is a relation and lives in
`accounts.queries`; what a state of a case allows lives in the transition table of `cases.rules`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden


class Permission(StrEnum):
    """One word per kind of act. Party words are for people in a case, the rest for the house."""

    PARTY_CASE_FILE = "party.case_file"
    PARTY_CASE_READ = "party.case_read"
    PARTY_CASE_ACT = "party.case_act"
    PARTY_INVITE = "party.invite"
    PARTY_MESSAGE_SEND = "party.message_send"
    PARTY_REQUEST_ANSWER = "party.request_answer"
    PARTY_EVIDENCE_ADD = "party.evidence_add"
    PARTY_EVIDENCE_READ = "party.evidence_read"
    PARTY_LETTER_READ = "party.letter_read"
    PARTY_WEBHOOK = "party.webhook"

    CASE_LIST = "case.list"
    CASE_READ = "case.read"
    CASE_FILE_ON_BEHALF = "case.file_on_behalf"
    CASE_TRIAGE = "case.triage"
    CASE_ACT = "case.act"
    CASE_ASSIGN = "case.assign"
    MESSAGE_READ = "message.read"
    MESSAGE_SEND = "message.send"
    NOTE_ADD = "note.add"
    REQUEST_ASK = "request.ask"
    EVIDENCE_LIST = "evidence.list"
    EVIDENCE_OPEN = "evidence.open"
    EVIDENCE_ADD = "evidence.add"
    EVIDENCE_JUDGE = "evidence.judge"
    PAYOUT_READ = "payout.read"
    DECISION_READ = "decision.read"
    DECISION_DRAFT = "decision.draft"
    DECISION_CONFIRM = "decision.confirm"
    LETTER_READ = "letter.read"
    LETTER_DRAFT = "letter.draft"
    LETTER_ISSUE = "letter.issue"

    HOLD_READ = "hold.read"
    HOLD_PLACE = "hold.place"
    HOLD_RELEASE = "hold.release"
    CORRECTION_READ = "correction.read"
    CORRECTION_PREPARE = "correction.prepare"
    CORRECTION_APPROVE = "correction.approve"
    BATCH_READ = "batch.read"
    BATCH_LOCK = "batch.lock"
    BATCH_EXPORT = "batch.export"
    BATCH_ACKNOWLEDGE = "batch.acknowledge"
    BOOKS_READ = "books.read"
    CODES_MANAGE = "codes.manage"
    PERIOD_CLOSE = "period.close"
    STATEMENT_READ = "statement.read"
    STATEMENT_IMPORT = "statement.import"
    STATEMENT_MARK = "statement.mark"
    TERMS_READ = "terms.read"
    TERMS_CHANGE = "terms.change"
    PARENT_EVENT_READ = "parent_event.read"
    PARENT_EVENT_CHECK = "parent_event.check"
    PARENT_EVENT_DECIDE = "parent_event.decide"

    REPORT_READ = "report.read"
    POLICY_READ = "policy.read"
    POLICY_MANAGE = "policy.manage"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    JOB_READ = "job.read"
    JOB_RETRY = "job.retry"
    JOB_MANAGE = "job.manage"
    WEBHOOK_OWN = "webhook.own"
    WEBHOOK_MANAGE = "webhook.manage"
    HEALTH_READ = "health.read"
    HISTORY_READ = "history.read"
    HISTORY_VERIFY = "history.verify"
    AUDIT_READ = "audit.read"


_P = Permission

_PARTY = frozenset(item for item in Permission if item.value.startswith("party."))

# First line. Sees that evidence is there (name, kind, size, state), never its content, and no amounts:
# triage asks "is it the right kind, is something missing", and the list answers that (ADR 0013).
_AGENT = frozenset(
    {
        _P.CASE_LIST,
        _P.CASE_READ,
        _P.WEBHOOK_OWN,
        _P.CASE_FILE_ON_BEHALF,
        _P.CASE_TRIAGE,
        _P.CASE_ACT,
        _P.MESSAGE_READ,
        _P.MESSAGE_SEND,
        _P.NOTE_ADD,
        _P.REQUEST_ASK,
        _P.EVIDENCE_LIST,
        _P.EVIDENCE_ADD,
    }
)

_REVIEWER = _AGENT | {
    _P.EVIDENCE_OPEN,
    _P.EVIDENCE_JUDGE,
    _P.PAYOUT_READ,
    _P.DECISION_READ,
    _P.DECISION_DRAFT,
    _P.DECISION_CONFIRM,
    _P.LETTER_READ,
    _P.LETTER_DRAFT,
    _P.LETTER_ISSUE,
    _P.HOLD_READ,
    _P.HOLD_PLACE,
    _P.HOLD_RELEASE,
    _P.CORRECTION_READ,
    _P.CORRECTION_PREPARE,
    _P.POLICY_READ,
}

_LEAD = _REVIEWER | {
    _P.CASE_ASSIGN,
    _P.PARENT_EVENT_READ,
    _P.PARENT_EVENT_CHECK,
    _P.PARENT_EVENT_DECIDE,
    _P.REPORT_READ,
    _P.JOB_READ,
    _P.JOB_RETRY,
}

_MONEY_READ = frozenset(
    {
        _P.CASE_LIST,
        _P.CASE_READ,
        _P.MESSAGE_READ,
        _P.EVIDENCE_LIST,
        _P.EVIDENCE_OPEN,
        _P.PAYOUT_READ,
        _P.DECISION_READ,
        _P.LETTER_READ,
        _P.HOLD_READ,
        _P.CORRECTION_READ,
        _P.BATCH_READ,
        _P.BOOKS_READ,
        _P.STATEMENT_READ,
        _P.STATEMENT_MARK,
        _P.TERMS_READ,
        _P.PARENT_EVENT_READ,
        _P.POLICY_READ,
        _P.NOTE_ADD,
        _P.WEBHOOK_OWN,
    }
)

_PREPARER = _MONEY_READ | {
    _P.CORRECTION_PREPARE,
    _P.HOLD_PLACE,
    _P.HOLD_RELEASE,
    _P.BATCH_LOCK,
    _P.BATCH_EXPORT,
    _P.BATCH_ACKNOWLEDGE,
    _P.STATEMENT_IMPORT,
    _P.TERMS_CHANGE,
    _P.PARENT_EVENT_CHECK,
}

# Acts of the transition table that belong to finance (approve, refuse) go through CASE_ACT too.
_APPROVER = _MONEY_READ | {
    _P.CASE_ACT,
    _P.CORRECTION_APPROVE,
    _P.HOLD_RELEASE,
    _P.BATCH_LOCK,
    _P.BATCH_EXPORT,
    _P.BATCH_ACKNOWLEDGE,
    _P.CODES_MANAGE,
    _P.PERIOD_CLOSE,
}

_ADMIN = frozenset(
    {
        _P.PEOPLE_READ,
        _P.PEOPLE_MANAGE,
        _P.POLICY_READ,
        _P.POLICY_MANAGE,
        _P.BOOKS_READ,
        _P.CODES_MANAGE,
        _P.JOB_READ,
        _P.JOB_RETRY,
        _P.JOB_MANAGE,
        _P.WEBHOOK_MANAGE,
        _P.HEALTH_READ,
        _P.HISTORY_READ,
        _P.HISTORY_VERIFY,
    }
)

# Reads everything staff may see, through its own pages and a read-only database role; writes nothing.
_AUDITOR = frozenset(
    {
        _P.AUDIT_READ,
        _P.HISTORY_READ,
        _P.HISTORY_VERIFY,
        _P.PEOPLE_READ,
        _P.POLICY_READ,
        _P.REPORT_READ,
        _P.HOLD_READ,
        _P.CORRECTION_READ,
        _P.BATCH_READ,
        _P.BOOKS_READ,
        _P.STATEMENT_READ,
        _P.TERMS_READ,
        _P.PARENT_EVENT_READ,
    }
)

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.ARTIST: _PARTY,
    Role.AGENT: _AGENT,
    Role.REVIEWER: _REVIEWER,
    Role.LEAD: _LEAD,
    Role.FINANCE_PREPARER: _PREPARER,
    Role.FINANCE_APPROVER: _APPROVER,
    Role.ADMIN: _ADMIN,
    Role.AUDITOR: _AUDITOR,
}


def roles_that_may(permission: Permission) -> tuple[Role, ...]:
    """Roles of the house that hold *permission*, in the order of the matrix: for people who miss it."""
    return tuple(role for role, held in MATRIX.items() if permission in held)


FRESH_FOR = timedelta(minutes=5)

# Roles that never share a person: four eyes, "admin sees no case" and "nobody works their own case"
# would be empty words otherwise. Who works here files with a second, private account (ADR 0013).
_ALONE = (Role.AUDITOR, Role.ADMIN, Role.ARTIST)
EXCLUSIVE: tuple[frozenset[Role], ...] = (
    frozenset({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER}),
    *(frozenset({alone, role}) for alone in _ALONE for role in Role if role is not alone),
)


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Union over *roles* (may be empty)."""
    return frozenset().union(*(MATRIX[role] for role in roles)) if roles else frozenset()


def may(actor: Actor, permission: Permission) -> bool:
    """True when some role of *actor* holds *permission*. The system may do everything, nobody nothing."""
    if actor.is_system:
        return True
    return actor.is_person and any(permission in MATRIX[role] for role in actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Raise `Forbidden` unless *actor* holds *permission*: the first line of a service."""
    if not may(actor, permission):
        raise Forbidden(permission.value, code="permission")


def is_fresh(actor: Actor, now: datetime) -> bool:
    """True when the actor proved a second factor (or an e-mail code) within the last five minutes."""
    if actor.is_system:
        return True
    return actor.proven_at is not None and timedelta(0) <= now - actor.proven_at <= FRESH_FOR


def conflicting_roles(roles: frozenset[Role]) -> frozenset[Role]:
    """The first pair of *roles* that one person may not hold together; empty when all is well."""
    return next((pair for pair in EXCLUSIVE if pair <= roles), frozenset())


# How people prove who they are. Sources: NIST SP 800-63B-4 (RELIABILITY B4), ASVS 6 and 7, section G.

PASSWORD_LEAST = 15
PASSWORD_MOST = 1024
CODE_LIVES = timedelta(minutes=15)
CODE_TRIES = 5
INVITATION_LIVES = timedelta(hours=72)
SEEN_STEP = timedelta(seconds=60)


class Stage(StrEnum):
    """How far a session is: nobody, password known but no second factor yet, or complete."""

    ANONYMOUS = "anonymous"
    ENROLLING = "enrolling"
    FULL = "full"


class PersonStatus(StrEnum):
    """Invited people have not set a password yet; disabled ones lose every session at once."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Theme(StrEnum):
    """Colours of the pages."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """*idle* counts from the last request that a person made, *absolute* from sign-in."""

    idle: timedelta
    absolute: timedelta


PARTY_LIMITS = SessionLimits(timedelta(minutes=60), timedelta(hours=12))
STAFF_LIMITS = SessionLimits(timedelta(minutes=30), timedelta(hours=8))


def needs_second_factor(roles: frozenset[Role]) -> bool:
    """Everybody who works in the house; parties sign in by e-mail."""
    return bool(roles - {Role.ARTIST})


def session_limits(roles: frozenset[Role]) -> SessionLimits:
    """Short for the house, longer for parties; nobody's session counts as a party's."""
    return STAFF_LIMITS if needs_second_factor(roles) else PARTY_LIMITS


def normal_email(text: str) -> str:
    """The one form in which addresses are stored, compared and limited: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normal_password(text: str) -> str:
    """NFC once, so that the same keys on another device give the same characters (B120)."""
    return unicodedata.normalize("NFC", text)


def password_problem(password: str) -> str | None:
    """`too_long`, `too_short` or nothing. Counts code points; strength is asked elsewhere."""
    if len(password) > PASSWORD_MOST:
        return "too_long"
    return "too_short" if len(normal_password(password)) < PASSWORD_LEAST else None


def is_live(
    created_at: datetime,
    last_seen_at: datetime,
    expires_at: datetime,
    idle: timedelta,
    now: datetime,
) -> bool:
    """Whether a session may still be used at *now*; a clock that jumped back before sign-in ends it."""
    return created_at - SEEN_STEP <= now < expires_at and now - last_seen_at < idle


def own_path(target: str) -> str:
    """*target* when it is a path of our own, else `/`. Refuses hosts, schemes, backslashes and controls."""
    plain = target.replace("%5c", "\\").replace("%5C", "\\").replace("%2f", "/").replace("%2F", "/")
    unsafe = any(ord(char) < 33 or ord(char) == 127 for char in plain)
    if (
        unsafe
        or not plain.startswith("/")
        or plain.startswith("//")
        or "\\" in plain
        or len(plain) > 2000
    ):
        return "/"
    return target


class Scope(StrEnum):
    """What a bearer token may be used for, within what its owner may do; nothing is implied by another."""

    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_WRITE = "evidence:write"
    LETTERS_READ = "letters:read"
    LETTERS_WRITE = "letters:write"
    DECISIONS_WRITE = "decisions:write"
    MONEY_READ = "money:read"
    MONEY_WRITE = "money:write"
    MONEY_APPROVE = "money:approve"
    POLICIES_READ = "policies:read"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


PROVEN_SCOPES = frozenset({Scope.MONEY_APPROVE})
"""What needs a fresh proof on pages: a token with one of these ends when the proof of its owner is stale (ADR 0044)."""
TOKEN_MARK = "rdt_"  # noqa: S105 - the first letters of every token, so that leaked ones are recognised
TOKEN_SHOWN = 12
"""Characters of a token that stay readable, so that its owner knows which one it is."""
TOKENS_MOST = 20
"""Live tokens of one person."""
TOKEN_DAYS_MOST = 365
TOKEN_SEEN_STEP = timedelta(seconds=60)
"""How exactly the last use of a token is known."""


# The workspace of a case: (least, most, at first) CSS pixels of the two outer panes (UX section 5).
PANES: dict[str, tuple[int, int, int]] = {"facts": (220, 480, 276), "evidence": (320, 760, 508)}


def pane_width(pane: str, wanted: int) -> int:
    """*wanted* CSS pixels, held within what the pane of that name allows."""
    least, most, _first = PANES[pane]
    return max(least, min(most, wanted))
