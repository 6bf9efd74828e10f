"""What kinds of notices are called on pages: in the filter of the list and where people choose."""

from __future__ import annotations

from typing import Any

from app.infra.i18n import lazy_gettext as __
from app.notifications.rules import MailKind

K = MailKind
KIND_NAMES: dict[MailKind, Any] = {
    K.ACKNOWLEDGEMENT: __("Case received"),
    K.REQUEST_ASKED: __("Something is asked of you"),
    K.REQUEST_REMINDER: __("Reminder before a deadline"),
    K.MESSAGE_RECEIVED: __("New message"),
    K.LETTER_READY: __("New letter"),
    K.DECISION_READY: __("Decision"),
    K.CASE_CLOSED: __("Case closed"),
    K.PARTY_INVITE: __("You were added to a case"),
    K.PARTY_LAPSED: __("The time to answer is over"),
    K.DEADLINE_NEAR: __("A deadline comes near"),
    K.DEADLINE_MISSED: __("A deadline was missed"),
    K.DEADLINE_OVERDUE: __("Still overdue"),
    K.WINDOW_ALARM: __("Statutory window"),
    K.PARTY_SILENT: __("A party did not answer"),
    K.PARTY_WROTE: __("A party wrote"),
    K.PARTY_ANSWERED: __("A request was answered"),
    K.MAIL_FAILED: __("A mail did not arrive"),
    K.PARENT_EVENT: __("One fault with many artists"),
}

KIND_ICONS: dict[MailKind, str] = {
    K.ACKNOWLEDGEMENT: "inbox",
    K.REQUEST_ASKED: "hand",
    K.REQUEST_REMINDER: "clock",
    K.MESSAGE_RECEIVED: "message-square",
    K.LETTER_READY: "file-text",
    K.DECISION_READY: "gavel",
    K.CASE_CLOSED: "circle-check",
    K.PARTY_INVITE: "user-plus",
    K.PARTY_LAPSED: "hourglass",
    K.DEADLINE_NEAR: "clock",
    K.DEADLINE_MISSED: "circle-alert",
    K.DEADLINE_OVERDUE: "circle-alert",
    K.WINDOW_ALARM: "scale",
    K.PARTY_SILENT: "hourglass",
    K.PARTY_WROTE: "message-square",
    K.PARTY_ANSWERED: "reply",
    K.MAIL_FAILED: "mail",
    K.PARENT_EVENT: "users",
}
