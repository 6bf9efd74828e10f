"""The signature on a letter: valid, ours, and broken by any change; the file stays archival and accessible."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest

from app.infra.sign.certificates import make_self_signed, read_identity
from app.infra.sign.pades import PadesSigner
from app.infra.sign.port import Seal, SignFailed, SignFault
from app.infra.sign.unsigned import NoSigner
from app.letters.rules.context import from_json
from tests.factories.letters import (
    fonts_of,
    make_context,
    make_signer,
    printed,
    run_tool,
    signed,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def flipped(pdf: bytes, at: int) -> bytes:
    """One bit of one byte changed."""
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_a_signed_letter_is_valid_and_names_its_signer() -> None:
    report = make_signer().examine(signed(make_context()))

    assert report.seal is Seal.INTACT
    assert report.signer == "Tidewater Music"
    assert report.certificate == make_signer().identity.sha256
    assert report.signed_at == NOW


def test_another_program_finds_the_signature_valid() -> None:
    told = run_tool("pdfsig", signed(make_context()), "-nocert", "FILE")

    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
def test_one_flipped_byte_breaks_it(share: float) -> None:
    pdf = signed(make_context())

    assert make_signer().examine(flipped(pdf, int(len(pdf) * share))).seal is not Seal.INTACT


def test_a_flipped_byte_of_the_page_is_told_as_broken() -> None:
    pdf = signed(make_context())
    page = pdf.index(b"stream", 3000) + 40

    assert make_signer().examine(flipped(pdf, page)).seal is Seal.BROKEN


def test_something_added_behind_is_told() -> None:
    assert make_signer().examine(signed(make_context()) + b"\n% more\n").seal is Seal.ADDED


def test_a_later_save_is_told() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed(make_context()))) as pdf:
        pdf.save(out)

    assert make_signer().examine(out.getvalue()).seal is not Seal.INTACT


@pytest.mark.parametrize("body", [b"", b"no pdf", b"%PDF-1.7 junk", b"%PDF-1.7\n" + b"[" * 200_000])
def test_files_of_anybody_are_checked_without_harm(body: bytes) -> None:
    assert make_signer().examine(body).seal in {Seal.NONE, Seal.UNREADABLE}


def test_somebody_elses_signature_is_told_apart(tmp_path: Path) -> None:
    files = make_self_signed(tmp_path, "Tidewater Music", NOW)
    theirs = PadesSigner(*map(str, files)).sign(printed(make_context()), NOW)

    report = make_signer().examine(theirs.pdf)

    assert (report.seal, report.signer) == (Seal.INTACT, "Tidewater Music")
    assert report.certificate != make_signer().identity.sha256


def test_the_same_file_key_and_moment_give_the_same_bytes() -> None:
    again = make_signer().sign(printed(make_context()), NOW).pdf

    assert again == signed(make_context())


def test_the_printed_bytes_stay_whole_inside() -> None:
    assert signed(make_context()).startswith(printed(make_context()))


def test_b182_a_signature_adds_no_name_of_a_library() -> None:
    added = signed(make_context())[len(printed(make_context())) :]

    assert b"anko" not in added
    assert b"/home/" not in added
    with pikepdf.open(io.BytesIO(signed(make_context()))) as pdf:
        assert str(pdf.docinfo["/Producer"]) == "Redress"
        assert str(pdf.docinfo["/ModDate"]) == "D:20261130000000Z"


def test_a_signed_letter_is_still_archival_and_accessible() -> None:
    context = make_context()
    with pikepdf.open(io.BytesIO(signed(context))) as pdf:
        root = pdf.Root
        xmp = root.Metadata.read_bytes().decode()
        data = json.loads(root.AF[0].EF.F.read_bytes())
        field = root.AcroForm.Fields[0]
        assert 'pdfaid:part="3"' in xmp
        assert 'pdfaid:conformance="A"' in xmp
        assert 'pdfuaid:part="1"' in xmp
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("en", True)
        assert str(pdf.docinfo["/Title"]) == "L-2026-000042 RD-7K4M-29QX"
        assert len(root.AF) == 1
        assert from_json(data) == context
        assert int(field.F) & 4  # printed, as PDF/A asks
        assert field.Rect[0] < 0  # outside the page: nothing to read out
        assert all(str(page.get("/Tabs")) == "/S" for page in pdf.pages)
    assert all(font.is_embedded for font in fonts_of(signed(context)))


def test_a_signed_letter_is_sound() -> None:
    told = run_tool("qpdf", signed(make_context()), "--check", "FILE")

    assert "No syntax or stream encoding errors found" in told


def test_verapdf_agrees_where_it_is_installed(tmp_path: Path) -> None:
    program = os.environ.get("VERAPDF", "")
    if not program:
        pytest.skip(
            "VERAPDF is not set: no veraPDF here, so archival and accessible are checked by our own asserts"
        )
    file = tmp_path / "letter.pdf"
    file.write_bytes(signed(make_context()))
    for flavour in ("3a", "ua1"):
        told = subprocess.run(
            [program, "--flavour", flavour, "--format", "text", file],
            capture_output=True,
            check=False,
        )
        assert told.stdout.startswith(b"PASS"), told.stdout


def test_the_key_of_a_demo_is_for_its_owner_alone_and_stays(tmp_path: Path) -> None:
    first = make_self_signed(tmp_path, "Redress (demo)", NOW)
    before = [file.read_bytes() for file in first]
    again = make_self_signed(tmp_path, "Redress (demo)", NOW)

    assert [stat.S_IMODE(file.stat().st_mode) for file in first] == [0o600, 0o600]
    assert [file.read_bytes() for file in again] == before


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a", tmp_path / "b"
    ours.mkdir()
    theirs.mkdir()
    key, _ = make_self_signed(ours, "A", NOW)
    _, certificate = make_self_signed(theirs, "B", NOW)

    with pytest.raises(SignFailed) as refused:
        read_identity(str(key), str(certificate))
    assert refused.value.fault is SignFault.MISMATCH


def test_an_expired_certificate_signs_nothing_and_says_so() -> None:
    late = NOW + timedelta(days=365 * 20)

    with pytest.raises(SignFailed) as refused:
        make_signer().sign(printed(make_context()), late)
    assert refused.value.fault is SignFault.EXPIRED
    assert "certificate_expired" in make_signer().problem(late)
    assert make_signer().problem(NOW) == ""


def test_a_file_that_is_not_there_is_told_not_raised() -> None:
    signer = PadesSigner("/nowhere/key.pem", "/nowhere/certificate.pem")

    assert "signing_key_unreadable" in signer.problem(NOW)


def test_without_a_key_files_are_still_checked() -> None:
    nobody = NoSigner()

    assert not nobody.is_configured
    assert "without a signature" in nobody.problem(NOW)
    assert nobody.examine(signed(make_context())).seal is Seal.INTACT
