"""How text becomes tokens, and where tokens stand in a text: one folding for index, question and highlight.

Folding: NFKC (width, ligatures), case folding (ß to ss), accents and zero-width signs away, the letters
that keep a stroke or no dot (ø, ł, ı, ə) to their plain neighbour. Runs of scripts without spaces (Han,
Kana, Hangul, Thai, Lao, Khmer, Myanmar) become overlapping pairs; a run's last sign stands alone too, so that one
sign finds every run that holds it. Marks of Thai and Indic scripts are letters and stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from app.kernel.errors import Invalid
from app.kernel.identifiers import Isrc, Iswc
from app.kernel.refs import parse_ref

TOKEN_LENGTH = 64
EXCERPT = 180
_PLAIN = str.maketrans(
    {
        "ı": "i", "ø": "o", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae",
        "œ": "oe", "ə": "a", "ŋ": "n", "ς": "σ",
    }
)  # fmt: skip
_PAIRED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
_ACCENTS = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF),
)  # fmt: skip
_SQUEEZED = re.compile(r"[\W_]+")
_ASCII_RUN = re.compile(r"[A-Za-z0-9]+")
_MAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:]+")
_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; *origin[i]* is the span of the typed text that the i-th folded sign came from."""

    text: str
    origin: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands in the typed text, [start, end); its first sign ends at *first_end*."""

    text: str
    start: int
    end: int
    first_end: int


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. *words*: whole tokens. *starts*: beginnings: the word typed last, lone signs.

    *idents*: identifiers in every reading. *name*: folded Latin words for a fuzzy look, else empty.
    *ref*: the reference, when all of it is one.
    """

    words: tuple[str, ...]
    starts: tuple[str, ...]
    idents: tuple[str, ...]
    name: str
    ref: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing that could be looked up."""
        return not (self.words or self.starts or self.idents)

    @property
    def tsquery(self) -> str:
        """The question as the database reads it; tokens hold letters, digits and pictures only."""
        whole = [f"'{word}'" for word in self.words]
        return " & ".join([*whole, *(f"'{start}':*" for start in self.starts)])


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of shown text, marked when it is what was looked for."""

    text: str
    hit: bool


def fold(text: str) -> str:
    """The folded text alone."""
    return _fold(text).text


def tokens_of(*texts: str) -> tuple[str, ...]:
    """Distinct tokens of all texts, in order."""
    return tuple(sorted({token.text for text in texts for token in _tokens(text)}))


def names_of(*names: str) -> str:
    """Latin names folded, for a fuzzy look; empty when none has Latin letters."""
    folded = [" ".join(_words(fold(name))) for name in names]
    return " ".join(name for name in folded if name and _is_latin(name))


def idents_of(*texts: str | None) -> tuple[str, ...]:
    """Identifiers as they are stored: squeezed capitals, e-mail addresses folded, leading zeros away."""
    return tuple(sorted({ident for text in texts if text for ident in [_ident(text)] if ident}))


def ask(typed: str) -> Question:
    """What *typed* asks for. The last word counts from its beginning; a lone sign of Han or Kana too."""
    text = typed.strip()
    words, starts = _asked_tokens(text)
    typed_ones = {ident for part in [text, *text.split()] if _tells(ident := _ident(part))}
    idents = tuple(sorted(typed_ones | set(_readings(text))))
    name = names_of(text)
    return Question(words, starts, idents, name if len(name) >= 4 else "", _ref(text))


def highlight(text: str, asked: Question, limit: int = 0) -> tuple[Piece, ...]:
    """*text* cut to *limit* around the first hit (0: whole), in marked and plain pieces."""
    spans = _merged(_hits(text, asked))
    first = next(spans, None)
    start, end = _window(text, first[0] if first else 0, limit)
    pieces = [Piece("…", hit=False)] if start else []
    at = start
    # Lazily: of a long text no more is read than the excerpt shows.
    for left, right in chain([first] if first else [], spans):
        if right > end:
            break
        pieces += [Piece(text[at:left], hit=False), Piece(text[left:right], hit=True)]
        at = right
    pieces.append(Piece(text[at:end], hit=False))
    if end < len(text):
        pieces.append(Piece("…", hit=False))
    return tuple(piece for piece in pieces if piece.text)


