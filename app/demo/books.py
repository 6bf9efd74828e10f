"""The demo's books: a chart of codes with a second version, and the months before the desk opened, closed."""

from __future__ import annotations

from datetime import date, timedelta

from app.demo.stage import Stage
from app.infra.db.transaction import transaction
from app.ledger.commands import ClosePeriod, PublishCodes, ReopenPeriod
from app.ledger.rules.codes import EVERY_CURRENCY, AccountCodes
from app.ledger.rules.periods import month_of
from app.ledger.rules.posting import AccountKind as K
from app.ledger.service.books import close_period, publish_codes, reopen_period

ZONE = "Asia/Baku"
FIRST: dict[K, dict[str, str]] = {
    K.ROYALTY_EXPENSE: {EVERY_CURRENCY: "5100"},
    K.PAYABLE: {EVERY_CURRENCY: "2100"},
    K.SUSPENSE: {EVERY_CURRENCY: "2190"},
    K.DISPUTE_HOLD: {EVERY_CURRENCY: "2150"},
    K.ADVANCES: {EVERY_CURRENCY: "1300"},
    K.WITHHOLDING_PAYABLE: {EVERY_CURRENCY: "2310"},
    K.FX_RESULT: {EVERY_CURRENCY: "7200"},
    K.ROUNDING: {EVERY_CURRENCY: "7290"},
    K.FEES_INCOME: {EVERY_CURRENCY: "4200"},
    K.BANK: {EVERY_CURRENCY: "1010"},
}
SECOND = FIRST | {K.PAYABLE: {EVERY_CURRENCY: "2100", "EUR": "2101", "USD": "2102"}}


def open_books(stage: Stage) -> None:
    """Two versions of the codes; the two months before are closed, one of them after a late invoice."""
    before = month_of(month_of(stage.clock.now().date()) - timedelta(days=1))
    older = month_of(before - timedelta(days=1))
    _publish(stage, FIRST, older, "The chart of our ledger")
    _publish(stage, SECOND, before, "Payables in euro and dollar have accounts of their own")
    for who, month in (("gus", older), ("gus", before)):
        _close(stage, who, month)
    with transaction(stage.actor("gil")) as tx:
        command = ReopenPeriod(before, "A store reported late")
        reopen_period(tx, command, stage.actor("gil"), stage.clock)
    _close(stage, "gil", before)


def _publish(stage: Stage, codes: dict[K, dict[str, str]], since: date, why: str) -> None:
    actor = stage.actor("gus")
    with transaction(actor) as tx:
        command = PublishCodes(AccountCodes(codes, ZONE), since, why)
        publish_codes(tx, command, actor, stage.clock)


def _close(stage: Stage, who: str, month: date) -> None:
    actor = stage.actor(who)
    with transaction(actor) as tx:
        close_period(tx, ClosePeriod(month), actor, stage.clock)
