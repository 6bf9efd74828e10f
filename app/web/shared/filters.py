"""Money, dates, references and clocks in the reader's words: locale skeletons, Latin digits, named zones (design 10)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from babel import numbers
from flask import Flask, has_request_context, session
from flask_babel import get_locale
from markupsafe import Markup, escape

from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.money import CURRENCIES, Money
from app.web.shared.context import current_actor, services
from app.web.shared.locale_words import (
    amount_text,
    city_text,
    clock_text,
    country_text,
    day_text,
    percent_text,
)
from app.web.shared.navigation import nearest_line, role_words, staff_nav, works_here
from app.web.shared.state_words import state_words

MINUS = "\N{MINUS SIGN}"
TO_RIGHT, FROM_RIGHT = "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"
SOON = 4  # a quarter of the time left counts as soon
FAR = 10  # days from which a chip counts no hours; time-left.js knows the same


LANGUAGES = (
    ("en", "English"), ("az", "Azərbaycanca"), ("id", "Bahasa Indonesia"), ("hy", "Հայերեն"), ("zh", "简体中文"),
    ("kk", "Қазақша"), ("ja", "日本語"), ("ko", "한국어"), ("th", "ไทย"), ("ar", "العربية"),
)  # fmt: skip


class MoneyLike(Protocol):
    """Anything with an amount and a currency."""

    @property
    def amount(self) -> Decimal:
        """Exact, in the currency's major unit."""
        ...

    @property
    def currency(self) -> str:
        """Three letters."""
        ...


@dataclass(frozen=True, slots=True)
class ClockWords:
    """What a deadline chip says: its tone, icon, words and the exact moment."""

    tone: str
    icon: str
    words: str
    exact: str


def init_app(app: Flask) -> None:
    """Give templates the filters and the few functions that components need."""
    app.jinja_env.filters.update(
        money=_money, exact=_exact, when=_when, date=_date, due=_due, ref=ref_markup, filesize=_filesize, initials=initials,
        countdown=_countdown, short_when=_short_when, short_date=_short_date, clock_time=_clock_time,
        number=_number, country=_country, month=_month,
    )  # fmt: skip
    app.jinja_env.globals.update(
        sla=_sla, state_words=state_words, opt=opt, new_key=new_key, zone_words=_zone_words,
        works_here=works_here, staff_nav=staff_nav, nearest_line=nearest_line, role_words=role_words, unit_words=unit_words,
        languages=LANGUAGES, page_theme=page_theme, given=given,
    )  # fmt: skip


# ── pure functions: (value, locale, zone, now) -> words ────────────────────────────────────────


def money_words(value: MoneyLike, locale: str, *, plus: bool = False) -> str:
    """`€1,234.50`: the currency's own minor units, more digits only where the amount has them."""
    sign = MINUS if value.amount < 0 else "+" if plus and value.amount > 0 else ""
    digits = str(-abs(value.amount) if sign else value.amount)
    words = amount_text(digits, value.currency, _numbers_locale(locale))
    # Between a mark of the right and digits a sign would stand behind the number.
    return words.replace("-", f"{TO_RIGHT}{sign}" if FROM_RIGHT in words else sign)


def percent_words(digits: str, locale: str) -> str:
    """`70%`: a percentage as the reader writes it."""
    return percent_text(digits, _numbers_locale(locale))


def exact_words(amount: Decimal, currency: str, locale: str) -> str:
    """An amount with all the places it has, as its reader writes numbers; a currency that nobody knows stays a code."""
    if currency not in CURRENCIES:
        return f"{amount.normalize():f} {currency}"
    return money_words(Money(amount.normalize(), currency), locale)


def date_words(value: date, locale: str, zone: str = "UTC", skeleton: str = "yMMMEd") -> str:
    """`Tue, 24 Nov 2026`; an instant is first moved to *zone*."""
    local = _local(value, zone)
    day = local.date() if isinstance(local, datetime) else local
    return day_text(day, skeleton, _dates_locale(locale))


def time_words(value: datetime, locale: str, zone: str) -> str:
    """`18:00`, always of 24 hours."""
    local = _instant(value, zone)
    return clock_text(local.hour, local.minute, _dates_locale(locale))


def when_words(value: date, locale: str, zone: str, skeleton: str = "yMMMd") -> str:
    """`24 Nov 2026, 18:00`; a plain day has no time."""
    day = date_words(value, locale, zone, skeleton)
    if not isinstance(value, datetime):
        return day
    return _("%(day)s, %(time)s", day=day, time=time_words(value, locale, zone))