def _window(text: str, first: int, limit: int) -> tuple[int, int]:
    """Where an excerpt begins and ends: at a space near, never far before the first hit."""
    if not limit or len(text) <= limit:
        return 0, len(text)
    start = max(first - limit // 3, 0)
    if start:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = min(start + limit, len(text))
    space = text.rfind(" ", max(start, end - 30), end)
    return start, space if space > first and end < len(text) else end


def _hits(text: str, asked: Question) -> Iterator[tuple[int, int]]:
    if (
        text.isascii() and not asked.idents
    ):  # most of a page: only the words that were asked for are looked at
        for found in _ascii_asked(asked.words, asked.starts).finditer(text):
            yield found.start(), min(found.end(), found.start() + TOKEN_LENGTH)
        return
    whole = frozenset(asked.words)
    for token in _tokens(text):
        start = next((one for one in asked.starts if token.text.startswith(one)), "")
        if (
            token.text in whole
            or (start and _kind(start[0]) != "pair")
            or (asked.idents and _ident(token.text) in asked.idents)
        ):
            yield token.start, token.end
        elif start:
            yield token.start, token.first_end


@lru_cache(256)
def _ascii_asked(words: tuple[str, ...], starts: tuple[str, ...]) -> re.Pattern[str]:
    """Runs of ASCII letters and digits that are one of *words* or begin with one of *starts*."""
    ends = [rf"{re.escape(word)}(?![A-Za-z0-9])" for word in words if len(word) < TOKEN_LENGTH]
    begun = [*starts, *(word for word in words if len(word) == TOKEN_LENGTH)]
    asked = "|".join([*ends, *(f"{re.escape(start)}[A-Za-z0-9]*" for start in begun)])
    return re.compile(rf"(?<![A-Za-z0-9])(?:{asked or '(?!)'})", re.ASCII | re.IGNORECASE)


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that touch as one; they come by where they begin, as tokens do."""
    last: tuple[int, int] | None = None
    for start, end in spans:
        if last is None:
            last = start, end
        elif start <= last[1]:
            last = last[0], max(end, last[1])
        else:
            yield last
            last = start, end
    if last is not None:
        yield last


def _asked_tokens(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(whole tokens, beginnings). A run's lone last sign asks nothing that its last pair does not."""
    whole: dict[str, None] = {}
    starts: dict[str, None] = {}
    tokens = list(_tokens(text))
    for before, token in zip([None, *tokens], tokens, strict=False):
        if len(token.text) > 1 or _kind(token.text[0]) != "pair":
            (starts if token is tokens[-1] and _kind(token.text[0]) == "word" else whole)[
                token.text
            ] = None
        elif before is None or before.end != token.end:
            starts[token.text] = None
    return tuple(whole), tuple(starts)


def _tokens(text: str) -> Iterator[Token]:
    return _ascii_tokens(text) if text.isascii() else _any_tokens(text)


def _ascii_tokens(text: str) -> Iterator[Token]:
    """As `_any_tokens`, a twentieth of the time: most words of a page of hits are ASCII."""
    for found in _ASCII_RUN.finditer(text):
        start, end = found.start(), min(found.end(), found.start() + TOKEN_LENGTH)
        yield Token(text[start:end].lower(), start, end, start + 1)


def _any_tokens(text: str) -> Iterator[Token]:
    folded = _fold(text)
    start = 0
    while start < len(folded.text):
        kind = _kind(folded.text[start])
        end = start + 1
        while (
            kind in {"word", "pair"}
            and end < len(folded.text)
            and _kind(folded.text[end]) in (kind, "mark")
        ):
            end += 1
        if kind == "pair":
            yield from _pairs(folded, start, end)
        elif kind in {"word", "picture"}:
            yield _token(folded, start, min(end, start + TOKEN_LENGTH))
        start = end


def _pairs(folded: Folded, start: int, end: int) -> Iterator[Token]:
    for at in range(start, end - 1):
        yield _token(folded, at, at + 2)
    yield _token(folded, end - 1, end)


def _token(folded: Folded, start: int, end: int) -> Token:
    first, last = folded.origin[start], folded.origin[end - 1]
    return Token(folded.text[start:end], first[0], last[1], first[1])


def _fold(text: str) -> Folded:
    parts: list[str] = []
    origin: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        sign = _fold_cluster(text[start:end])
        parts.append(sign)
        origin += [(start, end)] * len(sign)
    return Folded("".join(parts), tuple(origin))


def _fold_cluster(cluster: str) -> str:
    if cluster.isascii():
        return cluster.lower()
    split = unicodedata.normalize("NFKD", cluster).casefold()
    kept = "".join(
        char
        for char in unicodedata.normalize("NFD", split)
        if not _within(char, _ACCENTS) and unicodedata.category(char) != "Cf"
    )
    return unicodedata.normalize("NFC", kept).translate(_PLAIN)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of a sign with what modifies it: marks, zero-width signs, trailing jamo, half-width voice marks."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _extends(text[at]):
            yield start, at
            start = at


def _extends(char: str) -> bool:
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char) in {"Mn", "Me", "Cf"}
        or "\u1160" <= char <= "\u11ff"
        or char in "\uff9e\uff9f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def _kind(char: str) -> str:
    if char in _ASCII_WORD:
        return "word"
    if _within(char, _PAIRED) and unicodedata.category(char)[0] in "LMN":
        return "pair"
    category = unicodedata.category(char)
    if category[0] == "M":
        return "mark"
    if category[0] in "LN":
        return "word"
    return "picture" if category == "So" else "gap"


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(char)
    return any(low <= point <= high for low, high in ranges)


def _words(folded: str) -> list[str]:
    return [word for word in _SQUEEZED.split(folded) if word]


def _is_latin(text: str) -> bool:
    return all(char < "\u0250" for char in text) and any(char.isalpha() for char in text)


def _ident(text: str) -> str:
    mail = _MAIL.search(text)
    if mail:
        return unicodedata.normalize("NFKC", mail.group()).casefold()[:254]
    squeezed = _SQUEEZED.sub("", unicodedata.normalize("NFKC", text)).upper()[:TOKEN_LENGTH]
    return squeezed.lstrip("0") or squeezed if squeezed.isdigit() else squeezed


def _tells(ident: str) -> bool:
    """Long enough and with a digit or an @, so that plain words are never taken for identifiers."""
    return "@" in ident or (len(ident) >= 5 and any(char.isdigit() for char in ident))


def _readings(text: str) -> Iterator[str]:
    """The canonical forms that *text* may mean: labels stripped, O read as 0 in references."""
    for part in dict.fromkeys([text, *text.split()]):
        for kind in (Isrc, Iswc):
            if kind.is_valid(part):
                yield _ident(kind.parse(part))
        ref = _ref(part)
        if ref:
            yield _ident(ref)


def _ref(text: str) -> str:
    try:
        return str(parse_ref(text))
    except Invalid:
        return ""
