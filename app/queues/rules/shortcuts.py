"""Keys of the staff pages: the one table that pages, the settings, the `?` list and the tests read, and what may be changed in it.

A chord is written as browsers name it: `j`, `Shift+j`, `Control+k`, or two after one another, `g d`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.kernel.errors import Invalid, InvalidMany
from app.kernel.words import Words
from app.kernel.words import words as _


class Region(StrEnum):
    """Where a key works: while the focus is there."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    BOARD = "board"
    CASE = "case"
    EVIDENCE = "evidence"
    COMPOSER = "composer"


AROUND: dict[Region, tuple[Region, ...]] = {
    Region.EVERYWHERE: (),
    Region.LIST: (Region.EVERYWHERE,),
    Region.BOARD: (Region.LIST, Region.EVERYWHERE),
    Region.CASE: (Region.EVERYWHERE,),
    Region.EVIDENCE: (Region.CASE, Region.EVERYWHERE),
    Region.COMPOSER: (Region.CASE, Region.EVERYWHERE),
}
"""The regions around each, from the inside out: their keys work in it too."""
OWN_KEYS = frozenset({Region.EVIDENCE})
"""Parts of a page with keys of their own: there the inner meaning wins (design section 13: keys act on the focused region)."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One act and its standard chord. *is_fixed*: named keys that the platform gives a meaning; nobody changes them."""

    name: str
    region: Region
    chord: str
    words: Words
    is_fixed: bool = False


def _in(region: Region, *rows: tuple[str, str, Words], fixed: bool = False) -> Iterator[Shortcut]:
    return (Shortcut(name, region, chord, words, fixed) for name, chord, words in rows)


TABLE: tuple[Shortcut, ...] = (
    *_in(
        Region.EVERYWHERE,
        ("palette.open", "Control+k", _("Open the command palette")),
        ("search.open", "/", _("Search")),
        ("help.open", "?", _("Show the keys of this page")),
        ("go.desk", "g d", _("Go to the desk")),
        ("go.mine", "g m", _("Go to my cases")),
        ("go.corrections", "g p", _("Go to payout corrections")),
        ("go.reports", "g r", _("Go to reports")),
        ("go.settings", "g s", _("Go to your settings")),
        ("case.new", "c", _("New case")),
        ("page.back", "u", _("Back to the list or to the case")),
        ("page.field", ".", _("First field of the page")),
    ),
    *_in(
        Region.EVERYWHERE,
        ("pane.next", "F6", _("Next part of the page")),
        ("pane.previous", "Shift+F6", _("Part of the page before")),
        ("page.leave", "Escape", _("Close what is open, leave the field")),
        ("form.send", "Control+Enter", _("Send the form you are in")),
        fixed=True,
    ),
    *_in(
        Region.LIST,
        ("list.next", "j", _("Next row")),
        ("list.previous", "k", _("Row before")),
        ("list.open", "o", _("Open")),
        ("list.select", "x", _("Select the row, or not")),
        ("list.extend_down", "Shift+j", _("Select downwards")),
        ("list.extend_up", "Shift+k", _("Select upwards")),
        ("list.all", "Control+a", _("Select all on this page")),
        ("list.assign", "a", _("Assign the selected")),
        ("list.take", "i", _("Assign to me")),
        ("list.stage", "e", _("Move the selected on")),
        ("list.tag", "t", _("Tag the selected")),
        ("list.macro", "m", _("Send the selected a macro")),
        ("list.deadline", "h", _("Change deadlines of the selected")),
        ("list.filter", "f", _("Add a filter")),
        ("list.undo", "z", _("Undo")),
        ("list.board", "b", _("Change between list and board")),
        ("list.page_next", "]", _("Next page of the list")),
        ("list.page_first", "[", _("First page of the list")),
    ),
    *_in(
        Region.LIST,
        ("list.enter", "Enter", _("Open the row")),
        ("list.peek", "Space", _("Look at the row without opening it")),
        fixed=True,
    ),
    *_in(
        Region.BOARD,
        ("board.next", "ArrowRight", _("Next column")),
        ("board.previous", "ArrowLeft", _("Column before")),
        fixed=True,
    ),
    *_in(
        Region.CASE,
        ("case.reply", "r", _("Reply")),
        ("case.note", "n", _("Internal note")),
        ("case.request", "q", _("Request info")),
        ("case.decide", "d", _("Next step towards a decision")),
        ("case.assign", "a", _("Change the owner")),
        ("case.stage", "e", _("What can happen next")),
        ("case.tag", "t", _("Tags")),
        ("case.macro", "m", _("Choose a macro")),
        ("case.letter", "l", _("Letter")),
        ("case.exhibits", "x", _("Evidence")),
        ("case.previous", "[", _("Case before in the list")),
        ("case.next", "]", _("Next case in the list")),
    ),
    *_in(
        Region.CASE,
        ("tab.next", "Alt+ArrowRight", _("Next tab of this part")),
        ("tab.previous", "Alt+ArrowLeft", _("Tab of this part before")),
        fixed=True,
    ),
    *_in(
        Region.COMPOSER,
        ("composer.send", "Control+Enter", _("Send")),
        ("composer.wait", "Control+Shift+Enter", _("Send and wait for the answer")),
        ("composer.macro", "/", _("Macros, at the start of a line")),
        fixed=True,
    ),
    *_in(
        Region.EVIDENCE,
        ("evidence.next", "j", _("Next exhibit")),
        ("evidence.previous", "k", _("Exhibit before")),
        ("evidence.supports", "1", _("Supports artist")),
        ("evidence.neutral", "2", _("Neutral")),
        ("evidence.against", "3", _("Against")),
        ("evidence.reject", "4", _("Reject")),
    ),
)
BY_NAME: dict[str, Shortcut] = {one.name: one for one in TABLE}

