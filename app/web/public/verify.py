"""Anybody may check a letter: by its code, and a file by its bytes. Nothing personal is shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.letters.queries import VerifiedLetter, letter_by_code
from app.letters.rules.kinds import LetterKind
from app.letters.rules.numbers import parse_code
from app.web.shared.policy import public
from app.web.shared.ratelimit import LINK_ADDRESS, limited

bp = Blueprint("verify", __name__)
PIECE = 256 * 1024
LARGEST = 40_000_000


class FileCheck(StrEnum):
    """What an uploaded file turned out to be."""

    NONE = ""
    SAME = "same"
    OTHER = "other"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a letter."""

    letter: VerifiedLetter
    kind_words: str
    code: str


def _kind_words(kind: LetterKind) -> str:
    return {
        LetterKind.DECISION: _("Decision"),
        LetterKind.OUT_OF_SCOPE: _("Case closed: not for this desk"),
        LetterKind.WITHDRAWN: _("Case closed: withdrawn"),
        LetterKind.NO_RESPONSE: _("Case closed: no answer"),
        LetterKind.STATEMENT_OF_REASONS: _("Statement of reasons"),
        LetterKind.NOTICE_REJECTED: _("Notice not accepted"),
        LetterKind.COUNTER_RECEIVED: _("Counter-notice received"),
        LetterKind.COUNTER_REJECTED: _("Counter-notice not complete"),
        LetterKind.HOLD_NOTICE: _("Notice of held money"),
        LetterKind.LEFT_TO_PARTIES: _("Left to both sides"),
    }[kind]


def _find(typed: str) -> Shown:
    """The letter of a code. Raises NotFound: a wrong code and an unknown one are the same."""
    code = parse_code(typed)
    if code is None:
        raise NotFound("letter")
    with transaction(Actor.system("web:verify"), read_only=True) as tx:
        letter = letter_by_code(tx, code)
    if letter is None:
        raise NotFound("letter")
    return Shown(letter, _kind_words(letter.kind), code)


@bp.get("/verify")
@public()
@limited(LINK_ADDRESS)
def verify_start() -> Response | str | tuple[str, int]:
    """Type the code; it leads to the letter's own address."""
    typed = request.args.get("code", "")
    code = parse_code(typed)
    if code is not None:
        return redirect(f"/verify/{code}", 303)
    page = render_template("public/verify.html", shown=None, typed=typed[:60], check=FileCheck.NONE)
    return (page, 422) if typed else page


@bp.get("/verify/<code>")
@public()
@limited(LINK_ADDRESS)
def verify_show(code: str) -> str:
    """Number, day, kind and fingerprint of the letter."""
    return render_template("public/verify.html", shown=_find(code), typed="", check=FileCheck.NONE)


@bp.post("/verify/<code>")
@public()
@limited(LINK_ADDRESS)
def verify_file(code: str) -> str:
    """Compare a file with what was stored when the letter was issued; the file is not kept."""
    shown = _find(code)
    check = _compare(request.files.get("file"), shown.letter)
    return render_template("public/verify.html", shown=shown, typed="", check=check)


def _compare(file: FileStorage | None, letter: VerifiedLetter) -> FileCheck:
    if file is None or not file.filename:
        return FileCheck.ABSENT
    running, size = hashlib.sha256(), 0
    stream = cast("BinaryIO", file.stream)
    while size <= LARGEST and (piece := stream.read(PIECE)):
        running.update(piece)
        size += len(piece)
    same = size <= LARGEST and running.hexdigest() == letter.sha256
    return FileCheck.SAME if same else FileCheck.OTHER
