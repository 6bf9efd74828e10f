"""What letters about held money say: to who owns it, and from the hold alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.infra.i18n import gettext as _
from app.kernel.money import Money
from app.kernel.share import Share
from app.ledger.queries.holds import HoldRow
from app.ledger.rules.holds import HoldReason
from app.letters.rules.context import Ground, MoneyLine, RemedyLine

_SOURCES = {
    HoldReason.TAKEDOWN_NOTICE: "notice",
    HoldReason.SUSPECTED_STREAMS: "own_initiative",
}


def held_parts(row: HoldRow) -> dict[str, Any]:
    """What is held, why, and when somebody looks again: a decision with reasons of its own."""
    ground = {
        HoldReason.TAKEDOWN_NOTICE: _("A notice was sent about this material."),
        HoldReason.SUSPECTED_STREAMS: _("Our terms of service: artificial streams."),
        HoldReason.COURT: _("A court action about this material."),
    }.get(
        row.reason, _("Our terms of service: money that is disputed is held until it is settled.")
    )
    money = (_line(_("Taken from your balance"), row.amount),) if row.amount is not None else ()
    return {
        "ground": Ground(
            measure=_measure(row),
            ground=ground,
            facts=row.explanation.strip() or hold_reason_words(row.reason),
            scope=_scope(row),
            territory=_("Worldwide") if row.territory == "WW" else row.territory,
            source=_SOURCES.get(row.reason, "case"),
            automated="none",
            starts_on=row.since.date(),
            until=row.until,
        ),
        "money": money,
        "review_on": row.review_on,
    }


def _measure(row: HoldRow) -> str:
    if row.amount is not None:
        return _("We hold an amount of your balance.")
    if row.starts_on and row.ends_on:
        return _(
            "We hold what this part earned from %(first)s to before %(last)s.",
            first=row.starts_on.isoformat(),
            last=row.ends_on.isoformat(),
        )
    return _("We hold what this part earns.")


def hold_reason_words(reason: HoldReason) -> str:
    """Why money is held, for who owns it, where nobody wrote more."""
    return {
        HoldReason.OWNERSHIP_CONFLICT: _("Two people say that the same share is theirs."),
        HoldReason.SPLIT_DISPUTED: _("The shares of this recording are disputed."),
        HoldReason.TAKEDOWN_NOTICE: _("A notice says that this material infringes a right."),
        HoldReason.PAYOUT_DISPUTED: _("The payout of this money is disputed."),
        HoldReason.SUSPECTED_STREAMS: _("A part of the plays looks artificial."),
        HoldReason.COURT: _("A court was asked to decide about this material."),
        HoldReason.APPEAL: _("A second review was asked for."),
    }[reason]


def freed_parts(row: HoldRow, given_back: Money | None, on: date) -> dict[str, Any]:
    """That the hold is over, and how much of a held amount came back. *on*: the day of the letter, UTC.

    Why somebody let it go is the desk's own reason and is not told; why it was held is known to the reader.
    """
    reasons = _(
        "We held %(scope)s from %(first)s to %(last)s. The reason was: %(reason)s It no longer stands.",
        scope=_scope(row), first=row.since.date().isoformat(),
        last=(row.ended_at.date() if row.ended_at else on).isoformat(), reason=hold_reason_words(row.reason),
    )  # fmt: skip
    if row.amount is not None and given_back != row.amount:
        reasons += "\n\n" + _(
            "A part of what was held did not come back to you. It went where the decision in this case says."
        )
    return {
        "reasons": reasons,
        "remedies": (RemedyLine("release_hold", _("What this part earns is paid with your statements again."), on),),
        "money": (_line(_("Given back to your balance"), given_back),) if given_back else (),
    }  # fmt: skip


def _scope(row: HoldRow) -> str:
    part = f"{Share(row.share).percent:f} %"
    return _("%(share)s of %(asset)s", share=part, asset=row.asset_ref)


def _line(label: str, money: Money) -> MoneyLine:
    return MoneyLine(label, format(money.amount, "f"), money.currency)
