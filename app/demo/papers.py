"""Small honest files for the demo's evidence: a PDF of a few lines, a CSV statement, a picture."""

from __future__ import annotations

import math
import struct
import zlib


def pdf(title: str, *lines: str) -> bytes:
    """A one-page PDF with plain Latin text."""
    words = [f"BT /F1 18 Tf 72 760 Td ({_escaped(title)}) Tj ET"]
    words += [
        f"BT /F1 11 Tf 72 {720 - 18 * n} Td ({_escaped(line)}) Tj ET"
        for n, line in enumerate(lines)
    ]
    stream = "\n".join(words).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _file(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


def statement(*rows: tuple[str, ...]) -> bytes:
    """A CSV statement."""
    head = ("Statement month", "Store", "Territory", "ISRC", "Units", "Amount", "Currency")
    return "".join(",".join(row) + "\r\n" for row in (head, *rows)).encode()


def picture(
    width: int = 320, height: int = 240, tint: tuple[int, int, int] = (116, 40, 95)
) -> bytes:
    """A plain PNG with a gradient, so that the viewer has something to show."""
    rows = b"".join(
        b"\x00"
        + bytes(channel * (x + y) // (width + height) for x in range(width) for channel in tint)
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def tone(hertz: int = 220, seconds: float = 1.5, rate: int = 8_000) -> bytes:
    """A short WAV that fades out: something to press play on."""
    count = int(seconds * rate)
    samples = (
        int(12_000 * math.sin(2 * math.pi * hertz * n / rate) * (1 - n / count))
        for n in range(count)
    )
    body = b"".join(struct.pack("<h", sample) for sample in samples)
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    chunks = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(body))
    return b"RIFF" + struct.pack("<I", len(chunks) + len(body)) + chunks + body


def chat(*lines: tuple[str, str, str]) -> bytes:
    """A chat as phones export it: day and time, who, words."""
    return "".join(f"[{when}] {who}: {words}\n" for when, who, words in lines).encode()


PDF, PNG, CSV, WAV, TEXT = "application/pdf", "image/png", "text/csv", "audio/wav", "text/plain"
