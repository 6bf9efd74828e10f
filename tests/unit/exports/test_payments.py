"""Payment files: one payment a payee, never a negative one, valid by the schema, refusals that name the payee."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sepaxml
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from xmlschema import XMLSchema

from app.exports.formats import PAYMENTS
from app.exports.rules.latin import in_basic_set
from app.exports.rules.payments import Payer, PayTo, order_of
from app.exports.rules.rows import NeutralRow, control_totals
from app.kernel.errors import Invalid
from tests.unit.exports.sample import BATCH, FILES
from tests.unit.exports.test_neutral import ROW

SCHEMA = XMLSchema(Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd")
NS = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PAYER = Payer("Tidewater Müzik & Söhne", "DE89370400440532013000")
ADA = PayTo("Ada Lovelace", "FR7630006000011234567890189")
ANI = PayTo("Əli Öz-Łukasz", "AT611904300234573201")
IN_EURO = tuple(
    ROW._replace(batch_id=BATCH, **changed)
    for changed in (
        {},
        {"payee_id": "p2", "legal_name": "Ani", "gross": 1000, "withholding": 0},
        {"payee_id": "p2", "legal_name": "Ani", "gross": -200, "withholding": 0},
        {"payee_id": "p3", "legal_name": "Cy", "gross": 300, "withholding": 0},
        {"payee_id": "p3", "legal_name": "Cy", "gross": -300, "withholding": 0},
        {"payee_id": "p4", "legal_name": "Dee", "gross": -900, "withholding": 0},
    )
)  # fmt: skip
ACCOUNTS = {"p1": ADA, "p2": ANI}


def written(
    rows: Sequence[NeutralRow] = IN_EURO, payer: Payer = PAYER, at: datetime = AT, **accounts: PayTo
) -> bytes:
    order = order_of(rows, ACCOUNTS | accounts, payer, at)
    return PAYMENTS["pain001"].to_file(order).content


def values(content: bytes, tag: str) -> list[str]:
    return [element.text or "" for element in fromstring(content).iter(f"{NS}{tag}")]


def test_b101_the_file_is_the_fixture_byte_for_byte() -> None:
    expected = FILES / "pain001.xml"
    if os.environ.get("REDRESS_WRITE_GOLDENS"):
        expected.write_bytes(written())

    assert written() == written() == expected.read_bytes()


def test_the_file_is_valid_by_the_schema_and_its_control_sum_is_that_of_its_payments() -> None:
    content = written()

    SCHEMA.validate(content.decode())
    amounts = [Decimal(one) for one in values(content, "InstdAmt")]
    assert amounts == [Decimal("400.00"), Decimal("8.00")]
    assert set(values(content, "CtrlSum")) == {str(sum(amounts))}
    assert set(values(content, "NbOfTxs")) == {"2"}
    order = order_of(IN_EURO, ACCOUNTS, PAYER, AT)
    assert Decimal(control_totals(order.rows).net) / 100 == sum(amounts)


@pytest.mark.parametrize(
    ("made", "day"),
    [
        ("2026-11-27T12:00", "2026-11-27"),
        ("2026-11-27T23:30", "2026-11-30"),
        ("2026-11-29T12:00", "2026-11-30"),
        ("2026-04-03T12:00", "2026-04-07"),
        ("2026-12-24T23:30", "2026-12-28"),
    ],
)
def test_execution_is_asked_for_on_a_day_on_which_target_is_open(made: str, day: str) -> None:
    content = written(at=datetime.fromisoformat(f"{made}+00:00"))

    assert values(content, "ReqdExctnDt") != []
    assert [one.text for one in fromstring(content).iterfind(f".//{NS}ReqdExctnDt/{NS}Dt")] == [day]
    assert values(content, "CreDtTm") == [f"{made}:00Z"]


def test_who_is_owed_nothing_never_reaches_the_file() -> None:
    content = written()

    assert len(values(content, "EndToEndId")) == len(set(values(content, "EndToEndId"))) == 2
    assert not any(name in content.decode() for name in ("Cy", "Dee", "-9.00", ">0.00<"))


def test_a_batch_in_which_nobody_is_owed_money_is_refused() -> None:
    with pytest.raises(Invalid, match="nothing to pay"):
        written(IN_EURO[3:])


def test_every_payee_without_details_is_named_with_what_to_do() -> None:
    rows = [ROW._replace(payee_id=name, legal_name=name) for name in ("Bo", "Mo")]

    with pytest.raises(Invalid, match="Bo, Mo") as refused:
        written(rows)

    assert "Payout account" in str(refused.value.message)


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (replace(ADA, iban=""), "IBAN that SEPA reaches"),
        (replace(ADA, iban="TR330006100519786457841326"), "IBAN that SEPA reaches"),
        (replace(ADA, holder="李雷"), "Latin letters"),
        (replace(ADA, holder="a" * 71), "70 characters"),
    ],
)
def test_details_that_do_not_fit_are_refused_by_the_name_of_the_payee(to: PayTo, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        written(p1=to)

    assert "Ada Lovelace" in str(refused.value.message)
    assert "Ani" not in str(refused.value.message)


def test_an_amount_beyond_the_limit_is_refused_and_the_limit_is_not() -> None:
    most = ROW._replace(gross=99_999_999_999, withholding=0)

    SCHEMA.validate(written([most]).decode())
    with pytest.raises(Invalid, match="1,000,000,000"):
        written([most._replace(gross=most.gross + 1)])


def test_another_currency_and_a_house_without_account_are_refused() -> None:
    with pytest.raises(Invalid, match="this batch is in USD"):
        written([ROW._replace(currency="USD")])
    with pytest.raises(Invalid, match="REDRESS_PAYER_IBAN"):
        written(payer=Payer("", ""))


@given(holder=st.text(st.characters(codec="utf-8"), max_size=90))
def test_any_holder_is_written_in_the_basic_set_or_refused(holder: str) -> None:
    try:
        content = written(p1=replace(ADA, holder=holder))
    except Invalid:
        return

    SCHEMA.validate(content.decode())
    assert content.isascii()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ünal-Öz & Søn", "Unal-Oz + Son"),
        ("Straße", "Strasse"),
        ("//a//b", "a/b"),
        ("李", None),
        ("<b>", None),
        ("", None),
    ],
)
def test_names_lose_their_accents_and_nothing_else(name: str, said: str | None) -> None:
    assert in_basic_set(name) == said
