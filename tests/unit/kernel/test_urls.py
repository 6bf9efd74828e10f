"""Addresses of others: https, port 443, a public name; everything else is refused by reading it (B167)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.urls import Target, web_address

REFUSED = [
    ("https://127.0.0.1/", "url_host"),
    ("https://[::1]/", "url_host"),
    ("https://169.254.169.254/latest/meta-data/", "url_host"),
    ("https://10.0.0.1/", "url_host"),
    ("https://0.0.0.0/", "url_host"),
    ("https://2130706433/", "url_host"),
    ("https://0177.0.0.1/", "url_host"),
    ("https://0x7f000001/", "url_host"),
    ("https://0x7f.1/", "url_host"),
    ("https://127.1/", "url_host"),
    ("https://[::ffff:127.0.0.1]/", "url_host"),
    ("https://93.184.216.34/", "url_host"),
    ("https://localhost/", "url_inside"),
    ("https://LOCALHOST/", "url_inside"),
    ("https://localhost./", "url_host"),
    ("https://example.com./", "url_host"),
    ("https://db.internal/", "url_inside"),
    ("https://printer.local/", "url_inside"),
    ("https://intranet/", "url_inside"),
    ("https://example.com@127.0.0.1/", "url_user"),
    ("https://user:word@example.com/", "url_user"),
    ("https://example.com%40127.0.0.1/", "url_host"),
    ("https://b\u00fccher.example/", "url_shape"),
    ("https://\uff11\uff12\uff17.0.0.1/", "url_shape"),
    ("https://example\u3002com/", "url_shape"),
    ("http://example.com/", "url_scheme"),
    ("ftp://example.com/", "url_scheme"),
    ("file:///etc/passwd", "url_scheme"),
    ("gopher://example.com/", "url_scheme"),
    ("//example.com/", "url_scheme"),
    ("example.com", "url_scheme"),
    ("https://example.com:8443/", "url_port"),
    ("https://example.com:22/", "url_port"),
    ("https://example.com:/", "url_port"),
    ("https://example.com:99999/", "url_port"),
    ("https://example.com/#part", "url_shape"),
    ("https://example.com\\@127.0.0.1/", "url_shape"),
    ("https://example.com/ a", "url_shape"),
    ("https://example.com/\r\nHost: evil", "url_shape"),
    ("https://exam\tple.com/", "url_shape"),
    ("https://-example.com/", "url_host"),
    ("https://exa_mple.com/", "url_host"),
    ("https:///path", "url_host"),
    ("https://" + "a" * 64 + ".com/", "url_host"),
    ("https://example.com/" + "a" * 2000, "url_shape"),
    ("", "url_shape"),
]


@pytest.mark.parametrize(("value", "code"), REFUSED)
def test_b167_what_is_no_public_https_address_is_refused_with_its_field(
    value: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        web_address(value)

    assert (refused.value.field, refused.value.code) == ("url", code)
    assert refused.value.message


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("https://example.com", Target("example.com", 443, "/")),
        ("https://Hooks.Example.COM/a/b?c=d", Target("hooks.example.com", 443, "/a/b?c=d")),
        ("https://example.com:443/x", Target("example.com", 443, "/x")),
        ("https://xn--bcher-kva.example/", Target("xn--bcher-kva.example", 443, "/")),
    ],
)
def test_a_public_name_is_taken_apart(value: str, target: Target) -> None:
    assert web_address(value) == target


def test_loopback_is_for_the_demo_alone() -> None:
    found = web_address("http://127.0.0.1:9000/hook", loopback=True)

    assert (found.host_header, found.path, found.tls) == ("127.0.0.1:9000", "/hook", False)
    with pytest.raises(Invalid):
        web_address("http://10.0.0.1:9000/", loopback=True)
    with pytest.raises(Invalid):
        web_address("http://127.0.0.1@10.0.0.1/", loopback=True)
    with pytest.raises(Invalid):
        web_address("https://127.0.0.1/", loopback=True)


@given(st.text(max_size=80) | st.text(max_size=60).map("https://".__add__))
def test_whatever_is_taken_is_https_to_a_name_with_a_dot(value: str) -> None:
    try:
        found = web_address(value)
    except Invalid:
        return
    assert found.tls
    assert found.port == 443
    assert "." in found.host
    assert not found.host.rpartition(".")[2].isdigit()
    assert value.lower().startswith(f"https://{found.host}")
