"""What people type: checked at the edge, stored as typed, cut and marked only for display."""

from __future__ import annotations

import re
import unicodedata

from app.kernel.errors import Invalid
from app.kernel.words import words as _

_LINE_ENDS = re.compile(r"\r\n?")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_BIDI_OVERRIDES = frozenset("\u202d\u202e")
_SHOWN_OVERRIDES = {ord(char): f"[U+{ord(char):04X}]" for char in _BIDI_OVERRIDES}
_JOINER = "\u200d"
# Scripts with letters that look like another's; a word of two of them is worth a look.
_CONFUSABLE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def clean_text(
    value: str, *, field: str, max_length: int, required: bool = False, multiline: bool = True
) -> str:
    """*value* with line feeds as line ends and no blanks around; letters stay as typed.

    Length is counted in code points. Raises Invalid: `text_control` (NUL, C0, C1, lone surrogate, with
    its position), `required`, `text_lines`, `text_length`. Only blanks or zero-width signs is empty.
    """
    text = _LINE_ENDS.sub("\n", value)
    _refuse_controls(text, field)
    if is_blank(text):
        if required:
            raise Invalid(field, "required", _("Please fill this in."))
        return ""
    text = text.strip()
    if not multiline and "\n" in text:
        raise Invalid(field, "text_lines", _("Please write this on one line."))
    if len(text) > max_length:
        raise Invalid(
            field,
            "text_length",
            _(
                "At most %(limit)d characters; this has %(length)d.",
                limit=max_length,
                length=len(text),
            ),
        )
    return text


def is_blank(text: str) -> bool:
    """True when nothing can be seen: spaces of any kind, zero-width signs, blank letters."""
    return all(
        char in _BLANK_LETTERS or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cf", "Cc"}
        for char in text
    )


def show_overrides(text: str) -> str:
    """Direction overrides made visible as `[U+202E]`; isolates and marks of honest text stay."""
    return text if text.isascii() else text.translate(_SHOWN_OVERRIDES)


def strip_direction(text: str) -> str:
    """Without any direction control: for file names, where order must not be played with."""
    return "".join(char for char in text if char not in _BIDI_CONTROLS)


def cut(text: str, limit: int, mark: str = "…") -> str:
    """At most *limit* code points with *mark*, never through a grapheme; *text* itself when it fits."""
    if len(text) <= limit:
        return text
    end = max(limit - len(mark), 0)
    while end > 0 and not _is_boundary(text, end):
        end -= 1
    return text[:end].rstrip() + mark


def mixed_script_words(text: str) -> tuple[str, ...]:
    """Words whose letters come from two scripts that look alike, such as Latin with one Cyrillic а."""
    return tuple(
        word for word in re.findall(r"[^\W\d_]+", text) if len(_scripts(word) & _CONFUSABLE) > 1
    )


def _refuse_controls(text: str, field: str) -> None:
    for place, char in enumerate(text, start=1):
        if char in "\n\t":
            continue
        if unicodedata.category(char) in {"Cc", "Cs"}:
            raise Invalid(
                field,
                "text_control",
                _(
                    "Character %(place)d cannot be used (U+%(code)s). Please delete it.",
                    place=place,
                    code=f"{ord(char):04X}",
                ),
            )


def _scripts(word: str) -> frozenset[str]:
    return frozenset(unicodedata.name(char, "?").split(" ")[0] for char in word)


def _is_boundary(text: str, index: int) -> bool:
    """True when a cut before *index* splits no grapheme (the parts of UAX 29 that people type)."""
    before, after = text[index - 1], text[index]
    if before == _JOINER or _extends(after):
        return False
    if _is_flag(after) and _is_flag(before):
        run = 0
        while run < index and _is_flag(text[index - 1 - run]):
            run += 1
        return run % 2 == 0
    return not _is_jamo_tail(before, after)


def _extends(char: str) -> bool:
    """Combining marks, variation selectors, joiner, skin tones, tags."""
    point = ord(char)
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or char in {_JOINER, "\u200c"}
        or 0x1F3FB <= point <= 0x1F3FF
        or 0xE0020 <= point <= 0xE007F
    )


def _is_flag(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _is_jamo_tail(before: str, after: str) -> bool:
    hangul = 0x1100 <= ord(before) <= 0x11FF or 0xAC00 <= ord(before) <= 0xD7A3
    return hangul and 0x1160 <= ord(after) <= 0x11FF
