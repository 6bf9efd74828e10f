"""What finance calls things: states with tone and icon, reasons, accounts, notes, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.corrections.queries.views import RiskNote
from app.corrections.rules.approval import ApprovalBar
from app.corrections.rules.batches import AckResult, BatchState
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.rules.proposal import CorrectionReason
from app.corrections.rules.words import REASON_WORDS
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.ledger.rules.bank import PayoutKind
from app.ledger.rules.holds import HoldReason, HoldState
from app.ledger.rules.posting import AccountKind, AccountRef
from app.statements.rules.noted import said_of
from app.statements.rules.suggesting import How, Suggestion, Why


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in colour, icon and words."""

    text: str
    tone: str
    icon: str


_CORRECTION: dict[CorrectionState, tuple[Any, str, str]] = {
    CorrectionState.PROPOSED: (__("Awaiting approval"), "info", "users"),
    CorrectionState.APPROVED_ONCE: (__("Awaiting second approval"), "info", "users"),
    CorrectionState.APPROVED: (__("Approved"), "info", "check"),
    CorrectionState.POSTED: (__("Posted"), "info", "check"),
    CorrectionState.BATCHED: (__("In a batch"), "info", "package"),
    CorrectionState.EXPORTED: (__("Exported"), "wait", "download"),
    CorrectionState.ACKNOWLEDGED: (__("Posted in the ledger"), "ok", "circle-check"),
    CorrectionState.MISMATCH: (__("Mismatch"), "danger", "circle-alert"),
    CorrectionState.RETURNED: (__("Returned"), "danger", "undo-2"),
    CorrectionState.CANCELLED: (__("Sent back"), "neutral", "x"),
}
_BATCH: dict[BatchState, tuple[Any, str, str]] = {
    BatchState.OPEN: (__("Open"), "info", "package"),
    BatchState.LOCKED: (__("Locked"), "wait", "lock"),
    BatchState.EXPORTED: (__("Exported"), "wait", "download"),
    BatchState.ACKNOWLEDGED: (__("Posted in the ledger"), "ok", "circle-check"),
    BatchState.CANCELLED: (__("Cancelled"), "neutral", "x"),
}
_HOLD: dict[HoldState, tuple[Any, str, str]] = {
    HoldState.PROPOSED: (__("Proposed"), "neutral", "pause"),
    HoldState.PLACED: (__("Held"), "wait", "lock"),
    HoldState.RELEASED: (__("Released"), "ok", "check"),
    HoldState.MOVED: (__("Moved"), "neutral", "arrow-right"),
}
_HOLD_REASONS: dict[HoldReason, Any] = {
    HoldReason.OWNERSHIP_CONFLICT: __("Two people claim it"),
    HoldReason.SPLIT_DISPUTED: __("The split is disputed"),
    HoldReason.TAKEDOWN_NOTICE: __("A takedown notice"),
    HoldReason.PAYOUT_DISPUTED: __("The payout is disputed"),
    HoldReason.SUSPECTED_STREAMS: __("Suspected artificial streams"),
    HoldReason.COURT: __("A court case"),
    HoldReason.APPEAL: __("A second review"),
}
_ACCOUNTS: dict[AccountKind, Any] = {
    AccountKind.ROYALTY_EXPENSE: __("Royalty expense"),
    AccountKind.PAYABLE: __("Royalties payable"),
    AccountKind.SUSPENSE: __("Suspense"),
    AccountKind.DISPUTE_HOLD: __("Dispute hold of this case"),
    AccountKind.ADVANCES: __("Recoupable advances"),
    AccountKind.WITHHOLDING_PAYABLE: __("Withholding tax payable"),
    AccountKind.FX_RESULT: __("Exchange gain or loss"),
    AccountKind.ROUNDING: __("Rounding"),
    AccountKind.FEES_INCOME: __("Fees income"),
    AccountKind.BANK: __("Bank"),
}
_NOTES: dict[RiskNote, tuple[Any, str]] = {
    RiskNote.LARGE: (__("Two approvers"), "info"),
    RiskNote.NEW_PAYEE: (__("New payee"), "warn"),
    RiskNote.BANK_CHANGED: (__("Bank details changed"), "warn"),
    RiskNote.OLD_RATE: (__("Old exchange rate"), "warn"),
    RiskNote.NO_ACCOUNT: (__("No account yet"), "warn"),
    RiskNote.NO_FILE: (__("No payment file pays this account"), "warn"),
}
_PAYOUTS: dict[str, Any] = {
    "": __("No account yet"),
    PayoutKind.IBAN: __("IBAN"),
    PayoutKind.US_ACCOUNT: __("US account"),
    PayoutKind.PAYPAL: __("PayPal"),
    PayoutKind.WISE: __("Wise"),
    PayoutKind.REVOLUT: __("UK account, or IBAN with BIC"),
    PayoutKind.ACCOUNT: __("Another bank account"),
}
_BARS: dict[ApprovalBar, Any] = {
    ApprovalBar.NOT_APPROVER: __("Approving takes the role finance approver."),
    ApprovalBar.NOT_WAITING: __("It does not wait for approval."),
    ApprovalBar.OWN_PREPARATION: __("You prepared it, so somebody else approves it."),
    ApprovalBar.OWN_MONEY: __("It changes your own money, so somebody else approves it."),
    ApprovalBar.FIRST_APPROVER: __("You approved it first; a second person approves it now."),
    ApprovalBar.BANK_TOO_NEW: __(
        "The payee changed the bank details less than three days ago. Until these days are over, money waits."
    ),
}
_VERBS = {
    "correction.proposed": __("Prepared"),
    "correction.revised": __("Changed: approvals start again"),
    "correction.approved": __("Approved"),
    "correction.posted": __("Posted"),
    "correction.batched": __("Put into a batch"),
    "correction.exported": __("Exported"),
    "correction.acknowledged": __("Posted in the ledger"),
    "correction.mismatch": __("The ledger posted another amount"),
    "correction.returned": __("The payment was returned"),
    "correction.cancelled": __("Sent back"),
    "correction.freed": __("Free again: its batch was cancelled"),
}
ACK_CHOICES: tuple[tuple[AckResult, Any], ...] = (
    (AckResult.POSTED, __("Posted")),
    (AckResult.MISMATCH, __("Amount differs")),
    (AckResult.RETURNED, __("Returned")),
)


