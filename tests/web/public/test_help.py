"""P2 and P3: help in the reader's language, one question a page, what readers say about it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.helpcentre.queries.articles import all_articles
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import trust
from tests.web.account.pages import token_of

SYSTEM = Actor.system("test")
SLUGS = sorted({article.slug for article in all_articles()})


@pytest.fixture
def nobody(client_as: Any) -> Any:
    return trust(client_as(None))


def tell(client: Any, **fields: str) -> Any:
    """Say something about the article on counter-notices."""
    page = "/en/help/counter-notice/feedback"
    return client.post(page, data={"csrf_token": token_of(client.get(page)), **fields})


def told() -> list[Any]:
    """What was kept."""
    with transaction(SYSTEM, read_only=True) as tx:
        return list(tx.execute(text("select slug, helped, missing, version from help_feedback")))


def test_index_has_search_topics_and_every_article(nobody: Any) -> None:
    page = nobody.get("/en/help").text

    assert 'name="q"' in page
    for words in (
        "Takedowns",
        "Payouts",
        "Rights claims",
        "Your account",
        "How we decide",
        "Often asked",
    ):
        assert words in page
    assert [slug for slug in SLUGS if f"/en/help/{slug}" not in page] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_article_is_a_page_with_ways_on(nobody: Any, slug: str) -> None:
    page = nobody.get(f"/en/help/{slug}")

    assert page.status_code == 200
    assert f"/en/help/{slug}/feedback?helped=no" in page.text
    assert "/cases/new" in page.text
    assert "Last checked on" in page.text


def test_search_finds_and_says_when_there_is_nothing(nobody: Any) -> None:
    found = nobody.get("/en/help?q=counter+notice+PERJURY").text
    nothing = nobody.get("/en/help?q=xyzzy").text

    assert "/en/help/counter-notice" in found
    assert "Nothing for “xyzzy”" in nothing
    assert "/cases/new" in nothing


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{{7*7}}", "%s {0}", "\u202e", "x" * 5_000, " \u00a0 "]
)
def test_b006_words_of_a_search_are_shown_as_typed(nobody: Any, words: str) -> None:
    page = nobody.get("/en/help", query_string={"q": words})

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49 answers" not in page.text


def test_language_stands_in_the_address_and_the_fallback_is_honest(nobody: Any) -> None:
    page = nobody.get("/hy/help/counter-notice").text

    assert '<html lang="hy"' in page
    assert "not translated into your language" in page
    assert '<article class="article" lang="en" dir="ltr">' in page
    assert 'hreflang="en" href="/en/help/counter-notice"' in page
    assert nobody.get("/xx/help").status_code == 404


def test_short_addresses_lead_to_the_readers_language(nobody: Any) -> None:
    assert nobody.get("/help/counter-notice").location == "/en/help/counter-notice"
    assert nobody.get("/help?q=tax").location == "/en/help?q=tax"
    assert nobody.get("/en/help/no-such-page").status_code == 404
    assert nobody.get("/help/no-such-page").status_code == 404


def test_reading_leaves_no_session(nobody: Any) -> None:
    for address in ("/en/help", "/en/help?q=tax", "/en/help/counter-notice"):
        nobody.get(address)

    with transaction(SYSTEM, read_only=True) as tx:
        assert tx.execute(text("select count(*) from session")).scalar() == 0


def test_feedback_counts_when_it_is_sent_and_says_nothing_about_the_reader(nobody: Any) -> None:
    asked = nobody.get("/en/help/counter-notice/feedback?helped=no")
    assert 'value="no" checked' in asked.text
    assert told() == []

    answer = tell(nobody, helped="no", missing=" How long is it?\n")

    assert answer.location == "/en/help/counter-notice"
    assert [tuple(row) for row in told()] == [("counter-notice", False, "How long is it?", 1)]


def test_b001_b003_feedback_without_a_choice_or_too_long_keeps_the_words(nobody: Any) -> None:
    empty, long = (
        tell(nobody, missing="kept words"),
        tell(nobody, helped="yes", missing="y" * 2_001),
    )

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "kept words" in empty.text
    assert 'href="#helped"' in empty.text
    assert "y" * 2_001 in long.text
    assert told() == []


def test_b016_feedback_is_limited(nobody: Any) -> None:
    answers = [tell(nobody, helped="yes").status_code for _ in range(21)]

    assert answers == [303] * 20 + [429]
