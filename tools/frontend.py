"""Browser files: third-party ones from the npm lock into static/vendor, own CSS and icons into static/build.

The manifest maps names that templates use (`asset("app.css")`) to hashed files. Standard library only.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

from steps import ROOT, VENV, Trouble, digest, run, stamp, stamped, step

FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
BUILD = STATIC / "build"
CHECKSUMS = FRONTEND / "checksums.txt"

# package, folder under static/vendor, {asset name: file in the package}, licence file
VENDORED: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("htmx.org", "htmx", {"htmx.js": "dist/htmx.min.js"}, "LICENSE"),
    (
        "@noble/hashes",
        "noble-hashes",
        {
            "noble-sha2.js": "sha2.js",
            "noble-md.js": "_md.js",
            "noble-u64.js": "_u64.js",
            "noble-utils.js": "utils.js",
        },
        "LICENSE",
    ),
    (
        "@fontsource-variable/inter",
        "inter",
        {"inter.woff2": "files/inter-latin-wght-normal.woff2"},
        "LICENSE",
    ),
)
ICONS = "lucide-static"
SHOWN_STATE = r":is\(:([\w-]+),(\.is-[\w-]+)\)"
FIRST_CSS = ("tokens.css", "base.css", "layout.css")
STYLEGUIDE = STATIC / "css" / "styleguide"
PAYOUT = STATIC / "css" / "payout"
"""Styles of components that no page uses yet: they stay out of the sheet that every page loads."""
KEEP_BUILDS = 3
SQUEEZED = frozenset({".css", ".js", ".svg"})


def install() -> None:
    """`npm ci` without scripts, when the lock changed or the folder is gone."""
    key = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if stamped("npm") == key and MODULES.is_dir():
        return

    def work() -> None:
        npm, path = _npm()
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FRONTEND, env=path)
        stamp("npm", key)

    step("Browser files (npm)", work)


def _npm() -> tuple[list[str], dict[str, str]]:
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found], {}
    lock = ROOT / "requirements" / "node.txt"
    wheel = VENV / "node"
    if not (wheel / "bin" / "npm").exists():
        run([sys.executable, "-m", "venv", "--without-pip", wheel])
        run(
            [
                VENV / "bin" / "uv",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "-r",
                lock,
                "--python",
                wheel / "bin" / "python",
            ]
        )

    return [str(wheel / "bin" / "npm")], {"PATH": f"{wheel / 'bin'}:{os.environ.get('PATH', '')}"}


def build() -> None:
    """Vendor copies, CSS, icon sprite and manifest, when any of their sources changed."""
    sources = [
        FRONTEND / "package-lock.json",
        FRONTEND / "icons.txt",
        FRONTEND / "fonts.css",
        CHECKSUMS,
        STATIC / "css",
        STATIC / "js",
        Path(__file__),
    ]
    key = digest([path for path in sources if path.exists()])
    if stamped("build") == key and (BUILD / "manifest.json").exists() and VENDOR.is_dir():
        return

    def work() -> str:
        manifest = _vendor()
        verify()
        BUILD.mkdir(parents=True, exist_ok=True)
        manifest["icons.svg"] = _write("icons", "svg", _sprite())
        every, states = _without_shown_states(_css(_css_files(), manifest))
        manifest["app.css"] = _write("app", "css", every)
        waiting = _css(sorted(STYLEGUIDE.glob("*.css")), manifest)
        payout = _css(sorted(PAYOUT.glob("*.css")), manifest)
        manifest["payout.css"] = _write("payout", "css", payout)
        manifest["styleguide.css"] = _write("styleguide", "css", waiting + states)
        manifest["app.js"] = _write("app", "js", _js())
        manifest["staff.js"] = _write("staff", "js", _js("staff"))
        manifest["uploads.js"] = _write("uploads", "js", _js("uploads"))
        manifest["hash.js"] = _write("hash", "js", _worker("hash.js", manifest))
        _squeeze()
        fresh = BUILD / "manifest.json.new"
        fresh.write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
        fresh.replace(BUILD / "manifest.json")
        stamp("build", key)
        return f"{(STATIC / manifest['app.css']).stat().st_size // 1024} KB of CSS"

    step("Styles, icons, vendor files", work)


def _version(package: str) -> str:
    said: dict[str, str] = json.loads((MODULES / package / "package.json").read_text("utf-8"))
    return said["version"]


def _vendor() -> dict[str, str]:
    """Copy the named files with their licences; the address of each asset name."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest: dict[str, str] = {}
    for package, name, files, licence in VENDORED:
        folder = VENDOR / f"{name}-{_version(package)}"
        folder.mkdir(parents=True)
        shutil.copyfile(MODULES / package / licence, folder / "LICENSE")
        for asset, source in files.items():
            shutil.copyfile(MODULES / package / source, folder / Path(source).name)
            manifest[asset] = str((folder / Path(source).name).relative_to(STATIC))
    return manifest


def _squeeze() -> None:
    """A compressed twin beside each text file: the web server hands it out as it is."""
    for path in [*VENDOR.rglob("*"), *BUILD.iterdir()]:
        if path.suffix in SQUEEZED:
            body = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(body)


