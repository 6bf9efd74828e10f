"""What tests read from account pages."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import text

from app.accounts.adapters.vault import keys_from
from app.accounts.service.sealed import open_code
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor


def token_of(page: Any) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)[:2000]
    return found.group(1)


def scrub(response: Any) -> str:
    """The body without form tokens and keys."""
    return re.sub(r'value="[^"]{20,}"', "", response.get_data(as_text=True))


def mailed(app: Any) -> Any:
    """The newest secret that went out by mail."""
    with transaction(Actor.system("test")) as tx:
        row = tx.execute(
            text(
                "select payload from event where type = 'sign_in_code_issued' order by at desc limit 1"
            )
        ).one_or_none()
    return row and open_code(
        keys_from(app.extensions["redress"].settings).links, row.payload["sealed"]
    )
