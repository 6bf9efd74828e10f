"""What tests read from account pages."""

from __future__ import annotations

import re
from typing import Any


def token_of(page: Any) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)[:2000]
    return found.group(1)


def scrub(response: Any) -> str:
    """The body without form tokens and keys."""
    return re.sub(r'value="[^"]{20,}"', "", response.get_data(as_text=True))
