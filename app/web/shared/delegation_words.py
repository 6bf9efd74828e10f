"""What delegates are called, for the pages that invite, list and accept them."""

from __future__ import annotations

from typing import Any

from app.infra.i18n import lazy_gettext as __

RELATIONS: dict[str, Any] = {
    "co_writer": __("Co-writer or producer"),
    "manager": __("Manager"),
    "label": __("Label or publisher"),
    "other": __("Somebody else"),
}
CAPABILITIES: dict[str, Any] = {
    "act": __("Read and act: answer, write, add evidence, ask for a second review"),
    "read": __("Only read"),
}
