"""Values that the style guide shows: everyday ones, and the ones that break pages (UX section 16.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.catalogue.rules.covers import cover_of
from app.infra.i18n import gettext as _
from app.kernel.money import Money
from app.web.shared.audit_view import Factor


@dataclass(frozen=True)
class Bag:
    """Sample values by name."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def _span(text: str, href: str = "", *, strong: bool = False) -> dict[str, Any]:
    return {"text": text, "href": href, "strong": strong}


def _factors() -> list[Factor]:
    """One line of a payout that was computed again."""
    return [
        Factor(
            recording="AZTW12600418", sale_month="07/2026", gross="€1,256.88", exact_gross="1256.88 EUR", used="25%", share="50%",
            fee="0%", rate="", tax="", formula="1256.88 EUR × 1 × (1 − 0) × 0.5 × (1 − 0) = 628.44 EUR", expected="628.44 EUR",
            paid="314.22 EUR", delta=Money(Decimal("314.22"), "EUR"), reason=_("Wrong split"), history=(_("%(share)s in %(where)s, from %(since)s until before %(until)s", share="50%", where="WW", since=_("the beginning"), until=_("open")),),
        )
    ]  # fmt: skip


def sample(now: datetime) -> Bag:
    """Values around *now*, so that clocks show late, soon and far. Words of the house are translated as on a page."""
    states = (
        "submitted",
        "triage",
        "review",
        "waiting_complainant",
        "restoration_window",
        "finance_approval",
    )
    return Bag(
        {
            "ref": "RD-7K4M-29QX", "now": now, "earlier": now - timedelta(days=8),
            "due": now + timedelta(days=4, hours=3), "late": now - timedelta(hours=3),
            "soon": now + timedelta(hours=3, minutes=25), "states": states,
            "money": Money(Decimal("1118.20"), "EUR"), "owed": Money(Decimal("412.83"), "EUR"),
            "minus": Money(Decimal("-98.61"), "EUR"),
            "steps": [
                {"name": _("Received"), "note": "12 Nov 2026", "state": "done"},
                {"name": _("Reviewing evidence"), "note": _("Started 13 Nov"), "state": "now"},
                {"name": _("Decision"), "note": _("By Thu 3 Dec 2026"), "state": "next"},
                {"name": _("Closed"), "note": _("You can ask for a second review"), "state": "next"},
            ],
            "requests": [
                {"name": _("Producer agreement"), "hint": _("Signed, all pages"), "href": "#", "icon": "file-pen-line",
                 "tone": "warn", "chip_icon": "clock", "state": _("Needed")},
                {"name": _("Session files or stems"), "hint": "night-ferry-stems.zip, 412 MB", "icon": "audio-lines",
                 "tone": "info", "chip_icon": "eye", "state": _("In review")},
                {"name": _("Photo ID"), "hint": _("Received 13 Nov"), "icon": "image", "tone": "ok",
                 "chip_icon": "check", "state": _("Accepted")},
            ],
            "article": [
                {"kind": "heading", "anchor": "what", "rows": [[_span("What counts")]]},
                {"kind": "points", "rows": [[_span("Signed papers")], [_span("Dated files", strong=True)]]},
                {"kind": "text", "rows": [[_span("Read "), _span("how a case runs", href="#")]]},
            ],
            "articles": [{"slug": "a", "language": "en", "title": "How a case runs", "summary": "Steps and dates"}],
            "release": {
                "name": "release-sample", "title": "Night Ferry", "line": "Sabina Aliyeva, 2026", "stores": "Spotify, Deezer",
                "cover": cover_of("4006381333931"), "ticked": True,
                "parts": [{"name": "part-sample", "title": "Night Ferry (Live)", "line": "AZTW12600418", "ticked": False}],
            },
            "parts": [
                {"label": _("Wrong split"), "share": 76, "amount": "€314.22"},
                {"label": _("Territory left out"), "share": 17, "amount": "€71.40"},
                {"label": _("Wrong exchange rate day"), "share": 7, "amount": "€23.09"},
            ],
            "factors": _factors(),
        }
    )  # fmt: skip


TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Night Ferry", "name": "Sabina Aliyeva",
        "long": "The Very Long Night Ferry That Never Came Back to the Harbour (Extended Live Mix)",
        "word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "body": "I made this beat with Rauf in March. We have a contract.",
        "reason": "We need the signed agreement because two people claim the same recording.",
    },
    "ar": {
        "title": "عبّارة الليل", "name": "سلمى عثمان",
        "long": "عبّارة الليل الطويلة جدًا التي لم تعد إلى الميناء قط (نسخة حية موسعة من الحفل) ٢٠٢٦",
        "word": "فسيكفيكهموها-أفاستسقيناكموها-ولنستخلفنهموها-وأنلزمكموها-أتستبدلونهموها-بعدئذ",
        "body": "صنعت هذا الإيقاع مع رؤوف في مارس. لدينا عقد موقّع.",
        "reason": "نحتاج إلى الاتفاق الموقّع لأن شخصين يطالبان بالتسجيل نفسه.",
    },
}  # fmt: skip
"""Words of any length in each direction, of ours and somebody's own; the long title has 80 characters and more, the word no place to break."""

NAMES = (
    "Sabina Aliyeva", "Rauf Hasanov", "سلمى عثمان", "青木 春", "Անի Հակոբյան", "สมชาย ใจดี", "김민준", "Áine Ní Bhraonáin",
    "Wolfeschlegelsteinhausenbergerdorff", "O", "Null", "Caspian Reel Ltd, acting for the estate of Leyla M.",
)  # fmt: skip
"""Twelve parties of a case, with names of every kind."""


def texts(lang: str) -> dict[str, str]:
    """The words of that direction, longer in the made-up language: they stand where translated words stand, too."""
    return {name: _(text) for name, text in TEXTS[lang].items()}


def extremes() -> dict[str, Money]:
    """Amounts at the ends: nothing, below nothing, huge, without and with many minor units."""
    return {
        "zero": Money(Decimal(0), "EUR"), "minus": Money(Decimal("-98765432.10"), "EUR"),
        "huge": Money(Decimal("9876543210987.65"), "EUR"), "yen": Money(Decimal(1234567890), "JPY"),
        "dinar": Money(Decimal("12345.678"), "KWD"), "tiny": Money(Decimal("0.000001"), "EUR"),
    }  # fmt: skip
