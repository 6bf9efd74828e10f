"""Mail out: one recipient a message, over SMTP, or into a folder that the demo shows."""

from __future__ import annotations

from typing import Any

from app.infra.mail.maildir import MaildirMailer
from app.infra.mail.port import Mailer
from app.infra.mail.smtp import SmtpMailer, SmtpServer


def make_mailer(settings: Any) -> Mailer:
    """SMTP by the settings; with `mailbox` a folder below the data folder instead."""
    if settings.mailbox:
        return MaildirMailer(settings.data_dir / "mailbox", settings.mail_from)
    server = SmtpServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_tls,
    )
    return SmtpMailer(server, settings.mail_from)
