"""Articles: front matter, the few marks, what fits, what is found."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.kinds import SubKind
from app.helpcentre.queries.articles import all_articles
from app.helpcentre.rules.articles import (
    OFFERED,
    Article,
    Category,
    in_language,
    matching,
    offered,
    parse_article,
    related_to,
    shelf,
)
from app.helpcentre.rules.markup import BlockKind, blocks_of
from app.helpcentre.rules.offers import COMES_BACK, Avoided, is_coming_back
from app.kernel.errors import Invalid
from tests.factories.accounts import NOON

HEAD = "---\ntitle: T\nsummary: S\ncategory: payouts\nversion: 2\nchecked: 2026-11-28\norder: 1\n"
ENGLISH = in_language(all_articles(), "en")
LINKS = [
    (article.slug, span.href)
    for article in all_articles()
    for block in article.blocks
    for row in block.rows
    for span in row
    if span.href
]


def article(slug: str, language: str = "en", *sub_kinds: str, order: int = 1) -> Article:
    """A small one."""
    return Article(
        slug, language, slug, "", Category.PAYOUTS, 1, date(2026, 1, 1), order,
        blocks_of("Words"), sub_kinds=sub_kinds,
    )  # fmt: skip


@pytest.mark.parametrize("sub_kind", SubKind)
def test_every_sub_kind_has_an_article_to_offer(sub_kind: SubKind) -> None:
    assert 1 <= len(offered(ENGLISH.values(), sub_kind.value)) <= OFFERED


def test_no_article_names_a_sub_kind_that_does_not_exist() -> None:
    named = {sub for one in all_articles() for sub in one.sub_kinds}

    assert named <= {sub.value for sub in SubKind}


@pytest.mark.parametrize(("slug", "href"), LINKS)
def test_links_of_articles_lead_somewhere(slug: str, href: str) -> None:
    assert href == "/status" or href.removeprefix("/help/") in ENGLISH, slug


def test_related_articles_exist_and_are_others() -> None:
    for one in ENGLISH.values():
        assert set(one.related) <= set(ENGLISH) - {one.slug}
        assert one not in related_to(one, ENGLISH)


def test_articles_are_long_enough_to_help_and_written_as_asked() -> None:
    for one in all_articles():
        assert 60 <= len(one.body.split()) <= 400, one.slug
        assert "!" not in one.body, one.slug
        assert not any(short in one.body for short in ("don't", "can't", "it's", "we'll")), one.slug


def test_shelves_hold_every_article_once() -> None:
    shelved = [one.slug for category in Category for one in shelf(ENGLISH.values(), category)]

    assert sorted(shelved) == sorted(ENGLISH)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "no front matter",
        "---\ntitle: T\n---\nText",
        HEAD + "---\n",
        HEAD + "colour: red\n---\nText",
    ],
)
def test_a_file_that_is_no_article_is_refused(bad: str) -> None:
    with pytest.raises(Invalid):
        parse_article("slug", "en", bad)


def test_marks_become_blocks_and_spans() -> None:
    blocks = blocks_of(
        "Hello **you**, see [this](/help/x).\nSame line.\n\n## Part one\n1. A\n2. B\n- C\n> Note"
    )

    assert [block.kind for block in blocks] == [
        BlockKind.TEXT, BlockKind.HEADING, BlockKind.STEPS, BlockKind.POINTS, BlockKind.NOTE,
    ]  # fmt: skip
    assert [(span.text, span.strong, span.href) for span in blocks[0].rows[0]] == [
        ("Hello ", False, ""), ("you", True, ""), (", see ", False, ""), ("this", False, "/help/x"), (". Same line.", False, ""),
    ]  # fmt: skip
    assert blocks[1].anchor == "part-one"
    assert len(blocks[2].rows) == 2


@pytest.mark.parametrize(
    "href", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "help/x"]
)
def test_a_link_that_leads_away_is_refused(href: str) -> None:
    with pytest.raises(Invalid):
        blocks_of(f"[words]({href})")


@given(st.text(max_size=300))
def test_any_text_is_shown_whole_or_refused(text: str) -> None:
    try:
        blocks = blocks_of(text)
    except Invalid:
        return
    shown = "".join(block.text for block in blocks)
    assert len(shown) <= len(text) + len(blocks) + text.count("\n") + 1


def test_language_falls_back_to_english_and_to_nothing_else() -> None:
    found = in_language([article("a"), article("a", "hy"), article("b"), article("c", "ja")], "hy")

    assert {slug: one.language for slug, one in found.items()} == {"a": "hy", "b": "en"}


def test_what_is_written_for_one_sub_kind_is_offered_first() -> None:
    many, one = article("many", "en", "x", "y", order=1), article("one", "en", "x", order=9)

    assert offered([many, one], "x") == (one, many)


@given(st.permutations(list(ENGLISH.values())))
def test_order_of_files_changes_nothing(articles: list[Article]) -> None:
    assert matching(articles, "tax") == matching(ENGLISH.values(), "tax")
    assert offered(articles, "ownership") == offered(ENGLISH.values(), "ownership")


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Counter-Notice", "counter-notice"), ("ｗｉｔｈｈｏｌｄｉｎｇ", "tax-and-withholding"), ("frozen money", "why-money-is-held"),
        ("youtube", "platform-claims"), ("impersonation", "wrong-artist-page"), ("bots", "artificial-streams"),
    ],
)  # fmt: skip
def test_words_people_use_find_the_right_article(words: str, slug: str) -> None:
    assert matching(ENGLISH.values(), words)[0].slug == slug


def test_every_word_must_stand_somewhere() -> None:
    assert matching(ENGLISH.values(), "tax xyzzy") == ()
    assert matching(ENGLISH.values(), "   ") == ()


@given(st.integers(-40, 40), st.integers(0, 86_399))
def test_coming_back_is_within_two_weeks_after_the_answer(days: int, seconds: int) -> None:
    filed = NOON + timedelta(days=days, seconds=seconds)

    assert is_coming_back(NOON, filed) is (timedelta(0) <= filed - NOON < COMES_BACK)


def test_cases_avoided_are_answers_that_held() -> None:
    assert Avoided(shown=40, answered=9, came_back=2).cases == 7