def short_when_words(value: date, locale: str, zone: str, now: datetime) -> str:
    """`24 Nov, 18:00` in this year, with the year in others."""
    return when_words(value, locale, zone, _short_skeleton(value, zone, now))


def due_words(value: datetime, locale: str, zone: str) -> str:
    """`Tue, 24 Nov 2026, 18:00, Baku time`: a deadline always names its zone."""
    return _(
        "%(when)s, %(zone)s",
        when=when_words(value, locale, zone, "yMMMEd"),
        zone=zone_words(zone, locale),
    )


def zone_words(zone: str, locale: str) -> str:
    """`Baku time`; `UTC` stays as it is."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = city_text(_zone(zone), _dates_locale(locale))
    return _("%(city)s time", city=city)


def countdown_words(value: datetime, now: datetime) -> str:
    """`4 days 3 hours left`, or how late: shown only beside the exact moment."""
    late = value < now
    days, hours, minutes = _split(abs(value - now))
    if days:
        span = _join(ngettext("%(num)s day", "%(num)s days", days), _hours(hours) if hours else "")
    elif hours:
        span = _join(_hours(hours), _minutes(minutes) if minutes else "")
    else:
        span = _minutes(minutes)
    return _("%(span)s late", span=span) if late else _("%(span)s left", span=span)


def short_span(value: timedelta) -> str:
    """`181 d` from ten days on, `2 d 4 h` above a day, `3 h 25 m` below: what is far away needs no hours."""
    days, hours, minutes = _split(abs(value))
    if days:
        return (
            _("%(days)s d %(hours)s h", days=days, hours=hours)
            if hours and days < FAR
            else _("%(days)s d", days=days)
        )
    if hours:
        return (
            _("%(hours)s h %(minutes)s m", hours=hours, minutes=minutes)
            if minutes
            else _("%(hours)s h", hours=hours)
        )
    return _("%(minutes)s m", minutes=minutes)


def sla_words(  # noqa: PLR0913
    what: str, due: datetime | None, started: datetime | None, state: str, who: str | None, *,
    now: datetime, locale: str, zone: str,
) -> ClockWords:  # fmt: skip
    """The deadline chip of design section 4: what is due, then how long."""
    exact = due_words(due, locale, zone) if due else ""
    if state == "paused":
        words = _("Paused, %(who)s", who=who) if who else _("Paused")
        return ClockWords("wait", "pause", words, exact)
    if state == "met":
        return ClockWords("ok", "check", _("%(what)s done", what=what), exact)
    if due is None:
        return ClockWords("neutral", "timer", what, "")
    left = due - now
    span = short_span(left)
    if left < timedelta(0):
        return ClockWords(
            "danger", "circle-alert", _("%(what)s %(span)s late", what=what, span=span), exact
        )
    words = _("%(what)s %(span)s", what=what, span=span)
    if _soon(left, due, started, now, zone):
        return ClockWords("warn", "clock", words, exact)
    return ClockWords("neutral", "timer", words, exact)


def country_words(code: str, locale: str) -> str:
    """`Azerbaijan` for AZ, in the reader's language."""
    return country_text(code, _dates_locale(locale))


def size_words(value: int, locale: str) -> str:
    """`412 MB`, `1.2 MB`, `184 kB`: decimal units, one digit below ten."""
    size, unit = Decimal(value), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, bigger
    pattern = "#,##0.#" if size < 10 else "#,##0"
    return f"{numbers.format_decimal(size, pattern, locale=_numbers_locale(locale), numbering_system='latn')}\N{NO-BREAK SPACE}{unit}"


@lru_cache(4096)
def initials(name: str) -> str:
    """Two letters of a name in any script: first of the first word, first of the last."""
    words = [word for word in name.split() if any(unicodedata.category(c)[0] in "LN" for c in word)]
    letters = [next(c for c in word if unicodedata.category(c)[0] in "LN") for word in words]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "\N{MIDDLE DOT}"


def unit_words() -> dict[str, str]:
    """The words of clocks for the script that counts on: `{d}`, `{h}`, `{m}`, `{s}` are filled there."""
    marks = {"days": "{d}", "hours": "{h}", "minutes": "{m}"}
    return {
        "dh": _("%(days)s d %(hours)s h", **marks), "d": _("%(days)s d", **marks),
        "hm": _("%(hours)s h %(minutes)s m", **marks), "h": _("%(hours)s h", **marks),
        "m": _("%(minutes)s m", **marks), "late": _("%(span)s late", span="{s}"),
        "left": _("%(span)s left", span="{s}"), "chip": _("%(what)s %(span)s", what="{w}", span="{s}"),
        "chipLate": _("%(what)s %(span)s late", what="{w}", span="{s}"),
    }  # fmt: skip


