"""A QR code as SVG bytes for the in-memory table of a document."""

from __future__ import annotations

import io

import segno


def qr_svg(content: str) -> bytes:
    """SVG of *content* with error correction M, dark on transparent; same content, same bytes."""
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=2,
        scale=4,
        nl=False,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue()
