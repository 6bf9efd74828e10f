"""Contrast of every pair of design 3.1 from the style sheet itself, both directions, no inline anything, size."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[3]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "letters" not in path.parts and "emails" not in path.parts]

TEXT_PAIRS = [
    *((text, ground) for text in ("t1", "t2", "t3") for ground in ("bg", "surface", "surface-2")),
    ("t3", "accent-bg"), ("accent", "surface"), ("accent", "bg"), ("accent", "accent-bg"), ("on-accent", "accent"),
    *((tone, ground) for tone in ("danger", "warn", "ok", "info", "wait") for ground in (f"{tone}-bg", "surface")),
    ("neutral", "neutral-bg"), ("t2", "warn-bg"), ("t1", "warn-bg"), ("t1", "accent-bg"), ("t2", "accent-bg"),
]  # fmt: skip
SHAPE_PAIRS = [
    ("ctl", "surface"), ("ctl", "bg"), ("focus", "bg"), *((f"c{n}", "surface") for n in range(1, 6)),
]  # fmt: skip


def _block(start: str) -> dict[str, str]:
    body = TOKENS[TOKENS.index(start) :]
    body = body[body.index("{", body.index(start) + len(start) - 1) : body.index("}")]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", body))


THEMES = {
    "light": _block(":root {"),
    "dark by system": _block(":root:not([data-theme=light]) {"),
    "dark by choice": _block("[data-theme=dark] {"),
}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("pair", "needed"), [(p, 4.5) for p in TEXT_PAIRS] + [(p, 3.0) for p in SHAPE_PAIRS]
)
def test_contrast(theme: str, pair: tuple[str, str], needed: float) -> None:
    tokens = THEMES[theme]
    assert _ratio(tokens[pair[0]], tokens[pair[1]]) >= needed


def test_both_dark_themes_are_the_same() -> None:
    assert THEMES["dark by system"] == THEMES["dark by choice"]
    assert len(THEMES["light"]) == len(THEMES["dark by choice"]) == 30


def test_measured_figures_stand() -> None:
    light = THEMES["light"]
    assert round(_ratio(light["t1"], light["bg"]), 1) == 15.9
    assert round(_ratio(light["accent"], light["surface"]), 1) == 9.5


SHEETS = sorted(CSS.rglob("*.css"))
PHYSICAL = re.compile(
    r"(?<![\w-])((?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-\w+)?"
    r"|left|right|top|bottom|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_only_logical_properties(sheet: Path) -> None:
    assert PHYSICAL.findall(sheet.read_text("utf-8")) == []


def test_physical_properties_are_seen() -> None:
    for bad in (
        "margin-left: 1px",
        "left: 0",
        "text-align:right",
        "border-top-left-radius: 2px",
        "padding-top:1px",
    ):
        assert PHYSICAL.search(bad), bad
    for good in ("margin-inline-start: 1px", "inset-inline-end: 0", "text-align: start"):
        assert not PHYSICAL.search(good), good


@pytest.mark.parametrize(
    "sheet", [s for s in SHEETS if s.name != "tokens.css"], ids=lambda p: p.name
)
def test_raw_colours_stand_in_one_place(sheet: Path) -> None:
    assert (
        re.findall(
            r"#[0-9a-fA-F]{3,8}\b(?!\w)",
            re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL),
        )
        == []
    )


def test_the_sheet_fits_its_budget() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SHEETS)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert len(brotli.compress(text.encode(), quality=11)) <= 14 * 1024


def test_the_shared_behaviours_fit_their_budget() -> None:
    text = "\n".join(
        path.read_text("utf-8") for path in sorted((ROOT / "static" / "js").glob("*.js"))
    )
    assert len(brotli.compress(text.encode(), quality=11)) <= 10 * 1024


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_inline_style_script_or_handler(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(
        r"\sstyle\s*=|<style|\son\w+\s*=\s*[\"']|hx-on|javascript:|hx-vals=['\"]js:", text
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_icons_are_in_the_sprite(page: Path) -> None:
    names = set(re.findall(r"icon_?\(\s*[\"']([a-z0-9-]+)[\"']", page.read_text("utf-8")))
    known = set((ROOT / "frontend" / "icons.txt").read_text("utf-8").split())
    assert names <= known, names - known


def test_every_component_is_on_the_style_guide() -> None:
    pages = sorted((ROOT / "templates" / "styleguide").glob("*.html"))
    shown = "\n".join(page.read_text("utf-8") for page in pages)
    # Parts of other components, and the frame of the staff pages.
    helpers = {"avatar", "csrf", "hint_and_error", "idempotency_field", "icon", "keyboard", "ref"}
    names = {
        p.stem
        for p in (ROOT / "templates" / "components").glob("*.html")
        if "." not in p.stem and not p.stem.startswith("_")
    }
    made = {"article": "article_text"}
    missing = {name for name in names - helpers if f"{made.get(name, name)}(" not in shown}
    assert missing == set()
