"""Pure rules of notices: kinds and their manners, hours, the limit per recipient, stable ids, where they lead."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.policies.rules.zones import instant, local_day, to_local


class MailKind(StrEnum):
    """One folder of templates each. Notices carry the reference and what to do, never what a case says."""

    SIGN_IN_CODE = "sign_in_code"
    STAFF_INVITE = "staff_invite"
    ACCOUNT_NOTICE = "account_notice"
    ACKNOWLEDGEMENT = "acknowledgement"
    REQUEST_ASKED = "request_asked"
    REQUEST_REMINDER = "request_reminder"
    MESSAGE_RECEIVED = "message_received"
    LETTER_READY = "letter_ready"
    DECISION_READY = "decision_ready"
    CASE_CLOSED = "case_closed"
    PARTY_INVITE = "party_invite"
    PARTY_LAPSED = "party_lapsed"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_MISSED = "deadline_missed"
    DEADLINE_OVERDUE = "deadline_overdue"
    WINDOW_ALARM = "window_alarm"
    PARTY_SILENT = "party_silent"
    PARTY_WROTE = "party_wrote"
    PARTY_ANSWERED = "party_answered"
    MAIL_FAILED = "mail_failed"
    DIGEST = "digest"
    DELEGATE_INVITE = "delegate_invite"
    STATUS_CODE = "status_code"
    CASE_FILE_READY = "case_file_ready"
    PARENT_EVENT = "parent_event"


class MailState(StrEnum):
    """claimed: somebody is sending it now. unknown: it may have arrived; a person looks (I10).

    dropped: not sent on purpose; the row says why (suppressed, no longer told, too late).
    """

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DROPPED = "dropped"


class BounceKind(StrEnum):
    """hard: the address is dead. content: this mail was not wanted, as too large or by policy. soft: for now."""

    HARD = "hard"
    CONTENT = "content"
    SOFT = "soft"


_ABOUT_THE_MAIL = ("5.2.2", "5.2.3", "5.3.4", "5.6.", "5.7.")
"""RFC 3463: a full box, a mail too large, its content, a policy. The address itself works."""


def bounce_kind(action: str, status: str) -> BounceKind:
    """What a report means. *action*: failed, delayed …; *status*: as 5.1.1 (RFC 3463)."""
    if action != "failed" or not status.startswith("5."):
        return BounceKind.SOFT
    return BounceKind.CONTENT if status.startswith(_ABOUT_THE_MAIL) else BounceKind.HARD


@dataclass(frozen=True, slots=True)
class BounceRow:
    """A report as the desk sees it. *times*: reports of that kind about mails to the address."""

    address: str
    mail_kind: MailKind
    kind: BounceKind
    status: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind behaves. *choice*: its mail may be switched off, and goes into a digest.

    *waits*: not mailed in somebody's quiet hours. *limited*: counts under ten an hour. *mailed*: by mail
    unless somebody chose otherwise. *listed*: shown in the list of notifications.
    """

    choice: bool = False
    waits: bool = True
    limited: bool = True
    mailed: bool = True
    listed: bool = True
    staff: bool = False


_NOW = Manner(waits=False, limited=False, listed=False)
_STATUTORY = Manner(waits=False, limited=False)
"""Confirmation of receipt and statements of reasons: Regulation (EU) 2022/2065 Art. 16(4), 17."""
_PARTY, _CHOSEN = Manner(), Manner(choice=True)
_DESK = Manner(choice=True, staff=True)
_QUIET_DESK = Manner(choice=True, staff=True, mailed=False)
MANNERS: dict[MailKind, Manner] = {
    MailKind.SIGN_IN_CODE: _NOW,
    MailKind.STAFF_INVITE: _NOW,
    MailKind.ACCOUNT_NOTICE: _NOW,
    MailKind.DELEGATE_INVITE: _NOW,
    MailKind.STATUS_CODE: _NOW,
    MailKind.CASE_FILE_READY: _NOW,
    MailKind.ACKNOWLEDGEMENT: _STATUTORY,
    MailKind.LETTER_READY: _STATUTORY,
    MailKind.DECISION_READY: _STATUTORY,
    MailKind.REQUEST_ASKED: _PARTY,
    MailKind.PARTY_INVITE: _PARTY,
    MailKind.PARTY_LAPSED: _PARTY,
    MailKind.REQUEST_REMINDER: _CHOSEN,
    MailKind.MESSAGE_RECEIVED: _CHOSEN,
    MailKind.CASE_CLOSED: _CHOSEN,
    MailKind.WINDOW_ALARM: Manner(staff=True),
    MailKind.DEADLINE_MISSED: _DESK,
    MailKind.DEADLINE_OVERDUE: _DESK,
    MailKind.PARTY_SILENT: _DESK,
    MailKind.MAIL_FAILED: _DESK,
    MailKind.PARENT_EVENT: _DESK,
    MailKind.DEADLINE_NEAR: _QUIET_DESK,
    MailKind.PARTY_WROTE: _QUIET_DESK,
    MailKind.PARTY_ANSWERED: _QUIET_DESK,
    MailKind.DIGEST: Manner(listed=False),
}

