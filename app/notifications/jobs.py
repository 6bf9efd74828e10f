"""Sending one mail: claim, send, write down the end, each in a transaction of its own (I10, B068, B137)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog

from app.accounts.adapters.vault import keys_from
from app.accounts.service.sealed import open_code, open_invitation, open_status_code
from app.infra.jobs import Run, job
from app.infra.mail.port import MailOutcomeUnknown, MailRefused, OutgoingMail
from app.infra.render.port import RenderFailed
from app.kernel.errors import Invalid, Unavailable
from app.notifications.adapters.signed import choice_token, header_id, thread_id
from app.notifications.formats.words import body_of, line_of, subject_of, words_of
from app.notifications.rules import MANNERS, OWN_BODY, MailKind, path_of
from app.notifications.service.digest import people_with_digest, queue_digest
from app.notifications.service.mail import (
    REFUSED,
    Claimed,
    claim_mail,
    mail_failed,
    mail_put_back,
    mail_sent,
    mail_unknown,
)

log = structlog.get_logger()


class SecretOver(Exception):
    """The link or code is older than it may be: sending it would help nobody."""


@job("notifications.deliver")
def deliver_mail(run: Run, mail_id: str) -> None:
    """Send one queued mail. Safe to repeat: whoever claims it sends it, and an end is an end."""
    key = UUID(mail_id)
    with run.transaction() as tx:
        claimed = claim_mail(tx, key, run.clock)
    if claimed is None:
        return
    try:
        run.services.mailer.send(compose(claimed, run.services.settings))
    except Unavailable as error:
        log.warning("mail_not_sent", mail_id=mail_id, kind=claimed.kind, error=error.code)
        with run.transaction() as tx:
            mail_put_back(tx, key, error.code)
        raise
    except MailOutcomeUnknown as error:
        log.warning("mail_unknown", mail_id=mail_id, kind=claimed.kind, error=error.code)
        with run.transaction() as tx:
            mail_unknown(tx, key, run.clock)
    except (MailRefused, Invalid, RenderFailed, SecretOver) as error:
        log.warning("mail_refused", mail_id=mail_id, kind=claimed.kind, error=_slug(error))
        with run.transaction() as tx:
            mail_failed(tx, key, _slug(error), run.clock)
    else:
        with run.transaction() as tx:
            mail_sent(tx, key, run.clock)


@job("notifications.digest", queue="later", cron="7 * * * *")
def send_digests(run: Run, timestamp: int = 0) -> None:
    """The daily mails whose time has come. Safe to repeat: one a person and local day."""
    del timestamp
    with run.transaction() as tx:
        people = people_with_digest(tx)
    for person_id in people:
        with run.transaction() as tx:
            queue_digest(tx, person_id, run.clock)


def compose(claimed: Claimed, settings: Any) -> OutgoingMail:
    """Subject, text and HTML of a mail, with the headers that bind it to its case. Raises RenderFailed, SecretOver."""
    links, host = keys_from(settings).links, settings.mail_from.rpartition("@")[2]
    choices = "" if claimed.kind in OWN_BODY else _choices(claimed, settings)
    values = {
        "product": settings.product_name, "base_url": settings.base_url, "choices": choices,
        **claimed.values, **_opened(claimed, settings),
    }  # fmt: skip
    subject = subject_of(claimed.kind, values, claimed.language)
    shared = claimed.kind not in OWN_BODY
    if shared:
        values |= _shared(claimed, values, settings)
    file = "_notice" if shared else f"{claimed.kind}/body"
    case = claimed.case_id
    return OutgoingMail(
        to=claimed.address,
        subject=subject,
        text=body_of(f"{file}.txt", values, claimed.language),
        html=body_of(f"{file}.html", values, claimed.language),
        message_id=header_id(links, claimed.message_id, case, claimed.address, host),
        language=claimed.language,
        created_at=claimed.created_at,
        sender_name=settings.product_name,
        thread=thread_id(links, case, claimed.address, host) if case else "",
        unsubscribe=_unsubscribe(claimed, settings),
    )


def _shared(claimed: Claimed, values: dict[str, Any], settings: Any) -> dict[str, Any]:
    """What the body of all notices is made of: the words of the list, and where the one button leads."""
    words = words_of(claimed.kind, values, claimed.language)
    told = claimed.values.get("lines", ())
    lines = [line_of(MailKind(one["kind"]), one["values"], claimed.language) for one in told]
    link = settings.base_url + path_of(claimed.kind, claimed.values)
    closed = claimed.kind is MailKind.CASE_CLOSED
    rate = f"{settings.base_url}/cases/{claimed.values['ref']}/rate" if closed else ""
    said = {"line": words.line, "more": words.more, "go": words.go}
    return {**said, "lines": lines, "link": link, "rate": rate}


def _choices(claimed: Claimed, settings: Any) -> str:
    return f"{settings.base_url}/mail/choices/{choice_token(keys_from(settings).links, claimed.id)}"


def _unsubscribe(claimed: Claimed, settings: Any) -> str:
    """The address of one click (RFC 8058), only for kinds whose mail may be switched off."""
    if not MANNERS[claimed.kind].choice and claimed.kind is not MailKind.DIGEST:
        return ""
    token = choice_token(keys_from(settings).links, claimed.id)
    return f"{settings.base_url}/mail/unsubscribe/{token}"


def _opened(claimed: Claimed, settings: Any) -> dict[str, str]:
    """What was sealed for this process alone: codes, and the links of sign-ins and invitations."""
    sealed = claimed.values.get("sealed")
    if sealed is None:
        return {}
    links = keys_from(settings).links
    if claimed.kind is MailKind.SIGN_IN_CODE:
        secret = open_code(links, sealed)
        if secret is None:
            raise SecretOver
        return {"code": secret.code, "link": f"{settings.base_url}/signin/link/{secret.token}"}
    if claimed.kind is MailKind.STATUS_CODE:
        code = open_status_code(links, sealed)
        if code is None:
            raise SecretOver
        return {"code": code}
    token = open_invitation(links, sealed)
    if token is None:
        raise SecretOver
    page = "delegation" if claimed.kind is MailKind.DELEGATE_INVITE else "invitation"
    return {"link": f"{settings.base_url}/{page}/{token}"}


def _slug(error: Exception) -> str:
    """A stable word for the page of mails; never the other server's text."""
    if isinstance(error, MailRefused):
        return f"{REFUSED}{error.message}"
    return str(getattr(error, "code", "secret_over"))
