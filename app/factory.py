"""Wires settings, ports, rooms and faces into one application. The only module that knows them all."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app.infra import log, outbox
from app.infra.clock import SystemClock
from app.infra.db.extension import db, engine_options, migrate, tend
from app.infra.i18n import speak_plainly
from app.infra.readiness import refuse_unsafe_role
from app.infra.services import Services

if TYPE_CHECKING:
    from config import Settings

FACES = ("public", "account", "portal", "desk", "finance", "admin", "files", "styleguide")
ROOT = __file__.rsplit("/app/", 1)[0]


def create_app(settings: Settings) -> Flask:
    """The whole product as one WSGI application. Raises when a route declares no policy."""
    app = Flask(
        "app", root_path=f"{ROOT}/app", template_folder=f"{ROOT}/templates", static_folder=None
    )
    _configure(app, settings)
    _rooms(app, settings)
    _faces(app)
    _statics(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    return app


def create_rooms(settings: Settings) -> Flask:
    """Rooms, reactions and ports without any page: what the console's commands need."""
    app = Flask("rooms")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{ROOT}/app/translations"
    _rooms(app, settings)
    Babel(app)
    return app


def _rooms(app: Flask, settings: Settings) -> None:
    log.configure(settings.log_level)
    open_database(app, settings)
    app.extensions["redress"] = build_services(settings)
    load_reactions()
    with app.app_context():
        refuse_unsafe_role()


def _configure(app: Flask, settings: Settings) -> None:
    """Flask's own limits; everything else is read from Settings."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_limit + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=f"{ROOT}/app/translations",
        COMPRESS_MIMETYPES=["text/html", "text/css", "application/javascript", "image/svg+xml"],
        COMPRESS_ALGORITHM=["br", "gzip"],
    )


def open_database(app: Flask, settings: Settings) -> None:
    """The application's role, never the owner's: migrations and tests use their own address."""
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(pool_size=settings.web_threads)
    db.init_app(app)
    with app.app_context():
        tend(db.engine)
    migrate.init_app(app, db, directory=f"{ROOT}/migrations")


def build_services(settings: Settings) -> Services:
    """The ports to the outside, each made from settings."""

    def port(module: str, maker: str) -> Any:
        if importlib.util.find_spec(f"app.infra.{module}") is None:
            return None
        make = getattr(importlib.import_module(f"app.infra.{module}"), maker, None)
        return make(settings) if make else None

    return Services(
        settings=settings,
        clock=SystemClock(),
        storage=port("storage", "make_storage"),
        mailer=port("mail", "make_mailer"),
        renderer=port("render", "make_renderer"),
        signer=port("sign", "make_signer"),
        egress=port("egress", "make_egress"),
    )


def load_reactions() -> None:
    """Fill the outbox's table; importing it also registers every room's jobs."""
    reactions = importlib.import_module("app.workflows.reactions")
    outbox.register(reactions.REACTIONS)


def _faces(app: Flask) -> None:
    """Session, walls and errors first, then the pages, then the proof that each declares its policy."""
    from app.api import routes as api
    from app.api.frame import access, problems
    from app.edge import requests
    from app.edge.access import assert_complete
    from app.web.shared import (
        compiled,
        csrf,
        environment,
        errors,
        filters,
        headers,
        keys,
        page_request,
        policy,
        session,
        shell,
        unread,
    )  # fmt: skip

    app.jinja_environment = environment.PageEnvironment
    app.jinja_options = {**app.jinja_options, "cache_size": -1}  # all of them, in a plain dict
    for part in (
        compiled,
        requests,
        page_request,
        environment,
        session,
        csrf,
        headers,
        filters,
        keys,
        shell,
        unread,
    ):
        part.init_app(app)
    errors.init_app(app, problem=problems.render)
    policy.enforce(app, admit=access.admit)
    Babel(app, locale_selector=shell.spoken, timezone_selector=shell.pick_zone)
    speak_plainly(app.jinja_env)
    Compress(app)
    for face in FACES:
        if not (Path(ROOT) / "app" / "web" / face / "routes.py").exists():
            continue
        routes: Any = importlib.import_module(f"app.web.{face}.routes")
        routes.register(app)
    csrf.exempt_all(api.register(app))
    assert_complete(app)


def _statics(app: Flask) -> None:
    """Hashed files are immutable for a year; the rest is checked again each time."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=f"{ROOT}/static", prefix="static/", max_age=60, allow_all_origins=False,
        immutable_file_test=lambda _path, url: "/build/" in url or "/vendor/" in url,
    )  # fmt: skip