SECRET = frozenset(
    {
        MailKind.SIGN_IN_CODE,
        MailKind.STAFF_INVITE,
        MailKind.DELEGATE_INVITE,
        MailKind.STATUS_CODE,
    }
)
"""Their values open an account or a page; they are wiped when the sending has ended. They go to suppressed addresses too."""

HELD_FOR_CHECK = frozenset({MailKind.LETTER_READY, MailKind.DECISION_READY})
"""An unknown outcome is shown to the desk and never resent by itself: a deadline hangs on them."""

USELESS_LATER = frozenset({MailKind.REQUEST_REMINDER, MailKind.DEADLINE_NEAR})
"""A reminder is not sent once its deadline (`due_at` of its values) has passed (B125)."""

OWN_BODY = SECRET | {MailKind.ACCOUNT_NOTICE, MailKind.CASE_FILE_READY}
"""Mails with a body of their own; all others share one: a line, more, one button."""

LIMIT = 10
WINDOW = timedelta(hours=1)
NIGHT_FROM, NIGHT_TO = 20 * 60, 8 * 60
"""Nobody is mailed outside their hours (LIFECYCLES, Clocks): from 20:00 to 08:00 unless they say otherwise."""
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which somebody gets no mail that can wait: minutes of their local day. Equal: none."""

    starts: int = NIGHT_FROM
    ends: int = NIGHT_TO
    zone: str = "UTC"

    def holds(self, moment: datetime) -> bool:
        """True when *moment* lies in the quiet hours."""
        local = to_local(moment, self.zone)
        minute = local.hour * 60 + local.minute
        if self.starts <= self.ends:
            return self.starts <= minute < self.ends
        return minute >= self.starts or minute < self.ends

    def after(self, moment: datetime) -> datetime:
        """*moment*, or the end of the quiet hours that it lies in; a time that a zone skips is the next valid one."""
        if not self.holds(moment):
            return moment
        day = local_day(moment, self.zone)
        end = instant(day, self.ends, self.zone)
        return end if end > moment else instant(day + timedelta(days=1), self.ends, self.zone)


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose. *mail*: by kind, only where it differs from the kind's own manner."""

    mail: Mapping[str, bool]
    quiet: Quiet
    digest: bool = False

    def mails(self, kind: MailKind) -> bool:
        """Whether the kind goes by mail to this person; what may not be switched off always does."""
        manner = MANNERS[kind]
        return self.mail.get(kind.value, manner.mailed) if manner.choice else manner.mailed

    def in_digest(self, kind: MailKind) -> bool:
        """Whether its mail waits for the daily one."""
        return self.digest and MANNERS[kind].choice and self.mails(kind)


def is_time_of_digest(quiet: Quiet, now: datetime) -> bool:
    """From the end of the quiet hours to the end of that local day; without quiet hours from 08:00."""
    local = to_local(now, quiet.zone)
    from_minute = quiet.ends if quiet.starts != quiet.ends else NIGHT_TO
    return local.hour * 60 + local.minute >= from_minute and not quiet.holds(now)


def chosen_kinds(*, staff: bool) -> tuple[MailKind, ...]:
    """The kinds whose mail somebody may switch off, in the order of the page."""
    return tuple(
        kind for kind, manner in MANNERS.items() if manner.choice and manner.staff is staff
    )


def resends_by_itself(kind: MailKind) -> bool:
    """True when an unknown outcome is tried once more under the same Message-ID."""
    return kind not in HELD_FOR_CHECK


def due_under_limit(recent: Sequence[datetime], now: datetime) -> datetime:
    """When the next mail to a recipient may leave: ten an hour. *recent*: due times of earlier ones."""
    inside = sorted(at for at in recent if at > now - WINDOW)
    return now if len(inside) < LIMIT else inside[-LIMIT] + WINDOW


def is_too_late(kind: MailKind, values: Mapping[str, object], now: datetime) -> bool:
    """A reminder of a deadline that passed while its mail waited."""
    due = values.get("due_at")
    return kind in USELESS_LATER and isinstance(due, str) and datetime.fromisoformat(due) <= now


def stable_id(kind: MailKind, subject_id: str, address: str, host: str) -> str:
    """Message-ID (without brackets): one per kind, subject and recipient, so receivers can drop a repeat."""
    digest = hashlib.sha256(f"{kind}\0{subject_id}\0{address.lower()}".encode()).hexdigest()
    return f"{digest[:40]}@{host}"


def path_of(kind: MailKind, values: Mapping[str, object]) -> str:
    """Where a notice leads: the one button of its mail, and its line in the list."""
    ref = values.get("ref")
    if kind is MailKind.PARENT_EVENT:
        return f"/finance/parent-events/{values['event']}"
    if kind is MailKind.DIGEST or not ref:
        return "/notifications"
    if MANNERS[kind].staff:
        return f"/desk/cases/{ref}"
    if kind is MailKind.DECISION_READY:
        return f"/cases/{ref}/decision"
    number = values.get("request") if kind in _ABOUT_REQUESTS else None
    return f"/cases/{ref}/requests/{number}" if number else f"/cases/{ref}"


_ABOUT_REQUESTS = frozenset({MailKind.REQUEST_ASKED, MailKind.REQUEST_REMINDER})
