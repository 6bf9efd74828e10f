"""Articles in a language: read once a process; the files travel with the code and change with its version."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.helpcentre.rules.articles import Article, in_language, parse_article
from app.kernel.errors import NotFound

PACKS = Path(__file__).resolve().parents[1] / "packs"


@cache
def all_articles() -> tuple[Article, ...]:
    """Every article in every language. Raises Invalid for a file that is not one."""
    return tuple(
        parse_article(path.stem, path.parent.name, path.read_text("utf-8"))
        for path in sorted(PACKS.glob("*/*.md"))
    )


@cache
def articles_in(language: str) -> Mapping[str, Article]:
    """Every article once, by its slug; English where *language* has none yet."""
    return in_language(all_articles(), language)


def article_of(language: str, slug: str) -> Article:
    """One article, also under an address it had before. Raises `NotFound`."""
    found = articles_in(language)
    if slug in found:
        return found[slug]
    moved = next((one for one in found.values() if slug in one.moved_from), None)
    if moved is None:
        raise NotFound("article")
    return moved


def languages_of(slug: str) -> tuple[str, ...]:
    """The languages in which an article exists, for its alternate addresses."""
    return tuple(one.language for one in all_articles() if one.slug == slug)
