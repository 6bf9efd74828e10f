"""Every text for people can be translated: no sentence outside `_()`, no bare text in a template."""

from __future__ import annotations

import re

import pytest

from tests.architecture.house import APP, ROOT, TEMPLATES, shown
from tests.architecture.literals import files, in_python, in_template

# Who reads it, and why it stays English.
OPERATORS = ("app/cli/", "app/demo/", "app/infra/embedded/", "app/infra/db/", "app/infra/readiness.py",
             "app/infra/webserver.py", "app/infra/checks.py", "app/worker/", "app/api/shapes/", "app/api/frame/document.py")  # fmt: skip
SAMPLES = (
    "app/letters/rules/samples.py",
    "app/web/styleguide/",
    "templates/styleguide",
    "app/statements/formats/",
)
KEPT: dict[str, str] = {
    "Bahasa Indonesia": "a language by its own name",
    "Mac OS": "the name of a system",
    "The data this letter was printed from": "a note inside the file for programs",
    "Hold placed": "the ledger's own text, kept with the entry",
    "Hold released": "as above",
    "private, max-age=…, immutable": "a header",
    " declares its policy twice": "for programmers, when the application starts",
    "Ctrl ↵": "what stands on keys",
    "button button--": "classes",
    "External ID": "a column of NetSuite",
    "Exchange Rate": "as above",
    "Posting Period": "as above",
    "Tax Exempt": "a tax rate of Xero",
    "Recipient type": "a column of Revolut's templates",
    "Account number": "as above",
    "Sort code": "as above",
    "Recipient bank country": "as above",
    "Payment reference": "as above",
    "Royalty correction ": "what a bank carries from one to the other, in its basic characters",
}

SCRIPT_WORDS = re.compile(r"[\"`'](?:[A-Z][a-z]+ [a-z]|[A-Z][a-z]+[\"`'.]$)[^\"`']*")


def test_no_sentence_in_code_escapes_translation() -> None:
    found = [
        f"{shown(path)}:{line} {text[:80]}"
        for path in files(APP, ".py")
        if not shown(path).startswith((*OPERATORS, *SAMPLES))
        for line, text in in_python(path.read_text("utf-8"), pieces="/web/" in str(path))
        if text not in KEPT
    ]

    assert found == []


def test_no_text_in_a_template_escapes_translation() -> None:
    found = [
        f"{shown(path)}:{line} {text[:80]}"
        for path in files(TEMPLATES, ".html", ".txt")
        if not shown(path).startswith(SAMPLES)
        for line, text in in_template(path.read_text("utf-8"), markup=path.suffix == ".html")
        if text.strip('"') not in KEPT
    ]

    assert found == []


def test_scripts_say_nothing_of_their_own() -> None:
    """Words of a behaviour come with its element, in data- attributes."""
    scripts = files(ROOT / "static" / "js", ".js")

    found = [
        f"{shown(path)}: {line.strip()[:80]}"
        for path in scripts
        for line in path.read_text("utf-8").splitlines()
        if SCRIPT_WORDS.search(line.partition("//")[0])
    ]

    assert scripts
    assert found == []


@pytest.mark.parametrize(
    "source",
    ['flash("Your case is sent.")', 'x = f"{n} days left"', 'raise Invalid("name", "x", "Enter a name.")'],
)  # fmt: skip
def test_a_sentence_in_code_is_found(source: str) -> None:
    assert in_python(source)


@pytest.mark.parametrize("source", ['flash(_("Your case is sent."))', 'log.info("Case sent here")', "x = f'{a}-{b}'"])  # fmt: skip
def test_what_is_translated_or_logged_is_not(source: str) -> None:
    assert in_python(source) == []


@pytest.mark.parametrize(
    "source",
    ["<p>Nothing here</p>", '<a title="Close">{{ x }}</a>', '{{ button("Send case") }}', "<b>{{ n }} found</b>"],
)  # fmt: skip
def test_text_in_a_template_is_found(source: str) -> None:
    assert in_template(source)


@pytest.mark.parametrize(
    "source",
    ['<p>{{ _("Nothing here") }}</p>', "{% trans n=1 %}Found {{ n }}{% endtrans %}", "<p>{{ name }} · {{ at }}</p>",
     '<a class="big one" title="{{ _(\'Close it\') }}">×</a>'],
)  # fmt: skip
def test_translated_text_is_not(source: str) -> None:
    assert in_template(source) == []
