"""Every cause of the contract has its words, and no place says it in words of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.corrections.rules.proposal import CorrectionReason
from app.corrections.rules.words import REASON_WORDS
from app.infra.i18n import PSEUDO
from app.kernel.pseudo import lengthen
from app.letters.queries import letter_html
from app.letters.rules.context import WorkingLine
from app.letters.rules.samples import samples
from app.notifications.formats.words import line_of, subject_of
from app.notifications.rules import MailKind
from app.recompute.rules.findings import Cause, Suspense
from app.recompute.rules.runs import LEFT_OUT
from app.recompute.rules.words import CAUSE_WORDS, FAULT_WORDS, SUSPENSE_WORDS
from app.workflows.audit_proposal import reason_of
from tests.factories.letters import words_of

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = """in_conflict not_on_statement not_in_sales in_suspense wrong_currency not_entitled paid_twice split_version
no_split_applied wrong_fee wrong_fx wrong_withholding unexplained""".split()
"""PAYOUT-AUDIT, "Causes": in the order of its table."""
SUSPENDED = "bad_isrc no_split over_allocated under_allocated no_deal no_fx no_payee".split()
"""PAYOUT-AUDIT, "Suspense"."""
_NAMES = "|".join([*CONTRACT, LEFT_OUT, *SUSPENDED])
_WORDED = re.compile(rf"(?:\b|\")({_NAMES}|{_NAMES.upper()})\"?\s*[:,]\s*_{{1,2}}\(")
"""A name with translated words right behind it."""


def test_the_causes_are_those_of_the_contract_in_its_order() -> None:
    assert [cause.value for cause in Cause] == CONTRACT


@pytest.mark.parametrize("table", [CAUSE_WORDS, FAULT_WORDS])
def test_every_cause_of_the_contract_has_words_of_its_own(table: dict[str, str]) -> None:
    assert set(table) == {*CONTRACT, LEFT_OUT}
    assert all(table.values())
    assert len(set(table.values())) == len(table)


def test_every_reason_of_suspense_has_words_of_its_own() -> None:
    assert set(SUSPENSE_WORDS) == set(SUSPENDED) == {one.value for one in Suspense}
    assert len(set(SUSPENSE_WORDS.values())) == len(SUSPENDED)


def test_a_correction_is_explained_in_the_words_of_the_audit() -> None:
    assert set(REASON_WORDS) == set(CorrectionReason)
    assert {cause: REASON_WORDS[reason_of(cause)] for cause in CONTRACT} == {
        cause: CAUSE_WORDS[cause] for cause in CONTRACT
    }


def test_the_words_stand_in_one_table() -> None:
    places = [*ROOT.glob("app/**/*.py"), *ROOT.glob("templates/**/*.*")]
    worded = {
        path.relative_to(ROOT).as_posix()
        for path in places
        if _WORDED.search(path.read_text("utf-8"))
    }

    assert worded == {"app/recompute/rules/words.py"}


@pytest.mark.parametrize("cause", [*CONTRACT, LEFT_OUT])
@pytest.mark.parametrize("language", ["en", PSEUDO])
def test_a_letter_says_every_cause_in_the_language_of_its_reader(cause: str, language: str) -> None:
    context = next(one for _name, one in samples() if one.working is not None)
    assert context.working is not None
    line = WorkingLine(date(2026, 9, 1), "Spotify", "DE", "210.00", "420.00", "EUR", cause)
    asked = replace(context, language=language, working=replace(context.working, lines=(line,)))

    said = words_of(letter_html(asked))

    words = CAUSE_WORDS[cause]
    assert (words if language == "en" else lengthen(words)) in said


@pytest.mark.parametrize("cause", CONTRACT)
def test_a_mail_says_every_cause_as_a_fault(cause: str) -> None:
    values = {"cause": cause, "payees": "3", "month": "2026-09", "sums": "12.00 EUR"}

    line = line_of(MailKind.PARENT_EVENT, values, "en")
    subject = subject_of(MailKind.PARENT_EVENT, values, "en")

    assert line.startswith(f"{FAULT_WORDS[cause]} for 3 artists on the")
    assert subject.startswith(f"{FAULT_WORDS[cause]} on the")
