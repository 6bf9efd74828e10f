"""One form over real HTTPS, with the headers a browser sends (DECISIONS 9)."""

from __future__ import annotations

import http.client
import re
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from app.factory import create_app
from config import Settings
from tests.support.application import environment


@pytest.fixture
def port(app: Any, pg: Any) -> Iterator[int]:
    """The application behind TLS on a port of its own; `app` empties the database afterwards."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, ssl_context="adhoc")
    own = {"REDRESS_BASE_URL": f"https://localhost:{server.port}", "REDRESS_DEMO": "false"}
    secure = create_app(Settings.from_env(environment(pg) | own))
    server.app = secure
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()
    with secure.app_context():
        from app.infra.db.extension import db

        db.engine.dispose()


def ask(port: int, method: str, path: str, body: str = "", **headers: str) -> Any:
    """One request without looking at the certificate."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer, page


def test_form_posts_over_https_with_host_cookie_and_hsts(port: int) -> None:
    shown, page = ask(port, "GET", "/signin")
    cookie = shown.getheader("Set-Cookie") or ""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = urlencode({"csrf_token": token[1], "email": "ada@example.com"})
    sent = {"Cookie": cookie.split(";")[0], "Content-Type": "application/x-www-form-urlencoded"}

    own, _page = ask(port, "POST", "/signin", form, **sent, Origin=f"https://localhost:{port}")
    evil, _page = ask(port, "POST", "/signin", form, **sent, Origin="https://evil.example")

    assert re.fullmatch(r"__Host-redress=[\w-]{43}; Secure; HttpOnly; Path=/; SameSite=Lax", cookie)
    assert shown.getheader("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    assert (own.status, evil.status) == (303, 403)
    assert ask(port, "GET", "/signin/demo")[0].status == 404
    there = ask(port, "POST", "/signin/demo", form, **sent, Origin=f"https://localhost:{port}")
    assert there[0].status == 404