def _lines() -> list[str]:
    """`sha256  path` of each vendored file. Icons are held by the npm lock alone."""
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path.suffix != ".gz")
    return [f"{_sha(path)}  static/{path.relative_to(STATIC)}" for path in files]


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verify() -> None:
    """Refuse third-party files whose bytes are not the committed ones."""
    known = set(CHECKSUMS.read_text("utf-8").splitlines()) if CHECKSUMS.exists() else set()
    strange = sorted(set(_lines()) ^ known)
    if strange:
        raise Trouble(
            "Third-party files differ from frontend/checksums.txt. When that is meant: "
            "`python3 tools/frontend.py --pin`\n    " + "\n    ".join(strange)
        )


def pin() -> None:
    """Write the list anew: after a deliberate change of a version."""
    install()
    _vendor()
    CHECKSUMS.write_text("\n".join(_lines()) + "\n", "utf-8")


def _icon_names() -> list[str]:
    lines = (line.strip() for line in (FRONTEND / "icons.txt").read_text("utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def _sprite() -> str:
    """One SVG of symbols; the id of a symbol is the icon's name. Strokes are set by our CSS."""
    symbols = []
    for name in _icon_names():
        file = MODULES / ICONS / "icons" / f"{name}.svg"
        if not file.exists():
            raise Trouble(f"frontend/icons.txt names '{name}', which Lucide does not have.")
        body = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text("utf-8"), re.DOTALL)
        inner = re.sub(r"\s*\n\s*", "", body.group(1)) if body else ""
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    licence = (MODULES / ICONS / "LICENSE").read_text("utf-8").strip().splitlines()[0]
    head = f"<!-- Lucide {_version(ICONS)}, {licence}; see the project of that name for the full text -->"
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


def _css_files() -> list[Path]:
    """Fonts, tokens, base, layout, components, then faces and rooms, each in sorted order."""
    css = STATIC / "css"
    first = [FRONTEND / "fonts.css", *(css / name for name in FIRST_CSS)]
    components = sorted((css / "components").glob("*.css"))
    known = {*first, *components, *STYLEGUIDE.glob("*.css"), *PAYOUT.glob("*.css")}
    rest = sorted(path for path in css.rglob("*.css") if path not in known)
    return [path for path in (*first, *components, *rest) if path.exists()]


def _css(files: list[Path], manifest: dict[str, str]) -> str:
    """The concatenation; `url(asset:NAME)` becomes the address of that asset; comments, indents and idle spaces go."""

    def address(match: re.Match[str]) -> str:
        if match.group(1) not in manifest:
            raise Trouble(
                f"a style sheet wants asset:{match.group(1)}, which is not in the manifest."
            )
        return f'url("../{manifest[match.group(1)]}")'

    text = "\n".join(path.read_text("utf-8") for path in files)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r'url\("?asset:([^")]+)"?\)', address, text)
    text = "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
    text = re.sub(r"#[0-9A-F]{6}\b", lambda colour: colour.group().lower(), text)
    return re.sub(r" ?([{};,>/])[ \n]*|(:) ", r"\1\2", text).replace(";}", "}") + "\n"


def _without_shown_states(text: str) -> tuple[str, str]:
    """The sheet of every page, and the rules by which the style guide shows a state without pointer or keyboard."""
    rules = re.findall(rf"([^{{}}]*{SHOWN_STATE}[^{{}}]*)\{{([^{{}}]*)\}}", text)
    shown = "".join(
        re.sub(SHOWN_STATE, r"\2", f"{selector}{{{body}}}") for selector, *_states, body in rules
    )
    return re.sub(SHOWN_STATE, r":\1", text), f"@layer components{{{shown}}}\n"


def _worker(name: str, manifest: dict[str, str]) -> str:
    """A worker's module; what it imports by `asset:NAME` becomes that address."""
    text = (STATIC / "js" / "workers" / name).read_text("utf-8").strip() + "\n"
    return re.sub(r'"asset:([^"]+)"', lambda match: f'"../{manifest[match.group(1)]}"', text)


def _js(folder: str = "") -> str:
    """Behaviours as one module, each file standing alone: those of every page lie right under static/js."""
    files = sorted((STATIC / "js" / folder).glob("*.js"))
    return "\n".join(path.read_text("utf-8").strip() for path in files) + "\n"


def _write(stem: str, suffix: str, text: str) -> str:
    """A file named by its content; older ones stay a while for pages already open."""
    name = f"{stem}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.{suffix}"
    (BUILD / name).write_text(text, "utf-8")
    old = sorted(
        BUILD.glob(f"{stem}.*.{suffix}"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in [path for path in old if path.name != name][KEEP_BUILDS:]:
        path.unlink()
        path.with_name(path.name + ".gz").unlink(missing_ok=True)
    return f"build/{name}"


if __name__ == "__main__":
    try:
        if "--pin" in sys.argv:
            pin()
        install()
        build()
    except Trouble as trouble:
        sys.exit(str(trouble))
