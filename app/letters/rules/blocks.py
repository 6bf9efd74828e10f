"""The blocks of a letter that a person may write; everything else comes from the case and is not typed.

A block is a part of the context by its dotted name. Lists are typed a line each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.kernel.text import clean_text
from app.letters.rules.context import Ground, LetterContext
from app.letters.rules.kinds import LetterKind

LONGEST_BLOCK = 8000
REASONS, FAILED = "reasons", "failed_elements"
_GROUND = ("ground.measure", "ground.facts", "ground.ground")

EDITABLE: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.DECISION: (REASONS,),
    LetterKind.OUT_OF_SCOPE: (REASONS,),
    LetterKind.WITHDRAWN: (),
    LetterKind.NO_RESPONSE: (REASONS,),
    LetterKind.STATEMENT_OF_REASONS: _GROUND,
    LetterKind.NOTICE_REJECTED: (FAILED, REASONS),
    LetterKind.COUNTER_RECEIVED: (),
    LetterKind.COUNTER_REJECTED: (FAILED, REASONS),
    LetterKind.HOLD_NOTICE: _GROUND,
    LetterKind.LEFT_TO_PARTIES: (REASONS,),
    LetterKind.COUNTER_RECEIPT: (),
    LetterKind.COUNTER_FORWARDED: (),
    LetterKind.RESTORATION: (REASONS,),
    LetterKind.KEPT_DOWN: (REASONS,),
    LetterKind.EXCHANGE: (REASONS,),
    LetterKind.HOLD_ENDED: (REASONS,),
    LetterKind.WINDOW_STOPPED: (REASONS,),
}


def blocks_of(context: LetterContext) -> dict[str, str]:
    """The words of each block that may be typed, by name and in the order of the page."""
    return {name: _text(context, name) for name in writable(context)}


def writable(context: LetterContext) -> tuple[str, ...]:
    """Names of the blocks of this letter; those of a ground only when the case gave one."""
    names = EDITABLE[LetterKind(context.kind)]
    return tuple(name for name in names if context.ground or not name.startswith("ground."))


def with_blocks(context: LetterContext, texts: Mapping[str, str]) -> LetterContext:
    """*context* with other words; what is no block of this letter is left alone, whatever was sent.

    Raises Invalid naming the block for control characters and length.
    """
    for name in writable(context):
        if name not in texts:
            continue
        text = clean_text(texts[name], field=name, max_length=LONGEST_BLOCK)
        if name == FAILED:
            lines = tuple(line.strip() for line in text.splitlines() if line.strip())
            context = replace(context, failed_elements=lines)
        elif name == REASONS:
            context = replace(context, reasons=text)
        else:
            assert context.ground is not None
            context = replace(context, ground=_grounded(context.ground, name, text))
    return context


def _grounded(ground: Ground, name: str, text: str) -> Ground:
    if name == "ground.measure":
        return replace(ground, measure=text)
    if name == "ground.facts":
        return replace(ground, facts=text)
    return replace(ground, ground=text)


def only_words_lack(context: LetterContext, missing: tuple[str, ...]) -> bool:
    """True when everything that is missing can be typed."""
    return set(missing) <= set(writable(context))


def _text(context: LetterContext, name: str) -> str:
    if name == FAILED:
        return "\n".join(context.failed_elements)
    if name == REASONS:
        return context.reasons
    assert context.ground is not None
    return str(getattr(context.ground, name.removeprefix("ground.")))
