"""Browser files are the committed ones, the lock names no address, the one style sheet is whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "static"
FRONTEND = ROOT / "frontend"

pytestmark = pytest.mark.skipif(
    not (STATIC / "build" / "manifest.json").exists(),
    reason="`make setup` builds the browser files",
)


def manifest() -> dict[str, str]:
    """Names that templates use, and their files."""
    return dict(json.loads((STATIC / "build" / "manifest.json").read_text()))


def test_vendored_files_have_the_committed_hashes() -> None:
    lines = (FRONTEND / "checksums.txt").read_text().splitlines()
    expected = {path: sha for sha, path in (line.split("  ", 1) for line in lines)}

    found = {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.suffix != ".gz"
    }

    assert found == expected
    assert len([path for path in found if path.endswith("LICENSE")]) == len(
        list((STATIC / "vendor").iterdir())
    )


def test_every_asset_of_the_manifest_is_there_and_hashed_or_versioned() -> None:
    for name, path in manifest().items():
        assert (STATIC / path).is_file(), name
        assert re.search(r"\.[0-9a-f]{12}\.|-\d+\.\d+\.\d+/", path), path


def test_every_text_asset_has_a_compressed_twin() -> None:
    texts = [STATIC / path for path in manifest().values() if path.endswith((".css", ".js", ".svg"))]

    for path in texts:
        assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes(), path


def test_the_lock_names_no_address() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())

    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all(entry.get("integrity") for name, entry in lock["packages"].items() if name)


def test_the_style_sheet_holds_every_source_in_order() -> None:
    css = (STATIC / manifest()["app.css"]).read_text()
    layers = re.findall(r"@layer (tokens|base|layout|components)\b(?! *,)", css)

    assert "asset:" not in css
    assert "/*" not in css
    assert css.index("@layer reset") < css.index("@layer tokens{")
    assert list(dict.fromkeys(layers)) == ["tokens", "base", "layout", "components"]


def test_the_sprite_has_a_symbol_for_each_named_icon() -> None:
    sprite = (STATIC / manifest()["icons.svg"]).read_text()
    names = [
        line.strip()
        for line in (FRONTEND / "icons.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]

    assert sorted(set(re.findall(r'<symbol id="([^"]+)"', sprite))) == sorted(set(names))
    assert "<script" not in sprite
    assert " style=" not in sprite
