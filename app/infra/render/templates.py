"""Our own templates, filled with plain data: sandboxed, strict about every variable, translated.

Used for letters and mail. A template sees what it is given and its filters, nothing of the application.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

from babel.support import NullTranslations, Translations
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    Undefined,
    UndefinedError,
    pass_environment,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from app.infra.i18n import PSEUDO, PseudoTranslations
from app.infra.render import words
from app.infra.render.port import RenderFailed, RenderFault

ROOT = Path(__file__).resolve().parents[3]
_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Preview:
    """HTML with missing variables marked, and their names in order of first use."""

    html: str
    missing: tuple[str, ...]


class DocumentTemplates:
    """Templates below *root*. Values are autoescaped in `.html`, left as they are in `.txt`."""

    def __init__(
        self,
        root: Path = ROOT / "templates",
        translations: Path = ROOT / "app" / "translations",
        tables: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """*tables*: words of a room by name, which a template puts into its language: `_(causes[slug])`."""
        self._root = root
        self._tables = {name: dict(table) for name, table in (tables or {}).items()}
        self._translations = translations
        self._environments: dict[str, ImmutableSandboxedEnvironment] = {}

    def render(self, name: str, values: Mapping[str, Any], language: str) -> str:
        """The filled template. Raises RenderFailed(missing_variable | template_error)."""
        try:
            return self._environment(language).get_template(name).render(dict(values))
        except UndefinedError as error:
            raise RenderFailed(RenderFault.VARIABLE, _name_in(str(error))) from error
        except (TemplateError, SecurityError, TypeError, AttributeError) as error:
            raise RenderFailed(RenderFault.TEMPLATE, f"{name}: {type(error).__name__}") from error

    def preview(self, name: str, values: Mapping[str, Any], language: str) -> Preview:
        """The template with every missing variable marked, for the composer; never for a letter."""
        missing: list[str] = []
        environment = self._environment(language).overlay(undefined=_marking(missing))
        html = environment.get_template(name).render(dict(values))
        return Preview(html, tuple(dict.fromkeys(missing)))

    def fingerprint(self, folder: str) -> str:
        """SHA-256 over the templates of a folder and the tables: tells which wording printed a document."""
        digest = hashlib.sha256(json.dumps(self._tables, sort_keys=True).encode())
        for path in sorted((self._root / folder).rglob("*")):
            if path.is_file():
                digest.update(
                    path.relative_to(self._root).as_posix().encode()
                    + b"\0"
                    + path.read_bytes()
                    + b"\0"
                )
        return digest.hexdigest()

    def resource(self, name: str) -> bytes:
        """The bytes of a style sheet or picture beside the templates."""
        return (self._root / name).read_bytes()

    def _environment(self, language: str) -> ImmutableSandboxedEnvironment:
        if language not in self._environments:
            self._environments[language] = self._build(language)
        return self._environments[language]

    def _build(self, language: str) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            loader=self._loader,
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            extensions=["jinja2.ext.i18n"],
            lstrip_blocks=True,
        )
        environment.install_gettext_translations(self._catalogue(language), newstyle=True)  # type: ignore[attr-defined]
        environment.filters.update(
            day=pass_environment(partial(_day, language=language)),
            moment=partial(_moment, language=language),
            money=partial(_money, language=language),
            month=partial(_month, language=language),
            paragraphs=_paragraphs,
        )
        environment.globals["amount"] = partial(_amount, language=language)
        environment.globals.update(self._tables)
        environment.globals.update(direction=words.direction_of(language), language=language)
        return environment

    def _catalogue(self, language: str) -> NullTranslations:
        if language == PSEUDO:
            return PseudoTranslations()
        return Translations.load(str(self._translations), [str(words.locale_of(language))])

    @cached_property
    def _loader(self) -> FileSystemLoader:
        return FileSystemLoader(self._root)


@pass_environment
def _day(environment: Environment, value: Any, language: str) -> Any:
    if value is None or isinstance(value, Undefined):
        return environment.undefined(name=_missing_name(value, "date"))
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return words.show_date(day, language)


def _moment(value: datetime | str, zone: str, language: str) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return words.show_instant(moment, language, zone)


def _money(line: Any, language: str) -> str:
    """A line with `amount` (decimal text) and `currency`."""
    return words.show_money(line.amount, line.currency, language)


def _month(value: date | str, language: str) -> str:
    """A day of it, as a date or as ISO text."""
    return words.show_month(
        date.fromisoformat(value) if isinstance(value, str) else value, language
    )


def _amount(text: str, currency: str, language: str) -> str:
    """Decimal text with its currency."""
    return words.show_money(text, currency, language)


def _missing_name(value: Any, otherwise: str) -> str:
    return str(getattr(value, "_undefined_name", None) or otherwise)


@pass_environment
def _paragraphs(environment: Environment, text: Any) -> Any:
    """Plain text as paragraphs: blank lines part them, single line ends stay."""
    if text is None or isinstance(text, Undefined):
        return environment.undefined(name=_missing_name(text, "text"))
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return Markup("").join(  # every part is escaped below
        Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(part.split("\n")))
        for part in parts
    )


def _name_in(message: str) -> str:
    """The variable's name out of a message of the template engine."""
    found = _QUOTED.findall(message)
    return found[-1] if found else message[:80]


class _Marked(Undefined):
    """A missing value that shows `[name]`, notes itself, and answers whatever is asked of it with itself."""

    missing: ClassVar[list[str]] = []

    def _note(self) -> str:
        name = str(self._undefined_name or "value")
        self.missing.append(name)
        return name

    def __str__(self) -> str:
        return f"[{self._note()}]"

    def __html__(self) -> str:
        return str(Markup('<mark class="missing">[{}]</mark>').format(self._note()))

    def __iter__(self) -> Any:
        self._note()
        return iter(())

    def __bool__(self) -> bool:
        self._note()
        return False

    def __getitem__(self, key: object) -> Any:
        return type(self)(name=str(self._undefined_name or key))

    def __call__(self, *_args: object, **_values: object) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(self)(name=f"{self._undefined_name}.{name}")


def _marking(missing: list[str]) -> type[Undefined]:
    """An undefined type that notes names in *missing*."""
    return type("Marked", (_Marked,), {"missing": missing})
