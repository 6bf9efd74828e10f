"""What the artist says and which kind of case that makes (contract "Kinds and sub-kinds")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.cases.rules.kinds import SubKind
from app.infra.i18n import lazy_gettext as _

S = SubKind


@dataclass(frozen=True, slots=True)
class Start:
    """One answer to "What is it about?" with the choices that follow, each naming its sub-kind."""

    label: Any
    hint: Any
    question: Any
    choices: tuple[tuple[SubKind, Any, Any], ...]


STARTS: dict[str, Start] = {
    "taken_down": Start(
        _("My release was taken down or blocked"), _("By a store, or by us."), _("Who took it down?"),
        (
            (S.STORE_TAKEDOWN, _("A store took it down"), _("It is gone from one store or several.")),
            (S.OWN_RESTRICTION, _("You blocked it"), _("We told you so, or it is gone everywhere.")),
        ),
    ),
    "payout": Start(
        _("My payout is wrong or missing"), _("Earnings, share, fees, tax, held money."), _("What is wrong with it?"),
        (
            (S.MISSING_EARNINGS, _("Earnings are missing or too low"), _("A store, territory or month is not there.")),
            (S.WRONG_SPLIT, _("My share is wrong"), _("You were paid another share than agreed.")),
            (S.WRONG_FEE_OR_RATE, _("A fee or exchange rate is wrong"), ""),
            (S.WITHHOLDING, _("Tax was taken that should not be"), ""),
            (S.HELD_MONEY, _("My money is held back"), _("It shows in the statement but is not paid.")),
            (S.PAYMENT_NOT_RECEIVED, _("A payment did not arrive"), ""),
        ),
    ),
    "claimed": Start(
        _("Somebody claims my music"), _("They say it is theirs, wholly or in part."), _("What do they claim?"),
        (
            (S.OWNERSHIP, _("That the recording or work is theirs"), ""),
            (S.SHARE, _("A larger share than they have"), ""),
            (S.PLATFORM_CLAIM, _("A platform marked my upload"), _("Content ID and the like.")),
            (S.AUTHORSHIP, _("That they wrote it"), ""),
        ),
    ),
    "using": Start(
        _("Somebody uses my music"), _("Without permission, credit or share."), _("What do you want?"),
        (
            (S.OWNERSHIP, _("That you decide whose it is"), _("Both sides are heard. Credit or a share can be the result.")),
            (S.DMCA_NOTICE, _("Removal, under United States law"), _("A formal notice under penalty of perjury. They see your contact.")),
            (S.EU_NOTICE, _("Removal, under European Union law"), _("A formal notice in good faith.")),
            (S.REVERSION, _("My rights came back to me"), _("A contract ended or rights reverted.")),
        ),
    ),
    "wrong_page": Start(
        _("My music is on the wrong artist page"), _("Mixed up with somebody of the same name, or impersonated."), _("What happened?"),
        ((S.PROFILE_MIXUP, _("Wrong artist page or impersonation"), ""),),
    ),
    "other": Start(
        _("Something else"), _("Account, delivery, technical, anything."), _("What is it about?"),
        (
            (S.ACCOUNT_ACCESS, _("I cannot get into my account"), ""),
            (S.BILLING_REFUND, _("A bill or refund"), ""),
            (S.DELIVERY_METADATA, _("A delivery, or wrong titles and names"), ""),
            (S.PLAYLIST_PITCHING, _("Playlist pitching"), ""),
            (S.TECHNICAL, _("A technical problem"), ""),
            (S.OTHER, _("Something else"), ""),
        ),
    ),
}  # fmt: skip
GROUPS = {"claims": ("claimed", "using")}
"""Landing choices that stand for several starts."""


def start_of(sub_kind: SubKind) -> str:
    """The first start that leads to *sub_kind*, for "Change"."""
    return next(
        key
        for key, start in STARTS.items()
        if any(sub_kind is choice[0] for choice in start.choices)
    )


def label_of(sub_kind: SubKind) -> str:
    """The artist's own words for a sub-kind."""
    found = (
        choice for start in STARTS.values() for choice in start.choices if choice[0] is sub_kind
    )
    return str(next(found)[1])
