"""The real product, started as an operator would, and a real browser that reports every policy violation."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.people import Visitor

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip

PATIENCE = 60_000
"""Milliseconds that a page, a click or a sight may take: a busy machine is no finding."""
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Left out of `make check`."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_ready(address: str, process: subprocess.Popen[bytes], seconds: float = 300) -> None:
    """Until /readyz answers 200, or the process ends, or the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the product did not become ready")


@contextmanager
def running_demo() -> Iterator[dict[str, str]]:
    """The small demo on a data folder and a port of its own; its environment."""
    folder = Path(tempfile.mkdtemp(prefix="redress-browser-"))
    folder.chmod(0o755)
    port = free_port()
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("DATABASE_", "S3_", "REDRESS_", "SMTP_"))
    }
    env |= {
        "PORT": str(port),
        "REDRESS_DATA": str(folder / "var"),
        "REDRESS_DEMO_SMALL": "true",
        "REDRESS_PSEUDO_LOCALES": "true",
    }
    log = (folder / "product.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tools" / "redress.py"), "up"],
        cwd=ROOT,
        env=env,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_ready(f"http://localhost:{port}", process)
    except RuntimeError:
        process.kill()
        sys.stderr.write((folder / "product.log").read_text()[-4000:])
        raise
    yield env
    process.send_signal(signal.SIGTERM)
    process.wait(120)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def premises() -> Iterator[dict[str, str]]:
    """The environment of a running demo: what commands beside it need too.

    While writing tests it is the one at REDRESS_TEST_ADDRESS, on REDRESS_DATA.
    """
    if os.environ.get("REDRESS_TEST_ADDRESS"):
        yield dict(os.environ)
        return
    with running_demo() as env:
        yield env


@pytest.fixture(scope="session")
def product(premises: dict[str, str]) -> str:
    """Address of the running demo."""
    return premises.get("REDRESS_TEST_ADDRESS") or f"http://localhost:{premises['PORT']}"


@pytest.fixture(scope="session")
def stage(premises: dict[str, str], product: str) -> Callable[..., str]:
    """`stage("notice", "rauf")` puts something into the running product (`tests/browser/stage.py`); what it said."""
    del product

    def sets(*words: str) -> str:
        command = [sys.executable, "-m", "tests.browser.stage", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=premises, check=True, timeout=300, stdout=subprocess.PIPE
        )
        return done.stdout.decode().strip()

    return sets


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: its event loop must be gone before tests of the worker run here."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: `make setup` installs it where it may")
    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield engine
        engine.close()


@pytest.fixture
def visit(product: str, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit("ada@…", width=390, dark=False, javascript=True)` opens a browser window of that person."""
    open_contexts: list[tuple[BrowserContext, list[str]]] = []

    def open_window(
        width: int = 1440, *, dark: bool = False, javascript: bool = True, address: str = product
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Asia/Baku",
        )
        context.set_default_timeout(PATIENCE)
        complaints: list[str] = []
        page: Page = context.new_page()
        page.on("console", lambda message: _note(complaints, message))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        open_contexts.append((context, complaints))
        return Visitor(page, address)

    yield open_window
    heard = [line for _, complaints in open_contexts for line in complaints]
    for context, _ in open_contexts:
        context.close()
    assert heard == []


def _note(complaints: list[str], message: Any) -> None:
    """Policy violations and script errors; a 4xx answer that a test asks for is not one."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(message.text)
