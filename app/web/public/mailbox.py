"""The demo's mailbox: every mail the product sent, on loopback only. Production has no such page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from flask import Blueprint, render_template, request

from app.infra.mail.maildir import MaildirMailer
from app.web.shared.context import services
from app.web.shared.policy import public

bp = Blueprint("mailbox", __name__)
SHOWN = 50
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; *links* are the addresses of our own that stand in it."""

    to: str
    subject: str
    at: datetime
    text: str
    links: tuple[str, ...]


@bp.get("/demo/mailbox")
@public()
def mailbox_list() -> str:
    """The newest mails, of everybody or of one address."""
    wanted = request.args.get("to", "").strip().lower()[:254]
    return render_template("public/mailbox.html", mails=_mails(wanted), wanted=wanted)


def _mails(wanted: str) -> list[Mail]:
    mailer = services().mailer
    if not isinstance(mailer, MaildirMailer):
        return []
    own = services().settings.base_url
    found = (
        Mail(
            item.to,
            item.subject,
            item.at,
            item.text,
            tuple(link for link in _ADDRESS.findall(item.text) if link.startswith(f"{own}/")),
        )
        for item in mailer.newest(1_000)
        if not wanted or item.to.lower() == wanted
    )
    return list(islice(found, SHOWN))
