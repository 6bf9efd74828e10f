"""How text is folded and cut into tokens: one way for the index, the question and the highlight."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel.refs import ALPHABET, make_ref
from app.search import rules
from app.search.rules import ask, fold, highlight, idents_of, names_of, tokens_of


def finds(typed: str, text: str) -> bool:
    """Whether a question leads to a text, as the database would decide it."""
    asked, tokens = ask(typed), tokens_of(text)
    return (
        not asked.is_empty
        and all(word in tokens for word in asked.words)
        and all(any(token.startswith(start) for token in tokens) for start in asked.starts)
    )


def marked(text: str, typed: str, limit: int = 0) -> list[str]:
    return [piece.text for piece in highlight(text, ask(typed), limit) if piece.hit]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (unicodedata.normalize("NFD", "Beyoncé"), unicodedata.normalize("NFC", "Beyoncé")),
        ("istanbul", "İSTANBUL"),
        ("diyarbakir", "Diyarbakır"),
        ("DIYARBAKIR", "Diyarbakır"),
        ("strasse", "Straße"),
        ("STRASSE", "straße"),
        ("bjork", "Björk"),
        ("Sabina Aliyeva", "Səbinə Əliyeva"),
        ("lodz", "Łódź"),
        ("ｎｉｇｈｔ", "Night Ferry"),
        ("ﾀﾜｰ", "東京タワー"),
        ("가", unicodedata.normalize("NFD", "가수")),
    ],
)
def test_b115_accents_case_and_width_do_not_matter(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("میخواهم", "می\u200cخواهم"),
        ("می\u200cخواهم", "میخواهم"),
        ("nightferry", "night\u200bferry"),
        ("👨‍👩‍👧", "songs for 👨‍👩‍👧"),
        ("night", "\u2067night\u2069"),
    ],
)
def test_b114_zero_width_signs_do_not_matter(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("東京", "東京タワーの夜"),
        ("京タ", "東京タワーの夜"),
        ("夜", "東京タワーの夜"),
        ("東", "東京タワーの夜"),
        ("版税", "我的版税没有到账"),
        ("서울", "서울의밤"),
        ("เพลง", "เพลงของฉันถูกลบ"),
        ("ถูกลบ", "เพลงของฉันถูกลบ"),
        ("夜 ferry", "Ferry 東京の夜"),
    ],
)
def test_words_of_scripts_without_spaces_are_found_inside_a_run(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"), [("京東", "東京"), ("ferry", "fer"), ("night day", "night"), ("", "night")]
)
def test_other_words_are_not_found(typed: str, text: str) -> None:
    assert not finds(typed, text)


def test_the_last_word_counts_from_its_beginning() -> None:
    assert finds("night fer", "Night Ferry")
    assert not finds("nig ferry", "Night Ferry")


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert ask(text).is_empty or finds(text, text)


@given(st.text(max_size=60))
def test_tokens_are_the_same_in_every_normal_form(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)

    assert tokens_of(composed) == tokens_of(unicodedata.normalize("NFD", composed))


@given(st.text(max_size=60))
def test_a_tsquery_holds_nothing_but_tokens(text: str) -> None:
    signs = (
        ask(text).tsquery.replace("' & '", "").replace("':* & '", "").replace("':*", "").strip("'")
    )

    assert not set(signs) & set("'\\&|!()<:* ")


@given(st.text("abAB1 -.", max_size=40), st.text("abAB1 -.", max_size=6))
@example("QZABC2600001 and QZ-ABC-26-00001", "QZ-ABC-26-00001")
def test_plain_letters_are_marked_as_all_others_are(text: str, typed: str) -> None:
    assert marked(text, typed) == marked(f"{text} é", typed)


@given(st.text(max_size=80), st.text(max_size=10), st.integers(0, 40))
def test_a_highlight_keeps_every_letter_of_a_whole_text(text: str, typed: str, limit: int) -> None:
    assert "".join(piece.text for piece in highlight(text, ask(typed))) == text
    cut = "".join(piece.text for piece in highlight(text, ask(typed), limit))
    assert cut.strip("…") in text or not limit


@pytest.mark.parametrize(
    ("text", "typed", "hits"),
    [
        ("Night Ferry", "ferry", ["Ferry"]),
        ("Straße nach Łódź", "strasse lodz", ["Straße", "Łódź"]),
        ("東京タワーの夜", "京タワ", ["京タワ"]),
        ("東京タワーの夜", "夜", ["夜"]),
        ("<b>night</b>", "b night", ["b", "night", "b"]),
    ],
)
def test_what_was_looked_for_is_marked_as_it_was_typed(
    text: str, typed: str, hits: list[str]
) -> None:
    assert marked(text, typed) == hits


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    pieces = highlight("word " * 100 + "ferry " + "word " * 100, ask("ferry"), 80)

    assert [piece.text for piece in pieces if piece.hit] == ["ferry"]
    assert pieces[0].text == "…" == pieces[-1].text
    assert sum(len(piece.text) for piece in pieces) <= 90


def number_of(body: str) -> int:
    """The draw that gives a reference beginning with *body*, seven characters."""
    return sum(ALPHABET.index(char) << 5 * place for place, char in enumerate(body))


@given(st.integers(0, 2**35 - 1))
@example(number_of("7K40M29"))
@example(number_of("HMDBSYN"))  # no digit in it
def test_a_reference_is_read_in_any_spelling(number: int) -> None:
    ref = str(make_ref("RD", lambda _bits: number))
    spellings = [
        ref,
        ref.lower(),
        ref.replace("-", " "),
        ref.replace("-", "")[2:],
        ref.replace("0", "o"),
    ]

    assert {ask(spelling).ref for spelling in spellings} == {ref}
    assert all(set(idents_of(ref)) <= set(ask(spelling).idents) for spelling in spellings)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("az-tw1-26-00418", "AZTW12600418"),
        ("AZ TW1 26 00418", "AZTW12600418"),
        ("ISRC AZ-TW1-26-00418", "AZTW12600418"),
        ("036000291452", "0036000291452"),
        ("T-034.524.680-1", "T0345246801"),
        ("Sabina@Example.ORG", "sabina@example.org"),
    ],
)
def test_identifiers_are_read_in_any_spelling(typed: str, stored: str) -> None:
    assert set(idents_of(stored)) <= set(ask(typed).idents)


def test_plain_words_are_no_identifiers() -> None:
    assert ask("night ferry").idents == ()


def test_names_are_for_latin_letters_alone() -> None:
    assert names_of("Səbinə Əliyeva") == "sabina aliyeva"
    assert names_of("サビナ") == ""
    assert fold("ﬁn") == "fin"


@pytest.mark.parametrize("typed", ["az-tw1-26-00418", "ISRC AZTW12600418", "AZTW12600418"])
def test_an_identifier_is_marked_however_it_was_typed(typed: str) -> None:
    assert marked("Səbinə · AZTW12600418", typed) == ["AZTW12600418"]


def test_a_upc_is_marked_without_its_leading_zero() -> None:
    assert marked("Səbinə · 036000291452", "36000291452") == ["036000291452"]
    assert marked("Səbinə · 036000291452", "36000291453") == []


@given(st.text(st.characters(codec="ascii"), max_size=200))
@example("a" * 65 + " b")
def test_the_short_way_for_ascii_finds_what_the_long_way_finds(text: str) -> None:
    assert list(rules._ascii_tokens(text)) == list(rules._any_tokens(text))
