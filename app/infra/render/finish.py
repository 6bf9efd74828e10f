"""The last pass over a printed PDF: what PDF/UA asks beyond PDF/A-3a, and metadata of our own.

Runs inside the limited child. The same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String

PRODUCT = "Redress"
FAMILY = "Noto"
MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Finish:
    """Metadata of the file. *created_at*: aware UTC."""

    title: str
    author: str
    language: str
    created_at: datetime


class FontsMissing(Exception):
    """Not one of our font families was there when the file was printed."""


def finish(raw: bytes, meta: Finish) -> bytes:
    """Add table scopes, PDF/UA identifier and title display; replace all metadata. Raises FontsMissing."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        if not any(FAMILY in name for name in _font_names(pdf)):
            raise FontsMissing
        root = pdf.Root
        root.Lang = String(meta.language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        for page in pdf.pages:
            page.Tabs = Name.S  # by structure, also once a signature's field stands on it
        _scope_headers(root)
        _single_associated_files(root)
        _information(pdf, meta)
        root.Metadata = pdf.make_stream(_xmp(meta), Type=Name.Metadata, Subtype=Name.XML)
        out = io.BytesIO()
        pdf.save(
            out,
            static_id=False,
            deterministic_id=True,
            linearize=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            preserve_pdfa=True,
        )
        return out.getvalue()


def _font_names(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Names of the fonts that the pages use."""
    for page in pdf.pages:
        for font in page.resources.get("/Font", Dictionary()).values():
            yield str(font.get("/BaseFont", ""))


def _elements(
    node: Object, kinds: tuple[str, ...], depth: int = 0
) -> Iterator[tuple[Object, tuple[str, ...]]]:
    """Structure elements below *node* with the kinds of their ancestors."""
    if depth > MAX_DEPTH or not isinstance(node, Dictionary) or "/K" not in node:
        return
    children = node.K if isinstance(node.K, Array) else [node.K]
    for child in children:
        if isinstance(child, Dictionary) and "/S" in child:
            yield child, kinds
            yield from _elements(child, (*kinds, str(child.S)), depth + 1)


def _scope_headers(root: Object) -> None:
    """Every TH says whether it heads a column or a row."""
    if "/StructTreeRoot" not in root:
        return
    for element, above in _elements(root.StructTreeRoot, ()):
        if str(element.S) == "/TH":
            scope = Name.Column if "/THead" in above else Name.Row
            element.A = Dictionary(O=Name.Table, Scope=scope)


def _single_associated_files(root: Object) -> None:
    """Name each associated file once."""
    if "/AF" not in root:
        return
    seen: dict[tuple[int, int], Object] = {}
    for item in root.AF:
        seen.setdefault(item.objgen, item)
    root.AF = Array(list(seen.values()))


def _information(pdf: pikepdf.Pdf, meta: Finish) -> None:
    """The information dictionary: our product and the letter's own words, no path, no library."""
    info = pdf.docinfo
    for key in list(info.keys()):
        del info[key]
    stamp = meta.created_at.strftime("D:%Y%m%d%H%M%SZ")
    info.Title = String(meta.title)
    if meta.author:
        info.Author = String(meta.author)
    info.Producer = String(PRODUCT)
    info.Creator = String(PRODUCT)
    info.CreationDate = String(stamp)
    info.ModDate = String(stamp)


def _xmp(meta: Finish) -> bytes:
    """XMP equal to the information dictionary, with both conformance claims and their schema."""
    stamp = meta.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    author = (
        f"<dc:creator><rdf:Seq><rdf:li>{escape(meta.author)}</rdf:li></rdf:Seq></dc:creator>"
        if meta.author
        else ""
    )
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<rdf:Description rdf:about="" pdf:Producer={quoteattr(PRODUCT)} xmp:CreatorTool={quoteattr(PRODUCT)}
 xmp:CreateDate="{stamp}" xmp:ModifyDate="{stamp}" xmp:MetadataDate="{stamp}"
 pdfaid:part="3" pdfaid:conformance="A" pdfuaid:part="1">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(meta.title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(meta.language)}</rdf:li></rdf:Bag></dc:language>{author}
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file is built to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()
