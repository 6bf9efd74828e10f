"""What people read: states for staff and for parties, whose move it is, events as buttons and help.

Sources: UX 4 and the lifecycle contract's "staff words / artist words". The chip of a party never
says lost or rejected; the letter explains.
"""

from __future__ import annotations

from enum import StrEnum

from app.cases.rules.kinds import CaseEvent, Kind, Outcome, State, SubKind, artist_side
from app.kernel.sides import Side
from app.kernel.words import words as _


class Mover(StrEnum):
    """Who must move next."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    BOTH = "both"
    DESK = "desk"
    FINANCE = "finance"
    STORE = "store"
    COURT = "court"
    SYSTEM = "system"
    NOBODY = "nobody"


S, E = State, CaseEvent
MOVERS: dict[State, Mover] = {
    S.DRAFT: Mover.COMPLAINANT,
    S.SUBMITTED: Mover.DESK,
    S.TRIAGE: Mover.DESK,
    S.WAITING_COMPLAINANT: Mover.COMPLAINANT,
    S.WAITING_RESPONDENT: Mover.RESPONDENT,
    S.WAITING_STORE: Mover.STORE,
    S.NOTICE_REVIEW: Mover.DESK,
    S.RESTRICTED: Mover.RESPONDENT,
    S.COUNTER_REVIEW: Mover.DESK,
    S.RESTORATION_WINDOW: Mover.COMPLAINANT,
    S.COURT_STAY: Mover.COURT,
    S.AUDITING: Mover.SYSTEM,
    S.EVIDENCE_EXCHANGE: Mover.BOTH,
    S.NEGOTIATION: Mover.BOTH,
    S.HELD_PARTIES_TO_SETTLE: Mover.BOTH,
    S.REVIEW: Mover.DESK,
    S.CONFIRMATION: Mover.DESK,
    S.FINANCE_APPROVAL: Mover.FINANCE,
    S.IMPLEMENTING: Mover.FINANCE,
    S.DECIDED: Mover.NOBODY,
    S.APPEAL_REVIEW: Mover.DESK,
    S.CLOSED: Mover.NOBODY,
    S.DELETED: Mover.NOBODY,
}
"""In a negotiation the party that has the offer; its clock says which."""

STAFF_WORDS: dict[State, str] = {
    S.DRAFT: _("Draft"),
    S.SUBMITTED: _("New"),
    S.TRIAGE: _("Triage"),
    S.WAITING_COMPLAINANT: _("Waiting on artist or claimant"),
    S.WAITING_RESPONDENT: _("Waiting on respondent"),
    S.WAITING_STORE: _("Waiting on store"),
    S.NOTICE_REVIEW: _("Notice check"),
    S.RESTRICTED: _("Restricted"),
    S.COUNTER_REVIEW: _("Counter-notice check"),
    S.RESTORATION_WINDOW: _("Statutory clock"),
    S.COURT_STAY: _("In court"),
    S.AUDITING: _("Recomputing"),
    S.EVIDENCE_EXCHANGE: _("Exchange"),
    S.NEGOTIATION: _("Offer open"),
    S.HELD_PARTIES_TO_SETTLE: _("Held, parties to settle"),
    S.REVIEW: _("Evidence review"),
    S.CONFIRMATION: _("Confirming"),
    S.FINANCE_APPROVAL: _("Awaiting approval"),
    S.IMPLEMENTING: _("Implementing"),
    S.DECIDED: _("Decided"),
    S.APPEAL_REVIEW: _("Second review"),
    S.CLOSED: _("Closed"),
    S.DELETED: _("Discarded draft"),
}

PARTY_WORDS: dict[State, str] = {
    S.DRAFT: _("Draft"),
    S.SUBMITTED: _("Received"),
    S.TRIAGE: _("Received"),
    S.WAITING_STORE: _("We are waiting for the store"),
    S.NOTICE_REVIEW: _("Received"),
    S.RESTRICTED: _("Taken down, you can answer"),
    S.COUNTER_REVIEW: _("We are checking your counter-notice"),
    S.RESTORATION_WINDOW: _("Waiting period"),
    S.COURT_STAY: _("In court"),
    S.AUDITING: _("We are checking the numbers"),
    S.EVIDENCE_EXCHANGE: _("Both sides send evidence"),
    S.HELD_PARTIES_TO_SETTLE: _("Held until you both agree"),
    S.REVIEW: _("We are reviewing"),
    S.CONFIRMATION: _("We are deciding"),
    S.FINANCE_APPROVAL: _("Payment being approved"),
    S.IMPLEMENTING: _("We are carrying it out"),
    S.DECIDED: _("Resolved"),
    S.APPEAL_REVIEW: _("Second review"),
    S.CLOSED: _("Closed"),
    S.DELETED: _("Discarded"),
}
FOR_YOU, FOR_OTHERS = _("Waiting for you"), _("Waiting for the other side")
YOUR_OFFER, THEIR_ANSWER = _("You have an offer"), _("Waiting for their answer")
WITHDRAWN_WORD = _("Withdrawn")

DECIDED_WORDS: dict[Outcome, str] = {
    Outcome.UPHELD: _("Upheld"),
    Outcome.PARTLY_UPHELD: _("Partly upheld"),
    Outcome.NOT_UPHELD: _("Not upheld"),
    Outcome.SETTLED: _("Settled"),
    Outcome.ANSWERED: _("Answered"),
    Outcome.RESTORED: _("Restored"),
    Outcome.KEPT_DOWN: _("Kept down"),
    Outcome.WITHDRAWN: WITHDRAWN_WORD,
    Outcome.NO_RESPONSE: _("No response"),
    Outcome.DUPLICATE: _("Duplicate"),
    Outcome.OUT_OF_SCOPE: _("Out of scope"),
}

KIND_WORDS: dict[Kind, str] = {
    Kind.TAKEDOWN: _("Takedown"),
    Kind.PAYOUT: _("Payout"),
    Kind.RIGHTS_CLAIM: _("Rights claim"),
    Kind.SUPPORT: _("Support"),
}
SUB_KIND_WORDS: dict[SubKind, str] = {
    SubKind.DMCA_NOTICE: _("Copyright notice (US)"),
    SubKind.EU_NOTICE: _("Notice of illegal content (EU)"),
    SubKind.STORE_TAKEDOWN: _("Taken down by a store"),
    SubKind.OWN_RESTRICTION: _("Blocked by us"),
    SubKind.PROFILE_MIXUP: _("Wrong artist page"),
    SubKind.MISSING_EARNINGS: _("Earnings are missing"),
    SubKind.WRONG_SPLIT: _("Wrong split"),
    SubKind.WRONG_FEE_OR_RATE: _("Wrong fee or rate"),
    SubKind.WITHHOLDING: _("Tax or withholding"),
    SubKind.HELD_MONEY: _("Held money"),
    SubKind.PAYMENT_NOT_RECEIVED: _("Payment not received"),
    SubKind.OWNERSHIP: _("Who owns it"),
    SubKind.SHARE: _("Whose share is how large"),
    SubKind.AUTHORSHIP: _("Who wrote it"),
    SubKind.REVERSION: _("Rights that came back"),
    SubKind.PLATFORM_CLAIM: _("Claim on a platform"),
    SubKind.ACCOUNT_ACCESS: _("Account access"),
    SubKind.BILLING_REFUND: _("Billing or refund"),
    SubKind.DELIVERY_METADATA: _("Delivery or metadata"),
    SubKind.PLAYLIST_PITCHING: _("Playlist pitching"),
    SubKind.TECHNICAL: _("Technical problem"),
    SubKind.OTHER: _("Something else"),
}

_BUTTONS: dict[CaseEvent, tuple[str, str]] = {
    E.START: (_("Start a case"), _("A draft is kept for 30 days after the last change.")),
    E.SUBMIT: (_("Send"), _("The case gets its reference and the desk is told.")),
    E.DISCARD: (_("Discard the draft"), _("The draft and its files are removed.")),
    E.EXPIRE: (_("Expire the draft"), _("Nobody changed it for 30 days.")),
    E.TAKE: (_("Take it"), _("The case becomes yours and triage begins.")),
    E.CLOSE_OUT_OF_SCOPE: (_("Close as out of scope"), _("Spam, wrong place or no standing. Holds are released.")),
    E.ASK_COMPLAINANT: (_("Ask the complainant"), _("The resolution clock rests until they answer.")),
    E.ASK_RESPONDENT: (_("Ask the respondent"), _("Say what silence will do. The resolution clock rests.")),
    E.ASK_STORE: (_("Ask the store"), _("Record what was asked and where.")),
    E.STORE_ANSWERED: (_("The store answered"), _("Attach the proof; the case goes back to its step.")),
    E.ANSWER: (_("Send the answer"), _("The case goes on with what was answered.")),
    E.EXTEND: (_("Ask for more time"), _("A later deadline, once for each side.")),
    E.LAPSE: (_("Deadline passed"), _("The silence rule of the policy applies; a person still decides.")),
    E.RESOLVE: (_("Answer and resolve"), _("The case closes after 14 days unless it is not solved.")),
    E.NOT_SOLVED: (_("This did not solve it"), _("The desk looks again.")),
    E.CONVERT: (_("Make it another kind"), _("The history stays; the clocks of the new kind begin.")),
    E.START_REVIEW: (_("Start the review"), _("The facts are complete; evidence is judged now.")),
    E.START_AUDIT: (_("Recompute"), _("Statements and terms are computed again.")),
    E.AUDIT_DONE: (_("Numbers ready"), _("Totals and causes are attached.")),
    E.AUDIT_FAILED: (_("Recomputing failed"), _("The problem list is attached.")),
    E.START_EXCHANGE: (_("Open the exchange"), _("Both sides send evidence; the cells in conflict are held.")),
    E.CLOSE_EXCHANGE: (_("Close the exchange"), _("Review begins with what is there.")),
    E.OFFER: (_("Make an offer"), _("The other side has 14 days to answer.")),
    E.COUNTER_OFFER: (_("Make a counter-offer"), _("The time to answer begins anew.")),
    E.DECLINE: (_("Decline the offer"), _("The case goes on where it was.")),
    E.OFFER_LAPSE: (_("Offer lapsed"), _("Nobody answered in time.")),
    E.ACCEPT_OFFER: (_("Accept the offer"), _("The desk confirms the settlement.")),
    E.PROPOSE_DECISION: (_("Propose the decision"), _("It is frozen until another person confirms it.")),
    E.DECIDE: (_("Decide"), _("No second pair of eyes is asked for here.")),
    E.CONFIRM: (_("Confirm the decision"), _("Letters leave and money goes to finance.")),
    E.RETURN: (_("Return the decision"), _("It goes back to the proposer with your reason.")),
    E.APPROVE: (_("Approve"), _("The correction is posted and joins a batch.")),
    E.REFUSE: (_("Refuse"), _("The case goes back to review with your reason.")),
    E.COMPLETE: (_("Complete"), _("Everything the decision asks for is done.")),
    E.ACTION_FAILED: (_("An action failed"), _("A payment came back or a store refused.")),
    E.APPEAL: (_("Ask for a second review"), _("Somebody who took no part looks again.")),
    E.CLOSE: (_("Close"), _("Before the window ends only when both sides agree.")),
    E.REOPEN: (_("Open again"), _("The case goes back to triage.")),
    E.LEAVE_TO_PARTIES: (_("Leave it to the parties"), _("The money stays held; reviewed every 90 days.")),
    E.RESUME: (_("Resume"), _("An agreement, a judgment or new evidence came.")),
    E.RELEASE_PRO_RATA: (_("Release pro rata"), _("Only after the limitation date and if the policy allows.")),
    E.WITHDRAW: (_("Withdraw the case"), _("It closes and holds are released.")),
    E.MARK_DUPLICATE: (_("Mark as duplicate"), _("Holds move to the other case; sight stays as it is.")),
    E.UNMARK_DUPLICATE: (_("Not a duplicate after all"), _("The case goes back to where it was.")),
    E.RECUSE: (_("Step back"), _("You no longer see the case; somebody else takes it.")),
    E.ACCEPT_NOTICE: (_("Accept the notice"), _("Stores are asked to act; the artist gets the reasons.")),
    E.REJECT_NOTICE: (_("Reject the notice"), _("Say which element is missing.")),
    E.RESTRICT: (_("Restrict"), _("Two people; the artist gets the reasons at once.")),
    E.COUNTER: (_("Send a counter-notice"), _("Your contact details go to the claimant.")),
    E.COMPLAIN: (_("Complain about the restriction"), _("A person reviews it; the restriction stays meanwhile.")),
    E.UNCONTESTED: (_("Uncontested"), _("Nobody answered for six months.")),
    E.RETRACT: (_("Take the notice back"), _("The material is restored without waiting.")),
    E.ACCEPT_COUNTER: (_("Accept the counter-notice"), _("The statutory window begins.")),
    E.REJECT_COUNTER: (_("Reject the counter-notice"), _("Say which element is missing; it may be sent again.")),
    E.COURT_NOTICE: (_("Court action notified"), _("The window stops.")),
    E.RESTORE: (_("Restore"), _("Not before the earliest day, not after the latest.")),
    E.ORDER_RECEIVED: (_("Court order received"), _("The outcome follows the order.")),
}  # fmt: skip
EVENT_WORDS: dict[CaseEvent, str] = {event: label for event, (label, _help) in _BUTTONS.items()}
EVENT_HELP: dict[CaseEvent, str] = {event: text for event, (_label, text) in _BUTTONS.items()}


_WAITED = {
    State.WAITING_COMPLAINANT: Side.COMPLAINANT,
    State.WAITING_RESPONDENT: Side.RESPONDENT,
}
_ON_ARTIST, _ON_CLAIMANT = _("Waiting on artist"), _("Waiting on claimant")


def staff_words(state: State, sub_kind: SubKind | None = None) -> str:
    """The state as the desk reads it. *sub_kind*: tells who is waited for, the artist or whoever is against them."""
    waited = _WAITED.get(state)
    if sub_kind is None or waited is None:
        return STAFF_WORDS[state]
    if waited is artist_side(sub_kind):
        return _ON_ARTIST
    return _ON_CLAIMANT if waited is Side.COMPLAINANT else STAFF_WORDS[state]


def party_words(
    state: State, side: Side, outcome: Outcome | None = None, offer_side: Side | None = None
) -> str:
    """The chip of a party on *side*."""
    if state in _WAITED:
        return FOR_YOU if side is _WAITED[state] else FOR_OTHERS
    if state is State.NEGOTIATION:
        return YOUR_OFFER if side is offer_side else THEIR_ANSWER
    if state is State.CLOSED and outcome is Outcome.WITHDRAWN:
        return WITHDRAWN_WORD
    return PARTY_WORDS[state]


def needs(mover: Mover, side: Side) -> bool:
    """True when *side* is the one that must move."""
    return mover.value == side.value or mover is Mover.BOTH
