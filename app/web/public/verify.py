"""Anybody may check a letter: by its code, and a file by its bytes. Nothing personal is shown."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.edge.limits import LINK_ADDRESS
from app.infra.db.transaction import transaction
from app.infra.sign.port import SignatureReport
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.letters.queries import VerifiedLetter, letter_by_code
from app.letters.rules.numbers import parse_code
from app.web.shared.context import services
from app.web.shared.letter_words import LETTER_NAMES
from app.web.shared.policy import public
from app.web.shared.ratelimit import limited

bp = Blueprint("verify", __name__)
LARGEST = 40_000_000
MOST_ALTERED = 64
"""More differing bytes than this make it another file."""


class FileCheck(StrEnum):
    """What an uploaded file turned out to be, beside the letter of the code."""

    NONE = ""
    ABSENT = "absent"
    SAME = "same"
    ALTERED = "altered"
    SHORTER = "shorter"
    LONGER = "longer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileResult:
    """*first*, *count*: where and how many bytes differ, only for one that is nearly the letter.

    *signature*: what the check of the signature says; *is_ours*: made with the letter's own certificate.
    """

    check: FileCheck
    first: int = 0
    count: int = 0
    signature: SignatureReport | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a letter."""

    letter: VerifiedLetter
    kind_words: str
    code: str


NOTHING = FileResult(FileCheck.NONE)


def _find(typed: str) -> Shown:
    """The letter of a code. Raises NotFound: a wrong code and an unknown one are the same."""
    code = parse_code(typed)
    if code is None:
        raise NotFound("letter")
    with transaction(Actor.system("web:verify"), read_only=True) as tx:
        letter = letter_by_code(tx, code)
    if letter is None:
        raise NotFound("letter")
    return Shown(letter, str(LETTER_NAMES[letter.kind]), code)


@bp.get("/verify")
@public()
@limited(LINK_ADDRESS)
def verify_start() -> Response | str | tuple[str, int]:
    """Type the code; it leads to the letter's own address."""
    typed = request.args.get("code", "")
    code = parse_code(typed)
    if code is not None:
        return redirect(f"/verify/{code}", 303)
    page = render_template("public/verify.html", shown=None, typed=typed[:60], result=NOTHING)
    return (page, 422) if typed else page


@bp.get("/verify/<code>")
@public()
@limited(LINK_ADDRESS)
def verify_show(code: str) -> str:
    """Number, day, kind, fingerprints and signature of the letter."""
    return render_template("public/verify.html", shown=_find(code), typed="", result=NOTHING)


@bp.post("/verify/<code>")
@public()
@limited(LINK_ADDRESS)
def verify_file(code: str) -> str:
    """Compare a file with what was stored when the letter was issued; the file is not kept."""
    shown = _find(code)
    result = _compare(request.files.get("file"), shown.letter)
    return render_template("public/verify.html", shown=shown, typed="", result=result)


def _compare(file: FileStorage | None, letter: VerifiedLetter) -> FileResult:
    """Bytes against bytes, and the signature in the file on its own."""
    if file is None or not file.filename:
        return FileResult(FileCheck.ABSENT)
    theirs = cast("BinaryIO", file.stream).read(LARGEST + 1)
    if len(theirs) > LARGEST:
        return FileResult(FileCheck.OTHER)
    ours = b"".join(services().storage.open(letter.storage_key))
    signature = services().signer.examine(theirs)
    is_ours = bool(letter.certificate) and signature.certificate == letter.certificate
    return replace(_difference(theirs, ours), signature=signature, is_ours=is_ours)


def _difference(theirs: bytes, ours: bytes) -> FileResult:
    """How a file differs from the letter. Only who holds nearly all of it learns where: no guessing it byte by byte."""
    if hmac.compare_digest(theirs, ours):
        return FileResult(FileCheck.SAME)
    if theirs.startswith(ours):
        return FileResult(FileCheck.LONGER, count=len(theirs) - len(ours))
    if len(theirs) * 2 > len(ours) and ours.startswith(theirs):
        return FileResult(FileCheck.SHORTER, count=len(ours) - len(theirs))
    if len(theirs) == len(ours):
        places = [at for at, (one, two) in enumerate(zip(theirs, ours, strict=True)) if one != two]
        if len(places) <= MOST_ALTERED:
            return FileResult(FileCheck.ALTERED, places[0] + 1, len(places))
    return FileResult(FileCheck.OTHER)
