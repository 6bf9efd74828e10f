"""Account codes and posting periods as they travel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Query, Shown
from app.ledger.queries.books import ActRow, CodesView, MonthRow
from app.ledger.rules.periods import PeriodAct, month_text

_VERSION: dict[str, Any] = {
    "version": 2, "effective_from": "2026-11-01", "zone": "Asia/Baku", "reason": "Payables in euro have an account of their own",
    "by": "Fay Fox", "created_at": "2026-10-28T09:00:00Z",
    "codes": [{"account": "payable", "currency": None, "code": "2100"}, {"account": "payable", "currency": "EUR", "code": "2101"}],
}  # fmt: skip
_MONTH: dict[str, Any] = {
    "month": "2026-10", "is_open": False,
    "acts": [{"act": "closed", "reason": "", "by": "Fay Fox", "at": "2026-11-03T09:00:00Z"}],
}  # fmt: skip


class AccountCode(Shown):
    """What one account is called in the ledger of finance."""

    account: str
    currency: str | None = Field(description="None: every currency that has no code of its own.")
    code: str


class CodesVersion(Shown):
    """The account codes in one version."""

    version: int
    effective_from: date = Field(description="First posting date it counts for.")
    zone: str = Field(description="In this zone days of the books are counted.")
    reason: str
    by: str = Field(description="Who made it; empty for the system.")
    created_at: datetime
    codes: list[AccountCode]

    @classmethod
    def of(cls, view: CodesView) -> CodesVersion:
        """One version."""
        codes = [
            AccountCode(account=kind.value, currency=currency or None, code=code)
            for kind, mine in view.codes.codes.items()
            for currency, code in sorted(mine.items())
        ]
        return cls(
            version=view.version, effective_from=view.effective_from, zone=view.codes.zone, reason=view.reason,
            by=view.by, created_at=view.created_at, codes=codes,
        )  # fmt: skip


class AccountCodes(Shown):
    """Versions of the account codes, the newest first. Of those that have begun the newest counts."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"today": "2026-11-28", "current_version": 2, "items": [_VERSION]}}
    )  # fmt: skip

    today: date = Field(description="Today in the books.")
    current_version: int | None
    items: list[CodesVersion]


class PeriodChange(Shown):
    """A month was closed or opened again."""

    act: PeriodAct
    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, row: ActRow) -> PeriodChange:
        """One act."""
        return cls(act=row.act, reason=row.reason, by=row.by, at=row.at)


class PostingPeriod(Shown):
    """A month of the books; closed, nothing is posted into it."""

    month: str = Field(description="As 2026-11.")
    is_open: bool
    acts: list[PeriodChange] = Field(description="The newest first.")

    @classmethod
    def of(cls, row: MonthRow) -> PostingPeriod:
        """One month."""
        acts = [PeriodChange.of(act) for act in row.acts]
        return cls(month=month_text(row.month), is_open=row.is_open, acts=acts)


class PeriodsQuery(Query):
    """Which months of the books."""

    until: str | None = Field(
        default=None,
        pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="The newest month, as 2026-11; this month without it.",
    )

    @property
    def last_day(self) -> date | None:
        """A day of that month."""
        return date.fromisoformat(f"{self.until}-01") if self.until else None


class PostingPeriods(Shown):
    """24 months, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_MONTH]}})

    items: list[PostingPeriod]
