"""What the columns of a file mean that no format knows, as a person says it; checked before anything is read by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.reading.headers import folded
from app.kernel.reading.styles import Days, Numbers
from app.kernel.words import Words
from app.kernel.words import words as _
from app.statements.rules.profile import Profile

FIELDS: dict[str, Words] = {
    "amount": _("Amount that is paid"),
    "currency": _("Currency"),
    "statement": _("Statement month"),
    "sale": _("Month of use, or its first day"),
    "sale_until": _("Last day of use"),
    "isrc": _("ISRC"),
    "upc": _("UPC"),
    "title": _("Title of the recording"),
    "artist": _("Artist"),
    "release": _("Release"),
    "label": _("Label"),
    "store": _("Store"),
    "territory": _("Territory"),
    "usage": _("Kind of use"),
    "units": _("Units"),
    "native_id": _("Id of the line"),
}
"""What a column may be."""
PERSONAL = "personal"
"""A column with data of people: masked before anything is kept of it."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 -]{0,38}[A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Mapped:
    """*header*: every name of the file; *fields*: field → name of its column; *currency*: where no column says it."""

    header: tuple[str, ...]
    fields: Mapping[str, str]
    personal: tuple[str, ...]
    numbers: Numbers
    days: Days
    currency: str


def mapped(
    header: Sequence[str],
    chosen: Sequence[str],
    rules: tuple[Numbers, Days],
    currency: str,
    *,
    says_month: bool,
) -> Mapped:
    """What is *chosen* for each column of *header*, empty for nothing. *says_month*: a person says the file's month.

    Raises `InvalidMany`, a problem for each field that is needed and not there, or there twice.
    """
    names = list(zip(header, chosen, strict=True))
    problems = [
        *_doubled(header, names),
        *_missing({field for _name, field in names}, currency, says_month),
    ]
    if problems:
        raise InvalidMany(problems)
    return Mapped(
        tuple(name for name in header if name.strip()),
        {field: name for name, field in names if field in FIELDS},
        tuple(name for name, field in names if field == PERSONAL),
        rules[0],
        rules[1],
        currency,
    )


def _doubled(header: Sequence[str], names: list[tuple[str, str]]) -> list[Invalid]:
    fields = Counter(field for _name, field in names if field in FIELDS)
    counts = Counter(folded(name) for name in header)
    problems = [
        Invalid(
            field,
            "twice",
            _("Two columns are chosen for “%(field)s”. Choose one of them.", field=FIELDS[field]),
        )
        for field, count in fields.items()
        if count > 1
    ]
    problems += [
        Invalid(
            field,
            "name",
            _("Two columns are called “%(name)s”, so neither can be chosen.", name=name),
        )
        for name, field in names
        if field and counts[folded(name)] > 1
    ]
    if any(field not in {"", PERSONAL, *FIELDS} for _name, field in names):
        problems.append(
            Invalid("columns", "choice", _("Choose one of the fields that are offered."))
        )
    return problems


def _missing(fields: set[str], currency: str, says_month: bool) -> list[Invalid]:  # noqa: FBT001 - a fact
    problems = []
    if "amount" not in fields:
        problems.append(
            Invalid("amount", "missing", _("Choose the column of the amount that is paid."))
        )
    if "currency" not in fields and not currency:
        problems.append(
            Invalid(
                "currency",
                "missing",
                _("Choose the column of the currency, or say which one it is."),
            )
        )
    if "statement" not in fields and not says_month:
        problems.append(
            Invalid(
                "statement",
                "missing",
                _("Choose the column of the statement month, or say which month it is."),
            )
        )
    if not fields & {"isrc", "upc", "title"}:
        problems.append(
            Invalid("isrc", "missing", _("Choose the column of the ISRC, of the UPC or of the title: lines must name something."))
        )  # fmt: skip
    return problems


def profile_of(one: Mapped, name: str, version: int) -> Profile:
    """The format that it makes: a table with exactly these columns, wherever its header stands."""
    return Profile(
        name=name,
        version=str(version),
        source=name,
        header=one.header,
        columns={field: one.fields[field] for field in FIELDS if field in one.fields},
        fixed={"currency": one.currency} if one.currency and "currency" not in one.fields else {},
        numbers=one.numbers,
        days=one.days,
        personal=one.personal,
        most_unknown=0,
    )


def fingerprint(header: Sequence[str]) -> str:
    """64 hex digits, equal for the same set of columns in any order and case."""
    names = sorted({folded(name) for name in header if name.strip()})
    return sha256("\x1f".join(names).encode("utf-8", "surrogatepass")).hexdigest()


def name_of(text: str, taken: Sequence[str]) -> str:
    """The name under which a mapping is kept: `kontor-monthly`. *taken*: those of the known formats. Raises `Invalid`."""
    plain = " ".join(text.split())
    if not _NAME.fullmatch(plain):
        raise Invalid("name", "shape", _("Write 2 to 40 Latin letters, digits, blanks or hyphens."))
    name = re.sub(r"[ -]+", "-", plain).lower()
    if name in taken:
        raise Invalid("name", "taken", _("A known format has this name. Choose another."))
    return name


def guessed(header: Sequence[str], profiles: Sequence[Profile]) -> list[str]:
    """What each column probably is, by the names that known formats use; empty where they differ or say nothing.

    Never the amount: net columns stand among gross ones, rates and balances, and a wrong guess is wrong money.
    """
    meanings: dict[str, set[str]] = {}
    for profile in profiles:
        for field, column in profile.columns.items():
            if isinstance(column, str) and not profile.totals:
                meanings.setdefault(folded(column), set()).add(field)
    found: list[str] = []
    for name in header:
        means = meanings.get(folded(name), set())
        field = next(iter(means)) if len(means) == 1 else ""
        found.append(field if field in FIELDS and field != "amount" and field not in found else "")
    return found
