"""B093: an amount is text or Decimal on its way in; a binary float is refused at the door."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.kernel.errors import Invalid
from app.kernel.money import Money


@pytest.mark.parametrize("amount", [0.1, 1.0, -2.5])
def test_b093_a_float_is_no_amount(amount: Any) -> None:
    with pytest.raises((TypeError, Invalid)):
        Money(amount, "EUR")


def test_text_of_the_same_amount_is_exact() -> None:
    assert Money(Decimal("0.1"), "EUR").amount * 3 == Decimal("0.3")
