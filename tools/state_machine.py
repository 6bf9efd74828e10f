"""Writes docs/state-machine.md from the lifecycle table: `python tools/state_machine.py [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.cases.rules.clockwork import RESTING, wanted_in  # noqa: E402
from app.cases.rules.kinds import SUB_KINDS, CaseEvent, Kind, State  # noqa: E402
from app.cases.rules.lifecycle import live_rows, moves_of, states_of  # noqa: E402
from app.cases.rules.words import EVENT_HELP, EVENT_WORDS, KIND_WORDS, MOVERS, STAFF_WORDS  # noqa: E402

TARGET = ROOT / "docs" / "state-machine.md"
HEAD = """# The state machine

Generated from `app/cases/rules/table.py` by `tools/state_machine.py`; a test compares it. Do not edit.

`to` with alternatives is decided by the facts in brackets; without a bracket it is the else. `same` keeps
the state, `return_to` is the stored way back. Who may make a move and what stands in its way is asked in
one place, `app/cases/rules/actions.py`; buttons, API, command line and this page come from it.
"""


def page() -> str:
    """The whole document."""
    parts = [HEAD, *_states(), *_events()]
    for kind in Kind:
        parts += _kind(kind)
    return "\n".join(parts).rstrip() + "\n"


def _states() -> Iterator[str]:
    yield "## States\n"
    yield "| state | staff words | who must move | clocks that run | resolution rests because |"
    yield "| --- | --- | --- | --- | --- |"
    for state in State:
        if state is not State.NONE:
            clocks = ", ".join(w.kind.value for w in wanted_in(state, Kind.TAKEDOWN, None))
            rest = RESTING.get(state, "")
            yield f"| `{state.value}` | {STAFF_WORDS[state]} | {MOVERS[state].value} | {clocks} | {rest} |"
    yield ""


def _events() -> Iterator[str]:
    yield "## Events\n"
    yield "| event | button | help |"
    yield "| --- | --- | --- |"
    for event in CaseEvent:
        yield f"| `{event.value}` | {EVENT_WORDS[event]} | {EVENT_HELP[event]} |"
    yield ""


def _kind(kind: Kind) -> Iterator[str]:
    subs = ", ".join(f"`{sub.value}`" for sub in SUB_KINDS[kind])
    mine = [row for row in live_rows() if row.kind is kind]
    yield f"## {KIND_WORDS[kind]}\n"
    yield f"Sub-kinds: {subs}. {len(states_of(kind))} states, {len(mine)} rows.\n"
    yield from _diagram(kind)
    yield "| from | event | to | who | guard | effect |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in mine:
        to = " / ".join(f"{t.name} [{t.when}]" if t.when else t.name for t in row.targets)
        yield f"| `{row.source.value}` | `{row.event.value}` | {to} | {row.who} | {row.guard} | {row.effect} |"
    yield ""


def _diagram(kind: Kind) -> Iterator[str]:
    """One arrow for each pair of states, with every event that makes it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, event, to in sorted(moves_of(kind), key=lambda move: [part.value for part in move]):
        if source is not to:
            arrows.setdefault((source.value, to.value), []).append(event.value)
    yield "```mermaid\nstateDiagram-v2"
    for (source, to), events in arrows.items():
        start = "[*]" if source == State.NONE else source
        end = "[*]" if to == State.DELETED else to
        yield f"    {start} --> {end} : {', '.join(events)}"
    yield "```\n"


def main() -> int:
    """Write the page, or with --check say whether it is the generated one."""
    text = page()
    if "--check" in sys.argv[1:]:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("docs/state-machine.md is", "as generated" if same else "not as generated")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