def _chip(found: tuple[Any, str, str]) -> Chip:
    text, tone, icon = found
    return Chip(str(text), tone, icon)


def correction_chip(state: CorrectionState) -> Chip:
    """The state of a correction (design 4, money states)."""
    return _chip(_CORRECTION[state])


def batch_chip(state: BatchState) -> Chip:
    """The state of a batch."""
    return _chip(_BATCH[state])


_UPLOAD: dict[str, tuple[Any, str, str]] = {
    "waiting": (__("Waiting"), "neutral", "clock"),
    "reading": (__("Being read"), "info", "refresh-cw"),
    "unmapped": (__("Columns unknown"), "warn", "triangle-alert"),
    "done": (__("Taken in"), "ok", "circle-check"),
    "refused": (__("Not taken in"), "danger", "circle-x"),
    "cancelled": (__("Stopped"), "neutral", "x"),
}


def upload_chip(state: str) -> Chip:
    """The state of a statement file that was handed in."""
    return _chip(_UPLOAD[state])


_WHY: dict[tuple[Why, How], Any] = {
    (Why.ISRC, How.SAME): __("Same ISRC"),
    (Why.ISRC, How.REWRITTEN): __("Same ISRC, written otherwise"),
    (Why.UPC, How.SAME): __("Same release"),
    (Why.UPC, How.PADDED): __("Same release, with the zeros of its UPC put back"),
    (Why.NAMES, How.SAME): __("Same title and artist"),
    (Why.NAMES, How.FOLDED): __("Same title and artist but for case and accents"),
}


def why_words(one: Suggestion | None) -> str:
    """What speaks for a recording; None: only that a person said so."""
    return str(_WHY[one.why, one.how]) if one else _("Chosen by hand")


def note_words(note: Mapping[str, Any]) -> str:
    """What a note of a statement says. Notes of earlier releases have their English sentence beside the code."""
    return translated(said_of(note["code"], note.get("values", {}), note.get("text", "")))


def hold_chip(state: HoldState) -> Chip:
    """The state of a hold."""
    return _chip(_HOLD[state])


def note_chip(note: RiskNote) -> Chip:
    """What an approver should know first."""
    text, tone = _NOTES[note]
    return Chip(str(text), tone, "triangle-alert" if tone == "warn" else "users")


def payout_words(kind: str) -> str:
    """How a payee is paid, in short; empty is who never said."""
    return str(_PAYOUTS[kind])


def reason_words(reason: CorrectionReason) -> str:
    """The one mistake that explains a line."""
    return translated(REASON_WORDS[reason])


def hold_reason_words(reason: HoldReason) -> str:
    """Why money is held."""
    return str(_HOLD_REASONS[reason])


def account_kind_words(kind: AccountKind) -> str:
    """An account of the house by name, whosever it is."""
    return _("Dispute hold") if kind is AccountKind.DISPUTE_HOLD else str(_ACCOUNTS[kind])


def account_words(account: AccountRef, payee: str = "") -> str:
    """An account by name; a payable names its payee."""
    name = str(_ACCOUNTS[account.kind])
    return _("%(account)s: %(payee)s", account=name, payee=payee) if payee else name


def bar_words(bar: ApprovalBar) -> str:
    """Why the reader may not approve."""
    return str(_BARS[bar])


def verb_words(verb: str) -> str:
    """What happened, for the history of a correction."""
    return str(_VERBS.get(verb, verb))
