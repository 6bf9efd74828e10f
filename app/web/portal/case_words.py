"""How a case is called on a party's pages: title, kind, one line about it."""

from __future__ import annotations

from app.cases.rules.kinds import Kind
from app.cases.rules.views import CaseView
from app.cases.rules.words import SUB_KIND_WORDS
from app.infra.i18n import gettext as _

ICONS = {
    Kind.TAKEDOWN: "eye-off", Kind.PAYOUT: "banknote", Kind.RIGHTS_CLAIM: "shield-alert", Kind.SUPPORT: "message-square",
}  # fmt: skip


def title_of(kind: Kind, title: str) -> str:
    """The case in one line, neutral until decided. The title stands isolated, whatever its direction (B111)."""
    alone = f"\N{FIRST STRONG ISOLATE}{title}\N{POP DIRECTIONAL ISOLATE}"
    if kind is Kind.TAKEDOWN:
        return _("Takedown of “%(title)s”", title=alone)
    if kind is Kind.PAYOUT:
        return _("Payout of “%(title)s”", title=alone)
    return _("Claim about “%(title)s”", title=alone) if kind is Kind.RIGHTS_CLAIM else title


def meta_of(case: CaseView) -> str:
    """Artist, what it is about, store."""
    parts = [case.subject_artist, _(SUB_KIND_WORDS[case.sub_kind]), case.store or ""]
    return " · ".join(part for part in parts if part)
