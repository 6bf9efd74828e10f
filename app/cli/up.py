"""`redress up`: the whole product on this machine, one process that keeps the others running."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app.cli.context import Parts, pass_parts
from app.cli.migrations import owner_url
from app.infra.embedded.children import spawn
from app.infra.embedded.postgres import stands_at
from app.infra.embedded.stack import EmbeddedStack, clean_environment
from app.infra.embedded.supervisor import Child, Stopping, Supervisor
from app.infra.metrics import FOLDER
from app.kernel.errors import Refused

READY_SECONDS = 90.0
VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"

WORKER = "app.infra.webserver.PatientWorker"


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()


@click.command()
@pass_parts
def up(parts: Parts) -> None:
    """Start everything and keep it running: servers that have no address, web, worker.

    Without DATABASE_URL a PostgreSQL of our own runs on REDRESS_DATA, without S3_ENDPOINT_URL an S3
    store; the database is migrated and, when it is empty, filled with the demo desk. Logs are under
    REDRESS_DATA/logs. Ctrl-C or SIGTERM stops every process within 25 seconds; the next start goes on
    with the same data. Another copy beside it needs another PORT and another REDRESS_DATA.
    """
    begun = time.monotonic()
    stack = EmbeddedStack({**clean_environment(), **parts.environ})
    supervisor = Supervisor(stack, _say)
    supervisor.catch_signals()
    try:
        _start(parts, stack, supervisor, begun)
        supervisor.run()
    except Stopping:
        pass
    finally:
        _say("Stopping …")
        supervisor.stop()
        _say("Stopped.")


def _start(parts: Parts, stack: EmbeddedStack, supervisor: Supervisor, begun: float) -> None:
    _port_is_free(int(stack.environ.get("PORT") or 8000))
    environ = stack.launch()
    environ = {**environ, FOLDER: _counting_folder(stack)}
    settings = parts.settings(environ)
    _say(f"  Database ready{_since(begun)}")
    behind = _migrate(environ)
    _say(f"  Schema at its newest{_since(begun)}")
    if behind:
        _rebuild_search(parts, stack, environ)
    _seed_once(parts, stack, environ, begun)
    supervisor.add(_web(parts, settings, environ))
    stack.ready()
    ready = supervisor.wait_until(lambda: _is_ready(settings.port), READY_SECONDS)
    if not ready:
        _say(f"Not ready after {READY_SECONDS:.0f} s: {_problems(settings.port)}")
    supervisor.add(_worker(parts, settings, environ))
    _greet(parts, settings, begun)


def _since(begun: float) -> str:
    return f" ({time.monotonic() - begun:.1f} s)"


def _port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            message = (
                f"Port {port} is in use. Choose another one: PORT=8010 REDRESS_DATA=./var2 make run"
            )
            raise Refused("port_in_use", message) from problem


def _migrate(environ: Mapping[str, str]) -> bool:
    """As the owner; refuses when only the web's address is known. Nothing is loaded when it is done already.

    True when an older schema with its data was brought up: what it held is not in the search index yet.
    """
    owner = owner_url(environ)
    newest = max(path.stem for path in VERSIONS.glob("[0-9]*.py"))
    stood = stands_at(owner)
    if stood != newest:
        from app.infra.db.migrate import upgrade

        upgrade(owner)
    return bool(stood) and stood != newest


def _rebuild_search(parts: Parts, stack: EmbeddedStack, environ: Mapping[str, str]) -> None:
    """After an upgrade, in a process of its own; the product runs without it, only finds less."""
    log = stack.data_dir / "logs" / "search.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = spawn(_redress(parts, "search", "rebuild"), env=environ, log=out, cwd=parts.root)
    if child.wait() != 0:
        _say(f"  The search index could not be built; see {log}")


def _seed_once(
    parts: Parts, stack: EmbeddedStack, environ: Mapping[str, str], begun: float
) -> None:
    """The demo desk, in a process of its own so that this one stays small; a mark says that it is done."""
    mark = stack.data_dir / "demo.seeded"
    if environ.get("REDRESS_DEMO") != "true" or mark.exists():
        return
    stack.ready()
    _say(f"  Object store ready{_since(begun)}")
    log = stack.data_dir / "logs" / "seed.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = spawn(_redress(parts, "seed", "demo"), env=environ, log=out, cwd=parts.root)
    if child.wait() != 0:
        _say(f"  The demo could not be built; see {log}")
        return
    mark.touch()
    _say(f"  Demo built{_since(begun)}")


def _counting_folder(stack: EmbeddedStack) -> str:
    """Where the processes of this start count together; what those before left is no number of ours."""
    folder = stack.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return str(folder)


def _redress(parts: Parts, *words: str) -> list[str]:
    return [sys.executable, str(Path(parts.root) / "tools" / "redress.py"), *words]


def _web(parts: Parts, settings: Any, environ: Mapping[str, str]) -> Child:
    argv = [sys.executable, "-m", "gunicorn", "wsgi:application", "--worker-class", WORKER]
    argv += ["--preload"]
    argv += ["--workers", str(settings.web_workers), "--threads", str(settings.web_threads)]
    argv += ["--bind", f"{settings.bind}:{settings.port}", "--graceful-timeout", "7"]
    argv += ["--timeout", "60", "--keep-alive", "5", "--log-level", "warning"]
    argv += ["--no-control-socket"]
    return Child("web", argv, environ, settings.data_dir / "logs" / "web.log", parts.root)


def _worker(parts: Parts, settings: Any, environ: Mapping[str, str]) -> Child:
    log = settings.data_dir / "logs" / "worker.log"
    return Child("worker", _redress(parts, "worker"), environ, log, parts.root)


def _ask_readiness(port: int) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        try:
            return refusal.code, json.load(refusal)
        except ValueError:
            return refusal.code, {}
    except (OSError, ValueError):
        return 0, {}


def _is_ready(port: int) -> bool:
    """Ready, or only behind with jobs and deadlines after a pause: the worker starts right after this."""
    status, told = _ask_readiness(port)
    return status == 200 or set(told.get("problems") or ("unknown",)) <= {"queue", "deadlines"}


def _problems(port: int) -> str:
    status, told = _ask_readiness(port)
    return str(told.get("problems") or f"answer {status}" if status else "no answer")


def _greet(parts: Parts, settings: Any, begun: float) -> None:
    _say(f"\n{settings.product_name} runs at {settings.base_url}{_since(begun)}")
    if settings.demo:
        _say("")
        for line in parts.sign_ins():
            _say(f"  {line}")
    _say(f"\nLogs: {settings.data_dir / 'logs'}. Ctrl-C stops everything.")
