"""Filters: dates by skeleton, Latin digits, zones named, money with its currency in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel

from app.cases.rules.kinds import State, SubKind
from app.cases.rules.words import STAFF_WORDS
from app.web.desk.words import state_name
from app.web.shared import filters
from app.web.shared.state_words import state_words

DUE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
LOCALES = ("en", "az", "id", "hy", "zh", "kk", "ja", "ko", "th", "ar")


@dataclass(frozen=True)
class Amount:
    amount: Decimal
    currency: str


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


TABLE = {
    "en": ("Tue, 24 Nov 2026", "€1,234.50"),
    "az": ("24 noy 2026, Ç.a.", "1.234,50 €"),
    "id": ("Sel, 24 Nov 2026", "€1.234,50"),
    "hy": ("2026 թ. նոյ 24, երք", "1 234,50 €"),
    "zh": ("2026年11月24日周二", "€1,234.50"),
    "kk": ("2026 ж. 24 қар., сс", "1 234,50 €"),
    "ja": ("2026年11月24日(火)", "€1,234.50"),
    "ko": ("2026년 11월 24일 (화)", "€1,234.50"),
    "th": ("อ. 24 พ.ย. 2026", "€1,234.50"),
    "ar": ("الثلاثاء، 24 نوفمبر 2026", "\u200f1,234.50 €"),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_dates_and_money_as_the_table_says(locale: str) -> None:
    day, amount = TABLE[locale]
    assert filters.date_words(DUE, locale, "Asia/Baku").replace("\u202f", " ") == day
    said = filters.money_words(Amount(Decimal("1234.5"), "EUR"), locale)
    assert said.replace("\xa0", " ").replace("\u202f", " ") == amount


@pytest.mark.parametrize("locale", LOCALES)
def test_digits_are_latin(locale: str) -> None:
    words = filters.due_words(DUE, locale, "Asia/Baku") + filters.size_words(412_000_000, locale)
    assert all(c in "0123456789" for c in words if c.isdigit())


def test_deadlines_name_their_zone() -> None:
    assert filters.due_words(DUE, "en", "Asia/Baku") == "Tue, 24 Nov 2026, 18:00, Baku time"
    assert filters.due_words(DUE, "en", "UTC") == "Tue, 24 Nov 2026, 14:00, UTC"
    assert filters.due_words(DUE, "en", "No/Where").endswith(
        "14:00, UTC"
    ) or "14:00" in filters.due_words(DUE, "en", "No/Where")


def test_a_plain_day_is_not_moved() -> None:
    assert filters.when_words(date(2026, 11, 24), "en", "Pacific/Auckland") == "24 Nov 2026"


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("-98.61", "EUR", "−€98.61"), ("0", "EUR", "€0.00"), ("1234567890123.45", "EUR", "€1,234,567,890,123.45"),
        ("1234", "JPY", "¥1,234"), ("0.006823", "EUR", "€0.006823"), ("5", "KWD", "KWD5.000"),
    ],
)  # fmt: skip
def test_money(amount: str, currency: str, said: str) -> None:
    assert filters.money_words(Amount(Decimal(amount), currency), "en") == said


def test_corrections_show_their_plus() -> None:
    assert filters.money_words(Amount(Decimal("412.83"), "EUR"), "en", plus=True) == "+€412.83"
    assert filters.money_words(Amount(Decimal(-1), "EUR"), "en", plus=True) == "−€1.00"
    assert filters.money_words(Amount(Decimal(0), "EUR"), "en", plus=True) == "€0.00"


def test_a_sign_stands_before_the_number_from_right_to_left_too() -> None:
    plus = filters.money_words(Amount(Decimal("412.83"), "EUR"), "ar", plus=True)
    minus = filters.money_words(Amount(Decimal("-412.83"), "EUR"), "ar")

    assert plus == "\u200f\u200e+412.83\xa0€"
    assert minus == "\u200f\u200e−412.83\xa0€"


@pytest.mark.parametrize(
    ("left", "started", "state", "tone", "words"),
    [
        (timedelta(hours=-3), None, "running", "danger", "Reply 3 h late"),
        (timedelta(hours=3, minutes=25), None, "running", "warn", "Reply 3 h 25 m"),
        (timedelta(days=2, hours=4), None, "running", "neutral", "Reply 2 d 4 h"),
        (timedelta(days=2), timedelta(days=9), "running", "warn", "Reply 2 d"),
        (timedelta(days=9, hours=23), None, "running", "neutral", "Reply 9 d 23 h"),
        (timedelta(days=181, hours=10), None, "running", "neutral", "Reply 181 d"),
        (timedelta(days=2), None, "paused", "wait", "Paused, artist"),
        (timedelta(days=2), None, "met", "ok", "Reply done"),
    ],
)
def test_deadline_chip(
    left: timedelta, started: timedelta | None, state: str, tone: str, words: str
) -> None:
    said = filters.sla_words(
        "Reply",
        NOW + left,
        NOW - started if started else None,
        state,
        "artist",
        now=NOW,
        locale="en",
        zone="UTC",
    )
    assert (said.tone, said.words) == (tone, words)
    assert said.exact.endswith("UTC")


def test_countdown() -> None:
    assert filters.countdown_words(NOW + timedelta(days=4, hours=3), NOW) == "4 days 3 hours left"
    assert (
        filters.countdown_words(NOW + timedelta(hours=1, minutes=1), NOW) == "1 hour 1 minute left"
    )
    assert filters.countdown_words(NOW - timedelta(days=1), NOW) == "1 day late"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sabina Aliyeva", "SA"),
        ("سلمى عثمان", "سع"),
        ("-", "·"),
        ("X", "X"),
        ("O'Brien", "O"),
        ("Null", "N"),
        ("  ", "·"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert filters.initials(name) == letters


def test_references_are_isolated_and_escaped() -> None:
    assert filters.ref_markup("<b>") == '<bdi class="ref" dir="ltr">&lt;b&gt;</bdi>'


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_200_000, "1.2 MB"),
        (412_000_000, "412 MB"),
        (6_200_000_000, "6.2 GB"),
    ],
)
def test_file_sizes(size: int, words: str) -> None:
    assert filters.size_words(size, "en").replace("\xa0", " ") == words


def test_artists_never_read_who_lost() -> None:
    for outcome in ("upheld", "not_upheld", "partly_upheld", "settled", "no_response"):
        assert state_words("decided", "artist", outcome=outcome).words == "Resolved"
    assert state_words("waiting_complainant", "artist", mine=True).words == "Waiting for you"
    assert state_words("waiting_complainant", "artist").words == "Waiting for the other side"


def test_staff_read_one_word_for_a_state_in_chips_lists_and_filters() -> None:
    chips = {state: state_words(state, "staff").words for state in STAFF_WORDS}

    assert chips == {state: state_name(state) for state in STAFF_WORDS}
    assert chips[State.WAITING_COMPLAINANT] == "Waiting on artist or claimant"
    assert chips[State.WAITING_RESPONDENT] == "Waiting on respondent"


@pytest.mark.parametrize(
    ("sub_kind", "complainant", "respondent"),
    [
        (SubKind.WRONG_SPLIT, "Waiting on artist", "Waiting on respondent"),
        (SubKind.OWNERSHIP, "Waiting on artist", "Waiting on respondent"),
        (SubKind.DMCA_NOTICE, "Waiting on claimant", "Waiting on artist"),
        (SubKind.EU_NOTICE, "Waiting on claimant", "Waiting on artist"),
    ],
)
def test_who_is_waited_for_follows_from_who_filed(
    sub_kind: SubKind, complainant: str, respondent: str
) -> None:
    states = {State.WAITING_COMPLAINANT: complainant, State.WAITING_RESPONDENT: respondent}

    chips = {s: state_words(s, "staff", sub_kind=sub_kind).words for s in states}

    assert chips == states
    assert {s: state_name(s, sub_kind) for s in states} == states
