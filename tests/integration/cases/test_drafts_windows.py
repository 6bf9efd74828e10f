"""Saves of one window never make it stale; another window's do."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import SaveDraft
from app.cases.queries import case_by_id
from app.cases.rules.kinds import SubKind
from app.cases.service.drafts import save_draft
from app.infra.db.transaction import transaction
from app.kernel.errors import Stale
from tests.factories.accounts import make_person
from tests.factories.cases import make_draft


def save(
    person: Any,
    case_id: Any,
    version: int,
    title: str,
    window: str,
    clock: Any,
    *,
    by_itself: bool = False,
) -> int:
    with transaction(person.actor) as tx:
        forgives = "" if by_itself else window
        command = SaveDraft(
            case_id, version, {"subject_title": title}, window=window, forgives=forgives
        )
        return save_draft(tx, command, person.actor, clock).version


def test_an_autosave_and_a_continue_of_one_window_may_cross(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    draft = make_draft(ada, SubKind.MISSING_EARNINGS)
    with transaction(ada.actor, read_only=True) as tx:
        read = case_by_id(tx, ada.actor, draft).version

    save(ada, draft, read, "Autosaved", "w1", clock, by_itself=True)
    save(ada, draft, read, "Continued", "w1", clock)

    with transaction(ada.actor, read_only=True) as tx:
        assert case_by_id(tx, ada.actor, draft).subject_title == "Continued"


def test_b009_another_window_is_told_with_both_texts(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    draft = make_draft(ada, SubKind.MISSING_EARNINGS)
    with transaction(ada.actor, read_only=True) as tx:
        read = case_by_id(tx, ada.actor, draft).version
    save(ada, draft, read, "First window", "w1", clock)

    with pytest.raises(Stale) as told:
        save(ada, draft, read, "Second window", "w2", clock)

    assert "First window" in told.value.theirs
    assert "Second window" in told.value.yours


def test_an_autosave_that_arrives_late_changes_nothing(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    draft = make_draft(ada, SubKind.MISSING_EARNINGS)
    with transaction(ada.actor, read_only=True) as tx:
        read = case_by_id(tx, ada.actor, draft).version
    save(ada, draft, read, "Continued", "w1", clock)

    with pytest.raises(Stale):
        save(ada, draft, read, "Late autosave", "w1", clock, by_itself=True)

    with transaction(ada.actor, read_only=True) as tx:
        assert case_by_id(tx, ada.actor, draft).subject_title == "Continued"
