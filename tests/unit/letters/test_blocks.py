"""Only words are typed: whatever is sent, names, dates, amounts and exhibits stay as the case has them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.letters.rules.blocks import EDITABLE, blocks_of, only_words_lack, with_blocks
from app.letters.rules.context import LetterContext
from app.letters.rules.kinds import LetterKind, sides_of
from app.letters.rules.readiness import readiness
from app.letters.rules.samples import sample, samples

SAMPLES = dict(samples())
PLAIN = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=40)


def facts(context: LetterContext) -> LetterContext:
    """The letter without its words."""
    ground = context.ground and replace(context.ground, measure="", facts="", ground="")
    return replace(context, reasons="", failed_elements=(), ground=ground)


def test_every_kind_says_which_blocks_are_typed() -> None:
    assert EDITABLE.keys() == set(LetterKind)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_read_and_sent_back_changes_nothing(name: str) -> None:
    assert with_blocks(SAMPLES[name], blocks_of(SAMPLES[name])) == SAMPLES[name]


@given(name=st.sampled_from(sorted(SAMPLES)), words=PLAIN, other=PLAIN)
def test_facts_never_change(name: str, words: str, other: str) -> None:
    names = ["recipient.name", "money", "number", "ground.scope", *blocks_of(SAMPLES[name])]
    sent = dict.fromkeys(names, words) | {other: words}

    after = with_blocks(SAMPLES[name], sent)

    assert facts(after) == facts(SAMPLES[name])
    assert set(blocks_of(after).values()) <= {words}


def test_a_list_is_typed_a_line_each() -> None:
    context = sample(LetterKind.NOTICE_REJECTED)

    after = with_blocks(context, {"failed_elements": " One.\r\n\r\nTwo. "})

    assert after.failed_elements == ("One.", "Two.")


def test_b011_a_control_character_names_its_block() -> None:
    with pytest.raises(Invalid) as error:
        with_blocks(sample(LetterKind.DECISION), {"reasons": "a\x00b"})

    assert error.value.field == "reasons"


def test_a_missing_date_cannot_be_typed() -> None:
    kind = LetterKind.LEFT_TO_PARTIES
    wordless = replace(sample(kind, sides_of(kind)[0]), reasons="")
    dateless = replace(wordless, limitation_on=None)

    assert only_words_lack(wordless, readiness(wordless).missing)
    assert not only_words_lack(dateless, readiness(dateless).missing)
