"""P2 and P3: the help centre in the reader's language, one question a page, and what readers say about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from app.helpcentre.commands import TellHelp
from app.helpcentre.queries.articles import article_of, articles_in, languages_of
from app.helpcentre.queries.told import often_helpful
from app.helpcentre.rules.articles import Article, Category, matching, related_to, shelf
from app.helpcentre.rules.offers import MISSING_MOST
from app.helpcentre.service import tell_help
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.web.public.face import bp
from app.web.shared.context import services
from app.web.shared.policy import public
from app.web.shared.ratelimit import HELP_FEEDBACK, limited
from app.web.shared.shell import LANGUAGE, LOCALES, pick_locale

_SYSTEM = Actor.system("web:help")
WORDS_MOST = 200


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with its articles. *id*: its anchor."""

    id: str
    title: str
    icon: str
    articles: tuple[Article, ...]


class FeedbackForm(FlaskForm):
    """Yes or no, and what was missing."""

    helped = RadioField(
        __("Did this answer your question?"), choices=[SelectChoice("yes", __("Yes")), SelectChoice("no", __("No"))], validate_choice=False
    )  # fmt: skip
    missing = TextAreaField(
        __("What was missing?"), render_kw={"rows": 4, "maxlength": str(MISSING_MOST)}
    )


def _shelves(articles: dict[str, Article]) -> list[Shelf]:
    words = {
        Category.TAKEDOWNS: (_("Takedowns"), "eye-off"),
        Category.PAYOUTS: (_("Payouts"), "banknote"),
        Category.RIGHTS: (_("Rights claims"), "scale"),
        Category.ACCOUNT: (_("Your account"), "user"),
        Category.DECIDING: (_("How we decide"), "gavel"),
    }
    return [
        Shelf(key.value, title, icon, shelf(articles.values(), key))
        for key, (title, icon) in words.items()
    ]


@bp.get("/help")
@public()
def help_page() -> Response:
    """The short address leads to the reader's language."""
    return redirect(_with_query(f"/{pick_locale()}/help"), 303)


@bp.get("/help/<article>")
@public()
def help_short(article: str) -> Response:
    """The short address of an article, for links in pages and mails."""
    found = article_of(pick_locale(), article)
    return redirect(f"/{pick_locale()}/help/{found.slug}", 303)


@bp.get(f"/{LANGUAGE}/help")
@public()
def help_index(lang: str) -> str:
    """Search first, then what is often asked, then the shelves."""
    asked = request.args.get("q", "").strip()[:WORDS_MOST]
    found = dict(articles_in(lang))
    with transaction(_SYSTEM, read_only=True) as tx:
        often = often_helpful(tx, lang, services().clock.now())
    return render_template(
        "public/help/index.html", asked=asked, found=matching(found.values(), asked), often=often,
        shelves=_shelves(found), base=f"/{lang}/help", lang=lang, languages_there=LOCALES,
        foreign=any(article.language != lang for article in found.values()),
    )  # fmt: skip


@bp.get(f"/{LANGUAGE}/help/<article>")
@public()
def help_article(lang: str, article: str) -> str | Response:
    """One article; an address it had before leads to its own for good."""
    found = article_of(lang, article)
    if found.slug != article:
        return redirect(f"/{lang}/help/{found.slug}", 301)
    return render_template(
        "public/help/article.html", article=found, base=f"/{lang}/help", lang=lang,
        related=related_to(found, dict(articles_in(lang))), foreign=found.language != lang,
        alternates=languages_of(found.slug),
    )  # fmt: skip


@bp.get(f"/{LANGUAGE}/help/<article>/feedback")
@public()
def help_feedback(lang: str, article: str) -> str:
    """The choice of the page before is filled in; it counts only when it is sent."""
    chosen = request.args.get("helped", "")
    form = FeedbackForm(helped=chosen if chosen in {"yes", "no"} else None)
    return _feedback_page(form, article_of(lang, article), lang)


@bp.post(f"/{LANGUAGE}/help/<article>/feedback")
@public()
@limited(HELP_FEEDBACK)
def help_tell(lang: str, article: str) -> Response | tuple[str, int]:
    """Keep it, without a word about the reader."""
    found, form = article_of(lang, article), FeedbackForm()
    if form.helped.data not in {"yes", "no"}:
        form.helped.errors = [_("Choose yes or no.")]
        return _feedback_page(form, found, lang), 422
    command = TellHelp(found.slug, lang, form.helped.data == "yes", form.missing.data or "")
    try:
        with transaction(_SYSTEM) as tx:
            tell_help(tx, command, _SYSTEM, services().clock)
    except Invalid as problem:
        form.missing.errors = [problem.message]
        return _feedback_page(form, found, lang), 422
    flash(_("Thank you. It helps us to make this page better."))
    return redirect(f"/{lang}/help/{found.slug}", 303)


def _feedback_page(form: FeedbackForm, article: Article, lang: str) -> str:
    return render_template(
        "public/help/feedback.html", form=form, article=article, base=f"/{lang}/help", lang=lang
    )


def _with_query(address: str) -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"{address}?{query}" if query else address
