"""Names of kinds, sub-kinds, states, events and outcomes; the lifecycle contract's own words."""

from __future__ import annotations

from enum import StrEnum

from app.kernel.sides import Side


class Kind(StrEnum):
    """What a case is about."""

    TAKEDOWN = "takedown"
    PAYOUT = "payout"
    RIGHTS_CLAIM = "rights_claim"
    SUPPORT = "support"


class SubKind(StrEnum):
    """The sub-kind names the policy: form, clocks, silence rule, letters, disclosure."""

    DMCA_NOTICE = "dmca_notice"
    EU_NOTICE = "eu_notice"
    STORE_TAKEDOWN = "store_takedown"
    OWN_RESTRICTION = "own_restriction"
    PROFILE_MIXUP = "profile_mixup"
    MISSING_EARNINGS = "missing_earnings"
    WRONG_SPLIT = "wrong_split"
    WRONG_FEE_OR_RATE = "wrong_fee_or_rate"
    WITHHOLDING = "withholding"
    HELD_MONEY = "held_money"
    PAYMENT_NOT_RECEIVED = "payment_not_received"
    OWNERSHIP = "ownership"
    SHARE = "share"
    AUTHORSHIP = "authorship"
    REVERSION = "reversion"
    PLATFORM_CLAIM = "platform_claim"
    ACCOUNT_ACCESS = "account_access"
    BILLING_REFUND = "billing_refund"
    DELIVERY_METADATA = "delivery_metadata"
    PLAYLIST_PITCHING = "playlist_pitching"
    TECHNICAL = "technical"
    OTHER = "other"


S = SubKind
SUB_KINDS: dict[Kind, tuple[SubKind, ...]] = {
    Kind.TAKEDOWN: (
        S.DMCA_NOTICE, S.EU_NOTICE, S.STORE_TAKEDOWN, S.OWN_RESTRICTION, S.PROFILE_MIXUP,
    ),
    Kind.PAYOUT: (
        S.MISSING_EARNINGS, S.WRONG_SPLIT, S.WRONG_FEE_OR_RATE, S.WITHHOLDING, S.HELD_MONEY,
        S.PAYMENT_NOT_RECEIVED,
    ),
    Kind.RIGHTS_CLAIM: (S.OWNERSHIP, S.SHARE, S.AUTHORSHIP, S.REVERSION, S.PLATFORM_CLAIM),
    Kind.SUPPORT: (
        S.ACCOUNT_ACCESS, S.BILLING_REFUND, S.DELIVERY_METADATA, S.PLAYLIST_PITCHING, S.TECHNICAL,
        S.OTHER,
    ),
}  # fmt: skip


def kind_of(sub_kind: SubKind) -> Kind:
    """The kind a sub-kind belongs to."""
    return next(kind for kind, subs in SUB_KINDS.items() if sub_kind in subs)


NOTICES = frozenset({SubKind.DMCA_NOTICE, SubKind.EU_NOTICE})
"""Filed against an artist; everything else an artist files."""


def artist_side(sub_kind: SubKind) -> Side:
    """Where the artist stands."""
    return Side.RESPONDENT if sub_kind in NOTICES else Side.COMPLAINANT


class State(StrEnum):
    """Where a case stands. `NONE` stands before the start, `DELETED` behind a discarded draft."""

    NONE = "-"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    WAITING_COMPLAINANT = "waiting_complainant"
    WAITING_RESPONDENT = "waiting_respondent"
    WAITING_STORE = "waiting_store"
    NOTICE_REVIEW = "notice_review"
    RESTRICTED = "restricted"
    COUNTER_REVIEW = "counter_review"
    RESTORATION_WINDOW = "restoration_window"
    COURT_STAY = "court_stay"
    AUDITING = "auditing"
    EVIDENCE_EXCHANGE = "evidence_exchange"
    NEGOTIATION = "negotiation"
    HELD_PARTIES_TO_SETTLE = "held_parties_to_settle"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    FINANCE_APPROVAL = "finance_approval"
    IMPLEMENTING = "implementing"
    DECIDED = "decided"
    APPEAL_REVIEW = "appeal_review"
    CLOSED = "closed"
    DELETED = "deleted"


ENDED = frozenset({State.CLOSED, State.DELETED})
DRAFTING = frozenset({State.DRAFT, State.DELETED})


class CaseEvent(StrEnum):
    """What can happen to a case; one row of the table per kind, state and event."""

    START = "start"
    SUBMIT = "submit"
    DISCARD = "discard"
    EXPIRE = "expire"
    TAKE = "take"
    CLOSE_OUT_OF_SCOPE = "close_out_of_scope"
    ASK_COMPLAINANT = "ask_complainant"
    ASK_RESPONDENT = "ask_respondent"
    ASK_STORE = "ask_store"
    STORE_ANSWERED = "store_answered"
    ANSWER = "answer"
    EXTEND = "extend"
    LAPSE = "lapse"
    RESOLVE = "resolve"
    NOT_SOLVED = "not_solved"
    CONVERT = "convert"
    START_REVIEW = "start_review"
    START_AUDIT = "start_audit"
    AUDIT_DONE = "audit_done"
    AUDIT_FAILED = "audit_failed"
    START_EXCHANGE = "start_exchange"
    CLOSE_EXCHANGE = "close_exchange"
    OFFER = "offer"
    COUNTER_OFFER = "counter_offer"
    DECLINE = "decline"
    OFFER_LAPSE = "offer_lapse"
    ACCEPT_OFFER = "accept_offer"
    PROPOSE_DECISION = "propose_decision"
    DECIDE = "decide"
    CONFIRM = "confirm"
    RETURN = "return"
    APPROVE = "approve"
    REFUSE = "refuse"
    COMPLETE = "complete"
    ACTION_FAILED = "action_failed"
    APPEAL = "appeal"
    CLOSE = "close"
    REOPEN = "reopen"
    LEAVE_TO_PARTIES = "leave_to_parties"
    RESUME = "resume"
    RELEASE_PRO_RATA = "release_pro_rata"
    WITHDRAW = "withdraw"
    MARK_DUPLICATE = "mark_duplicate"
    UNMARK_DUPLICATE = "unmark_duplicate"
    RECUSE = "recuse"
    ACCEPT_NOTICE = "accept_notice"
    REJECT_NOTICE = "reject_notice"
    RESTRICT = "restrict"
    COUNTER = "counter"
    COMPLAIN = "complain"
    UNCONTESTED = "uncontested"
    RETRACT = "retract"
    ACCEPT_COUNTER = "accept_counter"
    REJECT_COUNTER = "reject_counter"
    COURT_NOTICE = "court_notice"
    RESTORE = "restore"
    ORDER_RECEIVED = "order_received"


class Outcome(StrEnum):
    """How a round ended; apart from the state."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"
    ANSWERED = "answered"
    RESTORED = "restored"
    KEPT_DOWN = "kept_down"
    WITHDRAWN = "withdrawn"
    NO_RESPONSE = "no_response"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"


class Silence(StrEnum):
    """What an unanswered request proposes; a person still decides."""

    DECIDE_ON_FILE = "decide_on_file"
    COMPLAINANT_PREVAILS = "complainant_prevails"
    RESPONDENT_PREVAILS = "respondent_prevails"
