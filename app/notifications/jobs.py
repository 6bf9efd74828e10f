"""Sending one mail: claim, send, write down the end, each in a transaction of its own (I10, B068, B137)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from app.accounts.adapters.vault import keys_from
from app.accounts.service.sealed import open_code, open_invitation
from app.infra.jobs import Run, job
from app.infra.mail.port import MailOutcomeUnknown, MailRefused, OutgoingMail
from app.infra.render.port import RenderFailed
from app.infra.render.templates import DocumentTemplates
from app.kernel.errors import Invalid, Unavailable
from app.notifications.rules import MailKind
from app.notifications.service import (
    Claimed,
    claim_mail,
    mail_failed,
    mail_put_back,
    mail_sent,
    mail_unknown,
)

TEMPLATES = DocumentTemplates()


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
        with run.transaction() as tx:
            mail_put_back(tx, key, error.code)
        raise
    except MailOutcomeUnknown:
        with run.transaction() as tx:
            mail_unknown(tx, key, run.clock)
    except (MailRefused, Invalid, RenderFailed, SecretOver) as error:
        with run.transaction() as tx:
            mail_failed(tx, key, _slug(error), run.clock)
    else:
        with run.transaction() as tx:
            mail_sent(tx, key, run.clock)


def compose(claimed: Claimed, settings: Any) -> OutgoingMail:
    """Subject, text and HTML from the files of the kind. Raises RenderFailed, SecretOver."""
    values = {
        "product": settings.product_name,
        "base_url": settings.base_url,
        **claimed.values,
        **_opened(claimed, settings),
    }
    folder = f"emails/{claimed.kind}"
    return OutgoingMail(
        to=claimed.address,
        subject=" ".join(
            TEMPLATES.render(f"{folder}/subject.txt", values, claimed.language).split()
        ),
        text=_tidy(TEMPLATES.render(f"{folder}/body.txt", values, claimed.language)),
        html=TEMPLATES.render(f"{folder}/body.html", values, claimed.language),
        message_id=claimed.message_id,
        language=claimed.language,
        created_at=claimed.created_at,
        sender_name=settings.product_name,
    )


def _opened(claimed: Claimed, settings: Any) -> dict[str, str]:
    """What was sealed for this process alone: the code and link of a sign-in, the link of an invitation."""
    sealed = claimed.values.get("sealed")
    if sealed is None:
        return {}
    links = keys_from(settings).links
    if claimed.kind is MailKind.SIGN_IN_CODE:
        secret = open_code(links, sealed)
        if secret is None:
            raise SecretOver
        return {"code": secret.code, "link": f"{settings.base_url}/signin/link/{secret.token}"}
    token = open_invitation(links, sealed)
    if token is None:
        raise SecretOver
    return {"link": f"{settings.base_url}/invitation/{token}"}


def _tidy(text: str) -> str:
    """At most one empty line between paragraphs."""
    return re.sub(r"\n\s*\n+", "\n\n", text.strip()) + "\n"


def _slug(error: Exception) -> str:
    """A stable word for the page of mails; never the other server's text."""
    if isinstance(error, MailRefused):
        return f"refused_{error.message}"
    return str(getattr(error, "code", "secret_over"))
