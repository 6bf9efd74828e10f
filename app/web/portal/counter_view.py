"""What the pages of a counter-notice show: where the reader is, what the law asks, what happens next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.cases.queries import case_by_ref
from app.cases.rules.kinds import State, SubKind
from app.cases.rules.views import CaseView
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.sides import Side
from app.policies.queries import policy_by_id
from app.policies.rules.forms import FieldType
from app.takedowns.queries import CounterView, counter_notices_of
from app.takedowns.rules import FIELDS, STEPS, fields_of, missing_elements
from app.web.shared.filters import date_words
from app.web.shared.shell import pick_locale
from app.workflows.counter_notice import STEP, Window, known_answers, window_if_received


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter-notice under way. *answers*: what its pages show, saved or known already."""

    case: CaseView
    draft: CounterView | None
    answers: dict[str, str]
    statements: dict[str, str] = field(default_factory=dict)
    window: Window | None = None

    @property
    def version(self) -> int:
        """What a form of it is read with."""
        return self.draft.version if self.draft else 0


def read_counter(tx: Tx, actor: Actor, ref: str, clock: Clock) -> Counter:
    """The counter-notice that the reader may write now. Raises `NotFound` where there can be none."""
    case = case_by_ref(tx, actor, ref)
    if case.side is not Side.RESPONDENT or case.state is not State.RESTRICTED:
        raise NotFound("counter-notice")
    if case.sub_kind is not SubKind.DMCA_NOTICE:
        raise NotFound("counter-notice")
    newest = next(iter(counter_notices_of(tx, actor, case.id)), None)
    draft = newest if newest and newest.sent_at is None else None
    policy = policy_by_id(tx, case.policy_id)
    return Counter(
        case, draft, _filled(draft.answers if draft else {}, known_answers(tx, actor, case)),
        {one.code: one.text for one in policy.statements_for(STEP)},
        window_if_received(tx, policy, clock.now(), clock),
    )  # fmt: skip


def _filled(saved: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """Saved answers; a page of which nothing was saved yet shows what is known already, and does not count as answered."""
    untouched = [
        one.name
        for step in STEPS
        if not any(saved.get(f.name) for f in fields_of(step))
        for one in fields_of(step)
    ]
    return saved | {name: known[name] for name in untouched if name in known}


def sent_notice(tx: Tx, actor: Actor, ref: str) -> tuple[CaseView, CounterView]:
    """The newest one that was sent and that the reader may read. Raises `NotFound`."""
    case = case_by_ref(tx, actor, ref)
    found = [one for one in counter_notices_of(tx, actor, case.id) if one.sent_at]
    if not found:
        raise NotFound("counter-notice")
    return case, found[0]


def step_words(step: str) -> str:
    """Title of a page."""
    return {
        "about": _("What a counter-notice is"), "material": _("What was removed"), "mistake": _("Why it was a mistake"),
        "you": _("Who you are"), "sign": _("Check and sign"),
    }[step]  # fmt: skip


def shown_rows(answers: dict[str, str], base: str = "") -> list[tuple[Any, ...]]:
    """Every answer with its question; with *base* also where to change it."""
    rows: list[tuple[Any, ...]] = []
    for one in FIELDS:
        value = answers.get(one.name, "")
        if one.type is FieldType.CONFIRM:
            value = _("Yes") if value else _("No")
        elif one.choices:
            value = next((_(label) for code, label in one.choices if code == value), "")
        rows.append((_(one.label), value, f"{base}/{one.part}" if base else ""))
    return rows


def gaps(counter: Counter) -> list[tuple[str, str]]:
    """(page, words) of each element of the law that is missing."""
    saved = counter.draft.answers if counter.draft else {}
    return [
        (one.step, _("(%(letter)s) %(name)s", letter=one.letter, name=_(one.name)))
        for one in missing_elements(saved)
    ]


def next_steps(window: Window | None) -> list[tuple[str, str]]:
    """What happens after sending, with dates counted as if we received it today."""
    rows = [
        (_("Within one working day"), _("We check that it is complete.")),
        (_("Then"), _("The claimant gets a copy with your name, address and telephone number.")),
    ]
    if window is not None:
        first, last = (
            date_words(at, pick_locale(), window.zone)
            for at in (window.earliest_at, window.latest_at)
        )
        rows.append(
            (
                _("Not before %(first)s and not after %(last)s", first=first, last=last),
                _(
                    "The material goes back, unless the claimant tells us first that they went to court."
                ),
            )
        )
    return rows


def number_of(step: str) -> int:
    """1 to 5."""
    return STEPS.index(step) + 1