def ref_markup(value: object) -> Markup:
    """A reference, ISRC or hash: isolated and left to right in every language."""
    return Markup(f'<bdi class="ref" dir="ltr">{escape(str(value))}</bdi>')  # noqa: S704 - escaped here


def opt(item: object, name: str) -> Any:
    """A field that a row may lack, of a mapping or an object; nothing when it is not there."""
    if isinstance(item, Mapping):
        return item.get(name)
    return getattr(item, name, None)


def given(*many: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of an input: several mappings in one, without those that are nothing."""
    return {name: value for one in many for name, value in one.items() if value is not None}


def page_theme() -> str:
    """light, dark, or nothing where the device decides."""
    theme = getattr(session, "theme", "system") if has_request_context() else "system"
    return theme if theme in {"light", "dark"} else ""


def new_key() -> str:
    """A fresh key for a creating form, so that a double press makes one thing."""
    return uuid4().hex


# ── helpers of the pure part ───────────────────────────────────────────────────────────────────


def _dates_locale(locale: str) -> str:
    """English is day before month."""
    return "en_GB" if locale.startswith("en") else locale.replace("-", "_")


def _numbers_locale(locale: str) -> str:
    return "en" if locale.startswith("en") else locale.replace("-", "_")


def _zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _local(value: date, zone: str) -> date:
    return _instant(value, zone) if isinstance(value, datetime) else value


def _instant(value: datetime, zone: str) -> datetime:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(_zone(zone)).replace(tzinfo=None)


def _split(span: timedelta) -> tuple[int, int, int]:
    minutes = int(span.total_seconds() // 60)
    return minutes // 1440, minutes % 1440 // 60, minutes % 60


def _hours(count: int) -> str:
    return ngettext("%(num)s hour", "%(num)s hours", count)


def _minutes(count: int) -> str:
    return ngettext("%(num)s minute", "%(num)s minutes", count)


def _join(first: str, second: str) -> str:
    return _("%(first)s %(second)s", first=first, second=second) if second else first


def _soon(
    left: timedelta, due: datetime, started: datetime | None, now: datetime, zone: str
) -> bool:
    if _instant(due, zone).date() == _instant(now, zone).date():
        return True
    return started is not None and left * SOON < due - started


# ── the same for this request's reader ─────────────────────────────────────────────────────────


def _reader() -> tuple[str, str]:
    locale = get_locale() if has_request_context() else None
    return (str(locale) if locale else "en", current_actor().zone)


def _now() -> datetime:
    return services().clock.now()


def _money(value: MoneyLike, plus: bool = False) -> str:  # noqa: FBT001, FBT002
    return money_words(value, _reader()[0], plus=plus)


def _exact(value: Decimal, currency: str) -> str:
    return exact_words(value, currency, _reader()[0])


def _when(value: date) -> str:
    return when_words(value, *_reader())


def _date(value: date) -> str:
    locale, zone = _reader()
    return date_words(value, locale, zone, "yMMMd")


def _month(value: date) -> str:
    locale, zone = _reader()
    return date_words(value, locale, zone, "yMMMM")


def _due(value: datetime) -> str:
    return due_words(value, *_reader())


def _short_when(value: datetime) -> str:
    locale, zone = _reader()
    return short_when_words(value, locale, zone, _now())


def _short_date(value: datetime) -> str:
    locale, zone = _reader()
    return date_words(value, locale, zone, _short_skeleton(value, zone, _now()))


def _short_skeleton(value: date, zone: str, now: datetime) -> str:
    """Without the year in this year."""
    same = _local(value, zone).year == _local(now, zone).year
    return "MMMd" if same else "yMMMd"


def _clock_time(value: datetime) -> str:
    return time_words(value, *_reader())


def _countdown(value: datetime) -> str:
    return countdown_words(value, _now())


def _filesize(value: int) -> str:
    return size_words(value, _reader()[0])


def _number(value: int | Decimal) -> str:
    return numbers.format_decimal(
        value, locale=_numbers_locale(_reader()[0]), numbering_system="latn"
    )


def _country(code: str) -> str:
    return country_words(code, _reader()[0])


def _zone_words(zone: str) -> str:
    return zone_words(zone, _reader()[0])


def _sla(
    what: str, due: datetime | None, started: datetime | None = None, state: str = "running",
    who: str | None = None,
) -> ClockWords:  # fmt: skip
    locale, zone = _reader()
    return sla_words(what, due, started, state, who, now=_now(), locale=locale, zone=zone)
