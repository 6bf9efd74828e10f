"""Webhooks in words: kinds, states, and why a call had no answer."""

from __future__ import annotations

from app.infra.egress.port import Failure
from app.infra.i18n import lazy_gettext as __
from app.webhooks.rules.kinds import Kind
from app.webhooks.rules.plan import DeliveryState, EndpointState, GivenUp

KIND_WORDS = {
    Kind.CASE_FILED: __("A case was filed"),
    Kind.CASE_MOVED: __("A case made a step"),
    Kind.MESSAGE_SENT: __("A message was sent"),
    Kind.REQUEST_ASKED: __("A party was asked for something"),
    Kind.REQUEST_ANSWERED: __("A party answered a request"),
    Kind.EVIDENCE_RECEIVED: __("A file arrived"),
    Kind.EVIDENCE_SHARED: __("A file was shared with the other side"),
    Kind.DECISION_CONFIRMED: __("A decision was confirmed"),
    Kind.LETTER_ISSUED: __("A letter was issued"),
    Kind.HOLD_PLACED: __("Money was put on hold"),
    Kind.HOLD_RELEASED: __("Held money was released"),
    Kind.CORRECTION_APPROVED: __("A correction was approved"),
    Kind.CORRECTION_ACKNOWLEDGED: __("The ledger posted a correction"),
    Kind.BATCH_EXPORTED: __("A batch was exported"),
    Kind.PING: __("A test"),
}
# (words, tone, icon) of chips
ENDPOINT_CHIPS = {
    EndpointState.ON: (__("On"), "ok", "check"),
    EndpointState.OFF: (__("Off"), "neutral", "x"),
    EndpointState.DISABLED: (__("Given up"), "danger", "circle-alert"),
}
FAILING_CHIP = (__("Failing"), "warn", "circle-alert")
DELIVERY_CHIPS = {
    DeliveryState.WAITING: (__("Waiting"), "wait", "clock"),
    DeliveryState.DELIVERED: (__("Delivered"), "ok", "check"),
    DeliveryState.FAILED: (__("Failed"), "danger", "circle-alert"),
    DeliveryState.WITHHELD: (__("Withheld"), "neutral", "eye-off"),
}
REASON_WORDS = {
    GivenUp.GONE: __("The receiver said that it is gone (410)."),
    GivenUp.FAILING: __("Nothing was answered well for five days."),
}
FAILURE_WORDS = {
    Failure.UNREACHABLE: __("Not reached"),
    Failure.TLS: __("No trusted certificate"),
    Failure.TOO_SLOW: __("Too slow"),
    Failure.TOO_BIG: __("Too much answered"),
    Failure.GARBLED: __("Answer not readable"),
}
