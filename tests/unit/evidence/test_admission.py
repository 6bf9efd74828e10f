"""Admission: the decision table is total, and names never beat bytes."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules.admission import (
    FORM_LIMIT,
    Admission,
    Badge,
    Candidate,
    FileKind,
    Outcome,
    Reason,
    admit,
    is_previewable,
)
from app.evidence.rules.content import ContentScan, Signal
from app.infra.storage.sniff import sniff_type

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    + b"\x00" * 64
    + b"\xff\xd9"
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 46 + b"\x80\x00\x00\x00" + b"\x00" * 64 + b"PE\x00\x00L\x01" + b"\x00" * 64  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00\x00")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def _docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        pack.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def look(
    name: str, body: bytes, declared: str = "application/octet-stream", *, seen: bool = False
) -> Admission:
    scan = ContentScan()
    for at in range(0, len(body), 7):
        scan.feed(body[at : at + 7])
    return admit(
        Candidate(
            name, declared, sniff_type(scan.head), len(body), signals=scan.signals(), seen=seen
        )
    )


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("split sheet.pdf", PDF, FileKind.DOCUMENT),
        ("cover.PNG", _png(), FileKind.IMAGE),
        ("photo.jpg", JPEG, FileKind.IMAGE),
        ("notes.txt", b"We agreed on fifty fifty.\n", FileKind.DOCUMENT),
        ("lines.csv", b"isrc,amount\nUSX,1.00\n", FileKind.TABLE),
        ("agreement.docx", _docx(), FileKind.DOCUMENT),
    ],
)
def test_usual_files_are_accepted_without_a_warning(name: Any, body: Any, kind: Any) -> None:
    found = look(name, body)

    assert (found.outcome, found.reason, found.kind, found.badges) == (
        Outcome.ACCEPT,
        Reason.NONE,
        kind,
        (),
    )
    assert is_previewable(found.kind, found.badges)


def test_b019_empty_file_is_refused() -> None:
    assert look("a.pdf", b"").reason is Reason.EMPTY


def test_b020_limit_plus_one_is_refused() -> None:
    over = Candidate("a.pdf", "application/pdf", "application/pdf", FORM_LIMIT + 1)

    assert admit(over).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("body", [b"<html><body>hi</body></html>", SVG, PDF])
def test_b021_picture_by_name_but_not_by_bytes_is_unknown(body: Any) -> None:
    found = look("cover.png", body, "image/png")

    assert found.outcome is Outcome.ACCEPT
    assert found.kind is FileKind.UNKNOWN
    assert {Badge.TYPE_MISMATCH, Badge.UNKNOWN_TYPE} & set(found.badges)
    assert not is_previewable(found.kind, found.badges)


def test_b021_program_named_as_a_picture_is_refused() -> None:
    assert look("cover.png", EXE, "image/png").reason is Reason.EXECUTABLE


def test_b022_svg_is_stored_as_active_and_unknown() -> None:
    found = look("logo.svg", SVG, "image/svg+xml")

    assert (found.outcome, found.kind) == (Outcome.ACCEPT, FileKind.UNKNOWN)
    assert Badge.ACTIVE_CONTENT in found.badges


def test_b023_polyglot_pdf_and_html_is_active() -> None:
    found = look("both.pdf", b"%PDF-1.4\n<html><script>1</script></html>\n%%EOF")

    assert Badge.ACTIVE_CONTENT in found.badges


@pytest.mark.parametrize(
    ("words", "badge"),
    [
        (b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", Badge.ACTIVE_CONTENT),
        (b"/S /J#61vaScript", Badge.ACTIVE_CONTENT),
        (b"/S /Launch /F (cmd.exe)", Badge.ACTIVE_CONTENT),
        (b"/Type /EmbeddedFile", Badge.ACTIVE_CONTENT),
        (b"/Encrypt 5 0 R", Badge.ENCRYPTED),
    ],
)
def test_b024_pdf_that_acts_or_hides_carries_a_badge(words: Any, badge: Any) -> None:
    found = look("a.pdf", PDF.replace(b"/Catalog", b"/Catalog " + words))

    assert found.outcome is Outcome.ACCEPT
    assert badge in found.badges
    assert not is_previewable(found.kind, found.badges)


def test_b024_the_word_is_found_across_a_chunk_border_far_into_the_file() -> None:
    scan = ContentScan()
    scan.feed(PDF + b" " * 300_000 + b"/JavaSc")
    scan.feed(b"ript 1 0 R\n%%EOF")

    assert Signal.SCRIPT in scan.signals()


@pytest.mark.parametrize(
    "body", [JPEG[:-2], _png()[:-12], _png().replace(b"IHDR", b"IHDX"), PDF[:-6]]
)
def test_b027_cut_files_are_kept_with_a_badge(body: Any) -> None:
    found = look("x.bin", body)

    assert (found.outcome, Badge.DAMAGED in found.badges) == (Outcome.ACCEPT, True)


def test_b035_test_virus_goes_to_quarantine() -> None:
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    found = look("a.txt", eicar)

    assert (found.outcome, found.reason) == (Outcome.QUARANTINE, Reason.MALWARE)


def test_b033_a_second_copy_carries_the_badge() -> None:
    assert look("split.pdf", PDF, seen=True).badges == (Badge.DUPLICATE,)


@given(
    st.text(max_size=30),
    st.text(max_size=30),
    st.text(max_size=30),
    st.integers(-1, 10),
    st.frozensets(st.sampled_from(Signal)),
    st.booleans(),
)
def test_admission_answers_everything(
    name: Any, declared: Any, sniffed: Any, size: Any, signals: Any, seen: Any
) -> None:
    found = admit(Candidate(name, declared, sniffed, size, 5, signals, seen))

    assert (found.outcome is Outcome.ACCEPT) == (found.reason is Reason.NONE)
    assert (Badge.DUPLICATE in found.badges) == seen
