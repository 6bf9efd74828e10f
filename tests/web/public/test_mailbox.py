"""The demo's mailbox shows what was mailed, and exists nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.adapters.vault import keys_from
from app.accounts.service.signin import issue_own_code
from app.infra.mail.maildir import MaildirMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.web.public import routes
from tests.factories.accounts import make_cast
from tests.factories.letters import with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]


def test_a_sign_in_mail_stands_in_the_mailbox_and_its_link_works(
    app: Flask, tx_as: TxAs, clock: FixedClock, run_jobs: Callable[[], int], tmp_path: Path
) -> None:
    ada = make_cast("ada")["ada"]
    settings = app.extensions["redress"].settings
    with tx_as(SYSTEM) as tx:
        issue_own_code(tx, ada.actor, clock, keys_from(settings).links)

    with with_services(app, mailer=MaildirMailer(tmp_path, settings.mail_from)):
        run_jobs()
        page = app.test_client().get("/demo/mailbox").text
        others = app.test_client().get("/demo/mailbox", query_string={"to": "cy@example.com"}).text

    link = page.split('href="' + settings.base_url + "/signin/link/")[1].split('"')[0]
    assert "Your sign-in code" in page
    assert ada.email in page
    assert app.test_client().get(f"/signin/link/{link}").status_code == 200
    assert "No mails yet" in others


def test_an_address_that_is_typed_is_shown_as_words(app: Flask) -> None:
    page = app.test_client().get(
        "/demo/mailbox", query_string={"to": '"><script>alert(1)</script>'}
    )

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_outside_the_demo_there_is_no_mailbox() -> None:
    class Services:
        """Settings alone."""

        def __init__(self, **changes: Any) -> None:
            self.settings = type(
                "Settings", (), {"demo": True, "mailbox": True, "secure": False, **changes}
            )()

    for changes in ({"demo": False}, {"mailbox": False}, {"secure": True}):
        app = Flask("bare")
        app.extensions["redress"] = Services(**changes)
        routes.register(app)
        assert "/demo/mailbox" not in {rule.rule for rule in app.url_map.iter_rules()}
