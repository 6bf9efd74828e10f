"""What happens after what: one row per event type. An event nobody answers stands here with ()."""

from __future__ import annotations

from app.accounts import jobs as accounts_jobs
from app.accounts.events import (
    AccountNoticeRaised,
    DelegateInvited,
    PersonInvited,
    SignInCodeIssued,
)
from app.casefiles import jobs as casefiles_jobs
from app.casefiles.events import CaseFileReady
from app.cases.events import (
    CaseAssigned,
    CaseFlagged,
    CaseMoved,
    CaseSubmitted,
    DeadlineAlarm,
    DeadlineNear,
    DeadlinePassed,
    DraftDeleted,
    MemberAdded,
    MemberRevoked,
)
from app.conversations.events import (
    ItemAnswered,
    ItemJudged,
    ItemsAsked,
    MessageSent,
    NoteAdded,
    RequestExtended,
    RequestLapsed,
)
from app.corrections.events import (
    BatchExported,
    BatchLocked,
    CorrectionAcknowledged,
    CorrectionApproved,
    CorrectionApprovedOnce,
    CorrectionFailed,
    CorrectionProposed,
    CorrectionRefused,
    CorrectionReversed,
)
from app.decisions.events import DecisionConfirmed, DecisionProposed, DecisionReturned
from app.evidence import jobs as evidence_jobs
from app.evidence.events import (
    EvidenceReceived,
    EvidenceShared,
    EvidenceUnshared,
    EvidenceWithdrawn,
    VerdictRecorded,
)
from app.history import jobs as history_jobs
from app.incidents.events import ChildCasesWanted, CorrectionsWanted, ParentEventFound
from app.infra.outbox import Reaction
from app.kernel.events import Event
from app.ledger.events import BankChanged, HoldMoved, HoldPlaced, HoldReleased
from app.letters import jobs as letters_jobs
from app.letters.events import LetterIssued, LetterNumbered, LetterSettled, LetterVoided
from app.notifications import jobs as notifications_jobs
from app.notifications.events import MailFailed, MailSent
from app.queues.events import BulkStarted
from app.ratings.events import CaseRated
from app.statements import jobs as statements_jobs
from app.workflows import (
    audit_payouts,
    before_filing,
    bulk,
    check_invariants,
    check_status,
    complete,
    correct_together,
    letters,
    note_references,
    notices,
    open_child_cases,
    run_batches,
    sweep_clocks,
    sweep_payouts,
    tell_desk,
    webhooks,
)

__all__ = [
    "REACTIONS",
    "accounts_jobs",
    "audit_payouts",
    "casefiles_jobs",
    "check_invariants",
    "check_status",
    "evidence_jobs",
    "history_jobs",
    "letters_jobs",
    "notifications_jobs",
    "run_batches",
    "statements_jobs",
    "sweep_clocks",
    "sweep_payouts",
]

