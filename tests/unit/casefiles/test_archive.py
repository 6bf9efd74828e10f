"""The ZIP as a stream: any pieces in, a bag out whose every manifest holds."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.casefiles.formats.archive import Archive
from app.casefiles.formats.index import Line, index_html, timeline_csv, timeline_json
from app.casefiles.rules import payload_path

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BODIES = st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=4)


def whole(archive: Archive, step: int) -> bytes:
    """Read to the end in pieces of *step* bytes."""
    out = io.BytesIO()
    while piece := archive.read(step):
        assert len(piece) <= step
        out.write(piece)
    return out.getvalue()


@given(BODIES, st.integers(1, 5000))
def test_the_bag_holds_what_was_given_and_checks_itself(
    bodies: list[list[bytes]], step: int
) -> None:
    parts = [(f"data/evidence/E{n} song.wav", pieces) for n, pieces in enumerate(bodies)]
    archive = Archive(parts, "RD-7K4M-29QX", "complainant", AT)

    packed = whole(archive, step)

    assert hashlib.sha256(packed).hexdigest() == archive.sha256
    with zipfile.ZipFile(io.BytesIO(packed)) as bag:
        assert bag.testzip() is None
        for path, pieces in parts:
            assert bag.read(path) == b"".join(pieces)
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            for line in bag.read(manifest).decode().splitlines():
                sha256, path = line.split("  ", 1)
                assert hashlib.sha256(bag.read(path)).hexdigest() == sha256
        named = bag.read("manifest-sha256.txt").decode()
        assert named.count("\n") == len(parts)
        total = sum(len(b"".join(pieces)) for pieces in bodies)
        assert f"Payload-Oxum: {total}.{len(parts)}\n" in bag.read("bag-info.txt").decode()


def test_b031_no_name_leaves_its_folder() -> None:
    for name in ("../../etc/passwd", "E1 ..\\..\\a.exe", "/abs", "a/b", "x\x00y"):
        path = payload_path("evidence", name)
        assert path.startswith("data/evidence/")
        assert ".." not in path.split("/")
        assert path.count("/") == 2
        assert "\\" not in path


def line(**changes: Any) -> Line:
    given = {
        "at": AT,
        "kind": "message",
        "by": "Ada",
        "side": "complainant",
        "audience": "desk",
        "what": "",
        "text": "",
    }
    return Line(**(given | changes))


def test_b183_a_table_runs_nothing_and_a_page_holds_no_markup_of_others() -> None:
    evil = line(text="=HYPERLINK(1)", by="<script>alert(1)</script>")

    table = timeline_csv([evil])
    page = index_html(
        "Case", {"language": "en", "files": "F", "timeline": "T", "check": "C"}, [evil], []
    )

    assert "'=HYPERLINK(1)" in table
    assert "<script" not in page
    assert "&lt;script" in page
    assert "=HYPERLINK(1)" in timeline_json({}, [evil])