RESERVED = frozenset("cvxzytnwrfplsq")
"""Letters that browsers keep for themselves together with Control."""
LONGEST = 2
"""Keys after one another."""
_MODIFIERS = {"ctrl": "Control", "control": "Control", "cmd": "Control", "meta": "Control", "shift": "Shift"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person changed: *chords* by name; *single*: whether keys without Control work at all (WCAG 2.1.4)."""

    single: bool = True
    chords: Mapping[str, str] = field(default_factory=dict)


def read_chord(name: str, typed: str) -> str:
    """What was typed, as the table writes it; empty takes the key away. Raises `Invalid` naming the act."""
    return " ".join(_key(name, part) for part in _parts(name, typed))


def _parts(name: str, typed: str) -> list[str]:
    parts = typed.split()
    if len(parts) > LONGEST or (len(parts) > 1 and any(len(part) > 1 for part in parts)):
        raise Invalid(name, "sequence", _("Use one key, or two plain keys with a space between."))
    return parts


def _key(name: str, part: str) -> str:
    *before, last = part.split("+") if len(part) > 1 else [part]
    modifiers = {_MODIFIERS.get(one.lower(), "") for one in before}
    key = last.lower()
    if "" in modifiers or len(key) != 1 or not key.isprintable() or not key.isascii():
        raise Invalid(
            name, "key", _("“%(typed)s” is no key we know. Examples: j, Shift+J, Ctrl+K, g d.", typed=part[:20])
        )  # fmt: skip
    if "Control" in modifiers and key in RESERVED:
        raise Invalid(name, "reserved", _("Browsers keep Ctrl+%(key)s for themselves.", key=key))
    if "Shift" in modifiers and not key.isalpha():
        raise Invalid(name, "shift", _("Shift works with letters only."))
    order = [one for one in ("Control", "Shift") if one in modifiers]
    return "+".join([*order, key])


def is_single(chord: str) -> bool:
    """Works without Control: what the switch turns off."""
    return bool(chord) and not chord.startswith("Control+")


def bound(kept: Kept) -> dict[str, str]:
    """Name -> chord as it works for this person; acts without a key are not in it."""
    found = {}
    for one in TABLE:
        chord = one.chord if one.is_fixed else kept.chords.get(one.name, one.chord)
        if chord and (one.is_fixed or kept.single or not is_single(chord)):
            found[one.name] = chord
    return found


def changed(typed: Mapping[str, str]) -> dict[str, str]:
    """Of a whole form only what differs from the standard. Raises `InvalidMany` naming every act with a problem."""
    chords: dict[str, str] = {}
    problems: list[Invalid] = []
    for one in TABLE:
        if one.is_fixed or one.name not in typed:
            continue
        try:
            chords[one.name] = read_chord(one.name, typed[one.name])
        except Invalid as problem:
            problems.append(problem)
    problems += clashes(chords)
    if problems:
        raise InvalidMany(problems)
    return {name: chord for name, chord in chords.items() if chord != BY_NAME[name].chord}


def clashes(chords: Mapping[str, str]) -> list[Invalid]:
    """Every act whose chord is taken, or hides or is hidden by a longer one, with the act that has it."""
    have = {
        one.name: one.chord if one.is_fixed else chords.get(one.name, one.chord) for one in TABLE
    }
    found = []
    for one in TABLE:
        other = next((two for two in TABLE if _clash(one, two, have)), None)
        if other is not None and not one.is_fixed:
            found.append(
                Invalid(one.name, "clash", _("This key is taken by: %(what)s.", what=other.words))
            )
    return found


def _clash(one: Shortcut, two: Shortcut, have: Mapping[str, str]) -> bool:
    first, second = have[one.name], have[two.name]
    if one is two or not first or not second or not _meet(one.region, two.region):
        return False
    if first == second:
        inner = one.region if two.region in AROUND[one.region] else two.region
        hides = one.region is not two.region and (inner in OWN_KEYS or inner is Region.COMPOSER)
        return not hides
    shorter, longer = sorted((first, second), key=len)
    return longer.split(" ")[0] == shorter and " " in longer


def _meet(one: Region, two: Region) -> bool:
    """Both work at one place."""
    return one is two or one in AROUND[two] or two in AROUND[one]