_WEBHOOKS = Reaction("webhooks.publish", webhooks.publish)

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    # accounts
    SignInCodeIssued: (Reaction("notices.sign_in_code", notices.mail_sign_in_code),),
    DelegateInvited: (Reaction("notices.delegate", notices.mail_delegate),),
    PersonInvited: (Reaction("notices.invitation", notices.mail_invitation),),
    BankChanged: (Reaction("notices.bank_changed", notices.mail_bank_change),),
    AccountNoticeRaised: (Reaction("notices.account", notices.mail_account_notice),),
    # case files
    CaseFileReady: (Reaction("notices.case_file", notices.mail_case_file),),
    # parent events
    ParentEventFound: (Reaction("sweep.told", sweep_payouts.tell_house),),
    ChildCasesWanted: (Reaction("sweep.open_cases", open_child_cases.open_on),),
    CorrectionsWanted: (Reaction("sweep.correct", correct_together.prepare_on),),
    # conversations
    MessageSent: (
        Reaction("notices.message", notices.mail_message),
        Reaction("desk.wrote", tell_desk.party_wrote),
        _WEBHOOKS,
    ),
    NoteAdded: (),
    ItemsAsked: (
        Reaction("notices.request", notices.mail_request),
        _WEBHOOKS,
    ),
    ItemAnswered: (
        Reaction("desk.answered", tell_desk.party_answered),
        _WEBHOOKS,
    ),
    ItemJudged: (),
    RequestExtended: (),
    RequestLapsed: (),
    # cases
    CaseSubmitted: (
        Reaction("notices.acknowledge", notices.acknowledge),
        Reaction("evidence.seal", evidence_jobs.seal_case),
        Reaction("references.filed", note_references.note_filed),
        Reaction("help.filed", before_filing.note_filed_on),
        _WEBHOOKS,
    ),
    CaseMoved: (
        Reaction("audit.begin", audit_payouts.begin_on),
        Reaction("letters.of_move", letters.write_letters_of_move),
        Reaction("notices.closed", notices.tell_closed),
        Reaction("notices.silence", notices.tell_of_silence),
        _WEBHOOKS,
    ),
    CaseAssigned: (),
    CaseFlagged: (),
    DraftDeleted: (Reaction("evidence.purge", evidence_jobs.purge_case),),
    MemberAdded: (Reaction("notices.joined", notices.mail_joined),),
    MemberRevoked: (),
    DeadlineNear: (
        Reaction("notices.remind", notices.remind),
        Reaction("desk.near", tell_desk.deadline_near),
    ),
    DeadlinePassed: (Reaction("desk.passed", tell_desk.deadline_passed),),
    DeadlineAlarm: (Reaction("desk.alarm", tell_desk.deadline_alarm),),
    # lists
    BulkStarted: (Reaction("bulk.work_off", bulk.work_off_on),),
    # evidence: nobody is mailed about single files; requests and messages do that
    EvidenceReceived: (_WEBHOOKS,),
    EvidenceShared: (_WEBHOOKS,),
    EvidenceUnshared: (),
    EvidenceWithdrawn: (),
    VerdictRecorded: (),
    # decisions
    DecisionProposed: (),
    DecisionReturned: (),
    DecisionConfirmed: (
        Reaction("letters.of_decision", letters.issue_letters_of_decision),
        _WEBHOOKS,
    ),
    # letters
    LetterNumbered: (),
    LetterIssued: (
        Reaction("notices.letter", notices.mail_letter),
        _WEBHOOKS,
    ),
    LetterSettled: (
        Reaction("complete.letter", complete.complete_on),
        Reaction("complete.informed", complete.note_informed_on),
    ),
    LetterVoided: (),
    # notifications
    MailSent: (Reaction("letters.told", notices.settle_told),),
    MailFailed: (
        Reaction("letters.not_told", notices.settle_not_told),
        Reaction("desk.mail_failed", tell_desk.mail_failed),
    ),
    # ledger
    HoldPlaced: (
        Reaction("letters.of_hold", letters.write_letters_of_hold),
        _WEBHOOKS,
    ),
    HoldReleased: (
        Reaction("letters.of_release", letters.write_letters_of_release),
        Reaction("complete.hold", complete.complete_on),
        _WEBHOOKS,
    ),
    HoldMoved: (Reaction("letters.of_moved_hold", letters.write_letters_of_hold),),
    # corrections
    CorrectionProposed: (),
    CorrectionApprovedOnce: (),
    CorrectionApproved: (
        Reaction("letters.of_money", letters.issue_letters_of_decision),
        _WEBHOOKS,
    ),
    CorrectionRefused: (),
    CorrectionReversed: (),
    BatchLocked: (),
    BatchExported: (_WEBHOOKS,),
    CorrectionAcknowledged: (
        Reaction("complete.money", complete.complete_on),
        _WEBHOOKS,
    ),
    CorrectionFailed: (Reaction("complete.failed", complete.fail_action_on),),
    # ratings: counted by reports, told to nobody
    CaseRated: (),
}
