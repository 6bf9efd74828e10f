"""The engine equals the reference on every small world, whatever the order of lines and files."""

from __future__ import annotations

import random
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.recompute.adapters import names as numbered
from app.recompute.adapters import sampling
from app.recompute.rules.findings import Cause, Suspense
from tests.unit.recompute.reference import Audit, World
from tests.unit.recompute.worlds import build, outputs, wanted, worlds, write


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_engine_equals_the_reference_in_any_order(world: World, dice: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = outputs(write(world, Path(folder), dice, pieces=dice.choice((1, 2))))

    assert found == wanted(world)


@pytest.mark.parametrize("seed", range(6))
def test_unmet_names_and_keys_wider_than_64_bits_change_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a sample each row meets its names first; keys of 128 bits are those of worlds nobody has yet."""
    monkeypatch.setattr(sampling, "_SPOTS", 0)
    monkeypatch.setattr(numbered, "_LARGEST", 1)
    world = build(seed)

    assert outputs(write(world, tmp_path, random.Random(seed), pieces=2)) == wanted(world)


@given(worlds)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_money_is_attributed_or_in_suspense_to_the_last_place(world: World) -> None:
    control = Audit(world).control()

    for currency, gross in control["gross_in"].items():  # type: ignore[attr-defined]
        parts = (control["gross_attributed"][currency], control["gross_suspense"][currency])  # type: ignore[index]
        assert sum(map(Decimal, parts)) == Decimal(gross)


def test_the_worlds_hold_every_cause_and_every_suspense() -> None:
    """Without this the comparison could be one of empty pages."""
    audits = [Audit(build(seed)) for seed in range(400)]

    causes = {row[-2] for audit in audits for row in audit.differences()}
    reasons = {row[0] for audit in audits for row in audit.suspense_rows()}

    assert causes == set(Cause)
    assert reasons == set(Suspense)
