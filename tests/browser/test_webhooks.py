"""D6 in the browser: a webhook is made, its secret checks a real call, the log says so; with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from standardwebhooks import Webhook

from tests.browser.people import Visitor
from tests.browser.test_screens import looks
from tests.support.receiver import Receiver, receiving

Visit = Callable[..., Visitor]
OWNER = "leyla@tidewater.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def makes_one(admin: Visitor, url: str) -> str:
    """Fill the form in; the secret that is shown."""
    admin.opens("/admin/webhooks")
    admin.follows("New webhook")
    admin.types("E-mail address of its owner", OWNER)
    admin.types("Address to call", url)
    admin.picks("A message was sent")
    admin.presses("Make webhook")
    found = re.search(r"whsec_[\w+/=]+", admin.page.inner_text("main"))
    assert found
    return found[0]


@pytest.mark.parametrize(("width", "javascript"), [(1440, True), (390, False)])
def test_a_webhook_is_made_tested_rotated_and_switched_off(
    visit: Visit, receiver: Receiver, width: int, javascript: bool
) -> None:
    admin = visit(width, javascript=javascript)
    admin.signs_in_as_staff("adi")

    secret = makes_one(admin, receiver.url)
    admin.presses("Send a test")
    admin.reloads_until(lambda: "Delivered" in admin.page.inner_text("main"))

    said = Webhook(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)
    assert said["type"] == "ping"
    assert secret not in admin.page.content()
    admin.sees("Delivered")
    admin.never_scrolls_sideways()
    admin.presses("New secret")
    admin.sees("Copy it now: it is not shown again.")
    admin.opens(admin.page.url.removesuffix("/secret"))
    admin.presses("Switch off")
    admin.sees("Switched off. It is called no more.")
    admin.presses("Remove")
    admin.sees("The webhook was removed.")
    assert receiver.url not in admin.page.inner_text("main")


@pytest.mark.parametrize("width", [390, 1440])
def test_screens_of_webhooks(visit: Visit, width: int) -> None:
    admin = visit(width)
    admin.signs_in_as_staff("adi")
    for name, path in (("admin-webhooks", ""), ("admin-webhooks-new", "/new")):
        admin.opens(f"/admin/webhooks{path}")
        looks(admin, name, width)
    admin.opens("/admin/webhooks")
    admin.follows_first("hooks.tidewater.example")
    admin.sees("busy, try again")
    looks(admin, "admin-webhook", width)
