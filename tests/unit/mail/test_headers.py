"""No header can be started from inside a value (B057, B067)."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.mail.address import normal_address
from app.infra.mail.message import LONGEST_SUBJECT, build_message
from app.infra.mail.port import OutgoingMail
from app.kernel.errors import Invalid

SENDER = "desk@redress.example"
HEADERS = {
    "from", "to", "subject", "date", "message-id", "content-language", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type",
}  # fmt: skip


def make_mail(**changes: Any) -> OutgoingMail:
    """A plain mail."""
    values: dict[str, Any] = {
        "to": "ada@example.com",
        "subject": "We received your case",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "message_id": "abc123@redress.example",
        "language": "en",
        "created_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "sender_name": "Redress",
    }
    return OutgoingMail(**{**values, **changes})


@given(
    before=st.text(max_size=20),
    ending=st.sampled_from(
        ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
    ),
    after=st.text(max_size=20),
    field=st.sampled_from(["subject", "sender_name", "language", "message_id", "to"]),
)
def test_b067_a_line_end_in_any_header_is_refused(
    before: str, ending: str, after: str, field: str
) -> None:
    with pytest.raises(Invalid):
        build_message(make_mail(**{field: f"{before}{ending}Bcc: x@evil.example{after}"}), SENDER)


@given(
    subject=st.text(max_size=300),
    name=st.text(max_size=60),
    text=st.text(max_size=300),
)
def test_b057_whatever_is_sent_has_our_headers_and_no_other(
    subject: str, name: str, text: str
) -> None:
    try:
        message = build_message(make_mail(subject=subject, sender_name=name, text=text), SENDER)
        content = message.as_bytes(policy=SMTP)
    except Invalid:
        return

    read = message_from_bytes(content, policy=default)
    assert {key.lower() for key in read} == HEADERS
    assert len(read.get_all("to")) == 1
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_b057_a_long_subject_is_cut_with_a_mark() -> None:
    subject = str(build_message(make_mail(subject="x" * 10_000), SENDER)["Subject"])

    assert len(subject) == LONGEST_SUBJECT
    assert subject.endswith("…")


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@evil.example",
        "a@b.example\nx",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "a@b.example c@d.example",
        "A <a@b.example>",
        '"a b"@c.example',
        "a@localhost",
        "a@",
        "@b.example",
        "",
        "a",
        "a@-b.example",
        "a@b..example",
        ".a@b.example",
        "a@b.example\x00",
        "\u0430da@b.example",
        "a" * 65 + "@b.example",
        "a@" + ".".join(["b" * 60] * 5) + ".example",
        "a@[127.0.0.1]",
    ],
)
def test_b067_an_odd_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        normal_address(address)

    assert (refused.value.field, refused.value.code) == ("email", "bad_address")


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        (" ada@example.com ", "ada@example.com"),
        ("Ada.B+x@Example.COM", "Ada.B+x@example.com"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
    ],
)
def test_b067_an_address_is_made_plain(address: str, plain: str) -> None:
    assert normal_address(address) == plain


@given(st.text(max_size=320))
def test_b067_what_is_accepted_is_one_short_ascii_address(text: str) -> None:
    try:
        address = normal_address(text)
    except Invalid:
        return

    assert address.isascii()
    assert len(address) <= 254
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>"\r\n\t')
