"""Territories of files: codes of two or three letters and names, in English and Russian → alpha-2, else ZZ.

Source: ISO 3166-1 by CLDR (babel), with the spellings and pseudo codes that statements show (domain research, section 3).
"""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from app.kernel.reading.headers import folded
from app.kernel.territory import CODES

UNKNOWN = "ZZ"
LANGUAGES = ("en", "ru")
KNOWN_UNKNOWN = frozenset(
    {"", "ou", "zz", "ww", "worldwide", "world", "global", "n/a", "unknown", "other"}
)
"""Texts with which a source says that it does not say."""
SPELLINGS = {
    "uk": "GB", "great britain": "GB", "united states of america": "US", "korea, republic of": "KR",
    "republic of korea": "KR", "korea": "KR", "russian federation": "RU", "czech republic": "CZ", "turkey": "TR",
    "viet nam": "VN", "hong kong": "HK", "macau": "MO", "taiwan, province of china": "TW",
    "iran, islamic republic of": "IR", "bolivia, plurinational state of": "BO", "moldova, republic of": "MD",
    "tanzania, united republic of": "TZ", "venezuela, bolivarian republic of": "VE", "cote d'ivoire": "CI",
    "netherlands, the": "NL", "the netherlands": "NL", "macedonia": "MK", "palestine": "PS", "myanmar": "MM",
}  # fmt: skip


@lru_cache(maxsize=4096)
def territory(text: str) -> tuple[str, bool]:
    """(alpha-2 or ZZ, False when the text is a name that nobody here knows)."""
    plain = folded(text)
    if plain in KNOWN_UNKNOWN:
        return UNKNOWN, True
    code = plain.upper()
    if code in CODES:
        return code, True
    found = SPELLINGS.get(plain) or _three_letters().get(code) or _names().get(plain)
    return (found, True) if found else (UNKNOWN, False)


@cache
def _three_letters() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {code: two[0] for code, two in aliases.items() if len(code) == 3 and two[0] in CODES}


@cache
def _names() -> dict[str, str]:
    return {
        folded(name): code
        for language in reversed(LANGUAGES)
        for code, name in Locale(language).territories.items()
        if code in CODES
    }
