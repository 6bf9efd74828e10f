"""File names as people gave them, made safe to show and to offer again; they never become keys."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 150
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"com{n}" for n in range(1, 10)}
    | {f"lpt{n}" for n in range(1, 10)}
)
_JOINERS = "\u200c\u200d"
_LONGEST_EXTENSION = 12


def clean_filename(raw: str) -> str:
    """The last part of *raw* without paths, control or direction marks; never empty (B031, B032, B112).

    Zero-width joiners stay: Persian names and emoji families need them.
    """
    name = unicodedata.normalize("NFC", raw.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(char for char in name if _is_shown(char))
    name = " ".join(name.split()).strip(". ")
    if not name:
        return "file"
    if name.split(".", 1)[0].strip().lower() in _RESERVED:
        name = f"_{name}"
    return _shorten(name)


def extension_of(name: str) -> str:
    """Lower-case extension without the dot, empty without one."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def ascii_fallback(name: str) -> str:
    """A name for `filename=` of RFC 6266: printable ASCII without quotes, backslash or percent."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = "".join(char if char.isalnum() or char in " .-_()" else "_" for char in plain)
    return kept.strip(" .") or "file"


def _is_shown(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Zl",
        "Zp",
    }


def _shorten(name: str) -> str:
    """At most MAX_LENGTH characters, keeping the extension, never cutting before a combining mark."""
    if len(name) <= MAX_LENGTH:
        return name
    extension = extension_of(name)[:_LONGEST_EXTENSION]
    end = MAX_LENGTH - len(extension) - 2
    while end > 1 and (unicodedata.combining(name[end]) or name[end] in _JOINERS):
        end -= 1
    return f"{name[:end]}….{extension}" if extension else f"{name[:end]}…"
