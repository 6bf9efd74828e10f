"""What the desk asks for most, per sub-kind: the item, why, and a good example in the party's words.

One table of data; the request builder offers it and macros name its keys.
"""

from __future__ import annotations

from typing import NamedTuple

from app.conversations.rules.requests import ItemKind
from app.kernel.words import words as _

_DOC, _ASK, _YES = ItemKind.DOCUMENT, ItemKind.QUESTION, ItemKind.CONFIRMATION
_MONEY = frozenset(
    """missing_earnings wrong_split wrong_fee_or_rate withholding held_money payment_not_received""".split()
)
_RIGHTS = frozenset(["ownership", "share", "authorship", "reversion", "platform_claim"])
_TAKEN = frozenset(
    ["dmca_notice", "eu_notice", "store_takedown", "own_restriction", "profile_mixup"]
)
_DISPUTES = _MONEY | _RIGHTS | _TAKEN


class ItemTemplate(NamedTuple):
    """One thing to ask for. *label* is what the party reads; *why* and *example* become the hint."""

    key: str
    sub_kinds: frozenset[str]
    kind: ItemKind
    label: str
    why: str
    example: str


TEMPLATES: tuple[ItemTemplate, ...] = (
    ItemTemplate("agreement", _RIGHTS | _TAKEN, _DOC, _("Signed producer or recording agreement"),
                 _("It says who owns the recording and since when."),
                 _("All pages as one PDF, signatures readable.")),
    ItemTemplate("split_sheet", _RIGHTS | {"wrong_split"}, _DOC, _("Split sheet signed by everybody"),
                 _("It says which share each person has."), _("A photo of the signed page is enough.")),
    ItemTemplate("session_files", _RIGHTS | _TAKEN, _DOC, _("Project or session files of the recording"),
                 _("They show when and by whom the recording was made."),
                 _("The project folder as a ZIP, with its dates.")),
    ItemTemplate("first_release", _RIGHTS | _TAKEN, _ASK, _("Where and when was it released first?"),
                 _("The earlier release often decides."), _("A link and a date, for example 14 April 2026.")),
    ItemTemplate("chain_of_title", _RIGHTS, _DOC, _("Transfer of the rights from the earlier owner"),
                 _("We must see each step from the author to you."), _("The assignment or the end of the old contract.")),
    ItemTemplate("licence", _TAKEN | {"platform_claim"}, _DOC, _("Licence for the sample, beat or loop"),
                 _("A licensed loop may be used by many people."), _("The licence text and the receipt.")),
    ItemTemplate("works_compared", frozenset(["dmca_notice", "eu_notice", "platform_claim"]), _ASK,
                 _("Which seconds of which recording are the same?"),
                 _("We compare exactly these places."), _("For example 0:48 to 1:19 in both.")),
    ItemTemplate("authority", frozenset(["dmca_notice", "eu_notice"]), _DOC, _("Proof that you may act for the owner"),
                 _("A notice counts only from the owner or somebody they authorised."),
                 _("A letter of authority with name, date and signature.")),
    ItemTemplate("identity", _DISPUTES, _DOC, _("Identity document"),
                 _("We make sure that we speak with the right person. The other side never sees it."),
                 _("Passport or identity card, all corners in the picture.")),
    ItemTemplate("statement", _MONEY, _DOC, _("The statement that you think is wrong"),
                 _("We compare it line by line with what the stores reported."),
                 _("The CSV or PDF as you downloaded it.")),
    ItemTemplate("expected", _MONEY, _ASK, _("Which amount did you expect, and how did you count?"),
                 _("It shows us where to look first."), _("For example 946.55 EUR: 184,210 streams in Germany.")),
    ItemTemplate("bank_proof", frozenset(["payment_not_received"]), _DOC, _("Bank statement of the days around the payment"),
                 _("The bank may have returned the money."), _("The page with the dates; cover other lines.")),
    ItemTemplate("tax_form", frozenset(["withholding"]), _DOC, _("Tax residence certificate"),
                 _("It lowers the tax that we must keep back."), _("Of this year, stamped by the tax office.")),
    ItemTemplate("profile_link", frozenset(["profile_mixup"]), _ASK, _("Link to your own artist page in each store"),
                 _("Stores move releases only to a page that is named exactly."), _("The address from Share, Copy link.")),
    ItemTemplate("truth", _DISPUTES, _YES, _("I confirm that what I wrote is true and complete"),
                 _("The decision rests on it."), ""),
)  # fmt: skip
_BY_KEY = {row.key: row for row in TEMPLATES}


def templates_for(sub_kind: str) -> tuple[ItemTemplate, ...]:
    """What is asked for most in a sub-kind, in the order of the table."""
    return tuple(row for row in TEMPLATES if sub_kind in row.sub_kinds)


def template(key: str) -> ItemTemplate | None:
    """The template of that key, if there is one."""
    return _BY_KEY.get(key)
