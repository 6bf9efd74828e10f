"""An article, its front matter, and which articles fit: a sub-kind, some words, a reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from app.helpcentre.rules.markup import Block, blocks_of
from app.kernel.errors import Invalid
from app.search.rules import tokens_of

OFFERED = 3
"""At most three articles while a case is being filed (UX, A1 step 3)."""
FALLBACK = "en"
RELATED = 4
BEGINNING = 3
"""A word of so many signs finds words that begin with it."""
_WEIGHTS = {"title": 8, "keywords": 6, "summary": 3, "body": 1}
REQUIRED = ("title", "summary", "category", "version", "checked", "order")
KNOWN = frozenset((*REQUIRED, "keywords", "sub_kinds", "related", "about", "moved_from"))


class Category(StrEnum):
    """The shelves of the help centre, in the order of the design."""

    TAKEDOWNS = "takedowns"
    PAYOUTS = "payouts"
    RIGHTS = "rights"
    ACCOUNT = "account"
    DECIDING = "deciding"


@dataclass(frozen=True, slots=True)
class Article:
    """One question, one page.

    *version* grows with each change of meaning; *checked_on*: when somebody last compared it with the product
    and its sources. *sub_kinds*: for whose filing it is offered. *about*: the first answer of the filing form
    that the topic leads to. *moved_from*: addresses it had before. *order*: on its shelf and in an offer.
    """

    slug: str
    language: str
    title: str
    summary: str
    category: Category
    version: int
    checked_on: date
    order: int
    blocks: tuple[Block, ...]
    keywords: str = ""
    sub_kinds: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    about: str = ""
    moved_from: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """All words without marks."""
        return " ".join(block.text for block in self.blocks)


def parse_article(slug: str, language: str, source: str) -> Article:
    """An article of its file. Raises Invalid naming what is wrong with the front matter."""
    head, body = _split(source)
    missing = [name for name in REQUIRED if not head.get(name)]
    strange = sorted(set(head) - KNOWN)
    if missing or strange or not body.strip():
        raise Invalid(slug, "front_matter", ", ".join([*missing, *strange]) or "body")
    return Article(
        slug=slug, language=language, title=head["title"], summary=head["summary"],
        category=Category(head["category"]), version=int(head["version"]),
        checked_on=date.fromisoformat(head["checked"]), order=int(head["order"]), blocks=blocks_of(body),
        keywords=head.get("keywords", ""), sub_kinds=_words(head, "sub_kinds"),
        related=_words(head, "related"), about=head.get("about", ""), moved_from=_words(head, "moved_from"),
    )  # fmt: skip


def _split(source: str) -> tuple[dict[str, str], str]:
    """Front matter between two lines of dashes: `name: value`, one a line; then the text."""
    lines = source.splitlines()
    if lines[:1] != ["---"] or "---" not in lines[1:]:
        raise Invalid("front_matter", "front_matter", "---")
    end = lines.index("---", 1)
    pairs = (line.partition(":") for line in lines[1:end] if line.strip())
    return {name.strip(): value.strip() for name, _colon, value in pairs}, "\n".join(
        lines[end + 1 :]
    )


def _words(head: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(head.get(name, "").replace(",", " ").split())


def in_language(articles: Iterable[Article], language: str) -> dict[str, Article]:
    """Each article once by its slug: in *language*, else in English, which is then said to the reader."""
    found: dict[str, Article] = {}
    for article in articles:
        if article.language == language or (
            article.language == FALLBACK and article.slug not in found
        ):
            found[article.slug] = article
    return found


def shelf(articles: Iterable[Article], category: Category) -> tuple[Article, ...]:
    """The articles of a category in their order."""
    return tuple(sorted((a for a in articles if a.category is category), key=_order))


def offered(articles: Iterable[Article], sub_kind: str) -> tuple[Article, ...]:
    """At most three for somebody who files a case of *sub_kind*: those written for fewest sub-kinds first."""
    fitting = (a for a in articles if sub_kind in a.sub_kinds)
    nearest = sorted(fitting, key=lambda a: (len(a.sub_kinds), *_order(a)))
    return tuple(nearest[:OFFERED])


def related_to(article: Article, found: Mapping[str, Article]) -> tuple[Article, ...]:
    """What the article names itself, then its neighbours on the shelf."""
    named = [found[slug] for slug in article.related if slug in found]
    beside = [a for a in shelf(found.values(), article.category) if a.slug != article.slug]
    return tuple(dict.fromkeys([*named, *beside]))[:RELATED]


def matching(articles: Iterable[Article], text: str) -> tuple[Article, ...]:
    """Articles that hold every word of *text*, or one that begins with it; the best first.

    One folding for all languages: case, accents and width do not matter; scripts without spaces match by pairs.
    """
    wanted = tokens_of(text)
    if not wanted:
        return ()
    scored = [(score, article) for article in articles if (score := _score(article, wanted))]
    return tuple(article for _points, article in sorted(scored, key=_by_score))


def _by_score(pair: tuple[int, Article]) -> tuple[int, int, str]:
    score, article = pair
    return (-score, *_order(article))


@cache
def _fields(article: Article) -> tuple[tuple[int, frozenset[str]], ...]:
    """The tokens of each part and how much they count."""
    return tuple(
        (weight, frozenset(tokens_of(getattr(article, name)))) for name, weight in _WEIGHTS.items()
    )


def _score(article: Article, wanted: Iterable[str]) -> int:
    """0 unless every word stands somewhere; where it stands decides how much it counts."""
    hits = [
        sum(weight for weight, tokens in _fields(article) if _stands(word, tokens))
        for word in wanted
    ]
    return sum(hits) if all(hits) else 0


def _stands(word: str, tokens: frozenset[str]) -> bool:
    return word in tokens or (
        len(word) >= BEGINNING and any(token.startswith(word) for token in tokens)
    )


def _order(article: Article) -> tuple[int, str]:
    return article.order, article.slug
