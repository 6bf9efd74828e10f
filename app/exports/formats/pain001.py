"""ISO 20022 pain.001.001.09: SEPA credit transfers in euro, one payment information block, from IBAN to IBAN.

Limits of the EPC's guidelines: names of 70 characters, at most 999999999.99 a payment, the basic character set.
Source: docs/exports.md.
"""

from __future__ import annotations

from datetime import UTC, date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.exports.rules.cells import number_cell
from app.exports.rules.latin import in_basic_set
from app.exports.rules.payments import Payment, PaymentOrder, refuse_payees
from app.kernel.errors import Invalid
from app.kernel.words import words as _
from app.policies.rules.target import ZONE, target_day_from
from app.policies.rules.zones import local_day

NAME = "pain001"
CONTENT_TYPE = "application/xml"
EXTENSION = "xml"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_CURRENCY = "EUR"
_LONGEST_NAME = 70
_LARGEST = 99_999_999_999
_COUNTRIES = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO "
    "RS SE SI SK SM VA".split()
)
"""Whose accounts SEPA credit transfers reach (EPC 409-09)."""


def to_parts(order: PaymentOrder) -> tuple[bytes, ...]:
    """One file, the message. Raises Invalid for another currency, without a payer, and naming payees that do not fit."""
    _check(order)
    total = number_cell(sum(one.minor for one in order.payments), order.payments[0].exponent)
    root = Element("Document", xmlns=NAMESPACE)
    message = SubElement(root, "CstmrCdtTrfInitn")
    head = SubElement(message, "GrpHdr")
    _text(head, "MsgId", order.number)
    _text(head, "CreDtTm", f"{order.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _totals(head, order, total)
    _party(head, "InitgPty", order.payer.name)
    block = SubElement(message, "PmtInf")
    _text(block, "PmtInfId", order.number)
    _text(block, "PmtMtd", "TRF")
    _totals(block, order, total)
    _text(_under(block, "PmtTpInf", "SvcLvl"), "Cd", "SEPA")
    _text(SubElement(block, "ReqdExctnDt"), "Dt", f"{_execution_day(order):%Y-%m-%d}")
    _party(block, "Dbtr", order.payer.name)
    _text(_under(block, "DbtrAcct", "Id"), "IBAN", order.payer.iban)
    _text(_under(block, "DbtrAgt", "FinInstnId", "Othr"), "Id", "NOTPROVIDED")
    _text(block, "ChrgBr", "SLEV")
    for payment in order.payments:
        _transfer(block, payment)
    indent(root, " ")
    return (b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "utf-8") + b"\n",)


def _execution_day(order: PaymentOrder) -> date:
    """The day on which the file was made, or the first after it on which TARGET is open: on others banks refuse or wait."""
    return target_day_from(local_day(order.made_at, ZONE))


def _transfer(block: Element, payment: Payment) -> None:
    made = SubElement(block, "CdtTrfTxInf")
    _text(SubElement(made, "PmtId"), "EndToEndId", payment.number)
    _text(SubElement(made, "Amt"), "InstdAmt", payment.amount).set("Ccy", _CURRENCY)
    _party(made, "Cdtr", payment.to.holder)
    _text(_under(made, "CdtrAcct", "Id"), "IBAN", payment.to.iban)
    _text(SubElement(made, "RmtInf"), "Ustrd", f"Royalty correction {payment.number}")


def _totals(parent: Element, order: PaymentOrder, total: str) -> None:
    _text(parent, "NbOfTxs", str(len(order.payments)))
    _text(parent, "CtrlSum", total)


def _party(parent: Element, tag: str, name: str) -> None:
    _text(SubElement(parent, tag), "Nm", in_basic_set(name) or "")


def _under(parent: Element, *tags: str) -> Element:
    for tag in tags:
        parent = SubElement(parent, tag)
    return parent


def _text(parent: Element, tag: str, text: str) -> Element:
    made = SubElement(parent, tag)
    made.text = text
    return made


def _check(order: PaymentOrder) -> None:
    if order.currency != _CURRENCY:
        words = _("SEPA transfers are in EUR, and this batch is in %(currency)s. Choose another format.",
                  currency=order.currency)  # fmt: skip
        raise Invalid("format", "currency", words)
    if not order.payer.iban or not _fits(order.payer.name):
        words = _(
            "No account pays yet. The operator names it with REDRESS_PAYER_NAME and REDRESS_PAYER_IBAN."
        )
        raise Invalid("format", "no_payer", words)
    _refuse([p for p in order.payments if p.to.iban[:2] not in _COUNTRIES],
            _("They need an IBAN that SEPA reaches"))  # fmt: skip
    _refuse([p for p in order.payments if not _fits(p.to.holder)],
            _("The holder of the account is longer than 70 characters or not in Latin letters; ask them to "
              "enter it as their bank writes it"))  # fmt: skip
    _refuse([p for p in order.payments if p.minor > _LARGEST],
            _("A SEPA transfer stays below 1,000,000,000 EUR"))  # fmt: skip


def _refuse(unfit: list[Payment], why: str) -> None:
    refuse_payees([one.payee for one in unfit], why)


def _fits(name: str) -> bool:
    plain = in_basic_set(name)
    return plain is not None and len(plain) <= _LONGEST_NAME
