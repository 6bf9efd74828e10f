"""The checked-in catalogue holds every text for people, and every text can be translated well."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from app.infra.i18n import PSEUDO
from app.infra.render.templates import DocumentTemplates

ROOT = Path(__file__).resolve().parents[3]
POT = ROOT / "app" / "translations" / "messages.pot"
UNNAMED = re.compile(r"%[sdif]")


def messages() -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Text, all its forms, notes."""
    with POT.open("rb") as source:
        found = read_po(source)
    return [
        (
            forms[0],
            forms,
            list(one.auto_comments) + [place for place, _ in one.locations],
        )
        for one in found
        if one.id
        for forms in [one.id if isinstance(one.id, tuple) else (one.id,)]
    ]


def test_the_catalogue_is_up_to_date() -> None:
    said = subprocess.run(
        [sys.executable, ROOT / "tools" / "messages.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.stdout.strip() == "up to date", "python tools/messages.py writes it anew"


def test_it_holds_texts_of_pages_rules_scripts_mails_and_letters() -> None:
    known = {text for text, _forms, _notes in messages()}

    assert {
        "Send case",
        "Case %(ref)s is closed",
        "We hold money because of this case",
    } <= known
    assert len(known) > 2000


def test_every_placeholder_has_a_name() -> None:
    assert [text for text, forms, _ in messages() if any(map(UNNAMED.search, forms))] == []


def test_every_message_says_where_it_stands() -> None:
    assert [text for text, _forms, notes in messages() if not notes] == []


def test_mails_and_letters_speak_the_made_up_language_too() -> None:
    subject = DocumentTemplates().render("emails/case_closed/subject.txt", {"ref": "RD-1"}, PSEUDO)

    assert subject.startswith("‹Çásé RD-1 ís çlóséd")
