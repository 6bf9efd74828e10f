"""What happens after what: one row per event type. An event nobody answers stands here with ()."""

from __future__ import annotations

from app.accounts import jobs as accounts_jobs
from app.accounts.events import AccountNoticeRaised, PersonInvited, SignInCodeIssued
from app.infra.outbox import Reaction
from app.kernel.events import Event

__all__ = ["REACTIONS", "accounts_jobs"]

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    # accounts: the mails are written by notifications
    SignInCodeIssued: (),
    PersonInvited: (),
    AccountNoticeRaised: (),
}
