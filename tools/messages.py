"""Writes app/translations/messages.pot: every text for people, with notes for its translator.

python tools/messages.py [--check]

No dates and no line numbers, so that the file changes only when a text does. Notes say where a text stands and
what its placeholders hold; a comment `i18n: …` before a call adds to them.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "app" / "translations" / "messages.pot"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "__": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "words": None,
}  # fmt: skip
SKIP = ("app/cli/", "app/demo/", "app/translations/", "templates/styleguide", "app/web/styleguide/")
HEAD = """# Texts of Redress, written by tools/messages.py; do not edit.
# Sentences are whole: a placeholder may move anywhere in them. Never translate inside %(…)s, {…} or <…>.
# Words that must be the same everywhere: case, claim, claimant, artist, release, recording, statement,
# correction, letter, request, deadline, second review. No humour, no exclamation marks, neutral pronouns.
"""
PLACES = {
    "app/web/portal": "page of the artist or another party", "templates/portal": "page of the artist or another party",
    "app/web/desk": "page of the rights desk", "templates/desk": "page of the rights desk",
    "app/web/finance": "page of finance", "templates/finance": "page of finance",
    "app/web/admin": "page of administration", "templates/admin": "page of administration",
    "app/web/account": "sign-in and profile", "templates/account": "sign-in and profile",
    "app/web/public": "public page", "templates/public": "public page",
    "templates/letters": "letter on paper, formal", "templates/emails": "e-mail", "templates/errors": "error page",
    "templates/components": "part of many pages",
}  # fmt: skip
HOLDS = {
    "num": "a number", "n": "a number", "count": "a number", "ref": "reference of a case, RD-7K4M-29QX",
    "name": "name of a person or thing", "who": "name or role", "day": "a date", "when": "date and time, often with zone",
    "at": "date and time", "time": "time of day, 18:00", "zone": "Baku time", "span": "a length of time, 3 h 25 m",
    "amount": "money with currency", "total": "money with currency", "why": "a sentence", "reason": "a sentence",
    "what": "name of a thing", "limit": "a number", "title": "title of a release or thing", "side": "Complainant, Respondent",
    "kind": "kind of a case", "state": "where something stands", "label": "number of an exhibit, E3", "percent": "a number",
    "names": "a list of names", "until": "date and time", "product": "name of the product", "size": "size of a file",
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\((\w+)\)")


def found() -> Iterator[tuple[str, object, list[str]]]:
    """Path, message (or pair of forms) and the comments before it."""
    for folder, endings in (("app", (".py",)), ("templates", (".html", ".txt"))):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in endings or "__pycache__" in name or name.startswith(SKIP):
                continue
            method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
            options = {"newstyle_gettext": "true", "silent": "false", "encoding": "utf-8"}
            with path.open("rb") as source:
                for _line, message, comments, _context in extract(
                    method, source, KEYWORDS, ["i18n:"], options, strip_comment_tags=True
                ):
                    yield name, message, comments


def catalogue() -> Catalog:
    """All messages in order of text."""
    made = Catalog(project="Redress", charset="utf-8")
    for name, message, comments in found():
        forms = message if isinstance(message, tuple) else (message,)
        if not all(isinstance(form, str) and form.strip() for form in forms):
            continue
        notes = [note.strip() for note in comments] + _notes(name, str(forms[-1]))
        made.add(
            tuple(forms[:2]) if len(forms) > 1 else forms[0],
            locations=[(name, 0)],
            auto_comments=notes,
        )
    return made


def _notes(name: str, text: str) -> list[str]:
    places = [words for start, words in PLACES.items() if name.startswith(f"{start}/")]
    known = [
        f"%({one})s: {HOLDS[one]}"
        for one in dict.fromkeys(_PLACEHOLDER.findall(text))
        if one in HOLDS
    ]
    return [*places, *known]


def text() -> str:
    """The file as it should stand."""
    out = io.BytesIO()
    write_po(out, catalogue(), width=0, omit_header=True, sort_output=True, include_lineno=False)
    return (
        HEAD
        + 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        + out.getvalue().decode()
    )


def main() -> int:
    """Write the file, or say whether it is up to date."""
    fresh = text()
    if "--check" in sys.argv:
        same = TARGET.exists() and TARGET.read_text("utf-8") == fresh
        print("up to date" if same else "not up to date: python tools/messages.py")
        return 0 if same else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(fresh, "utf-8")
    print(f"{fresh.count('msgid ') - 1} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
