"""Files of a plain form post, streamed part by part into quarantine: never in memory, never on our disk.

A form puts its hidden fields first: the token is checked before the first byte of a file is read. The
parsed fields then stand in `request.form` and the staged files in `request.files`, so forms, keys of
idempotency and error pages work as for any other post. Order below a route: policy, `receives_files`,
`once_per_key`. Works without JavaScript.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import g, request
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData
from wtforms.validators import ValidationError

from app.evidence.commands import ReceiveUpload
from app.evidence.service.intake import ReceivedItem, StagedFile, admit_staged, stage_upload
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.storage.port import Storage, TooLarge
from app.kernel.errors import Unavailable
from app.kernel.sides import Side
from app.web.shared import csrf
from app.web.shared.context import current_actor, services

View = TypeVar("View", bound=Callable[..., Any])

CHUNK = 64 * 1024
FIELD_BYTES = 2 * 1024 * 1024
PARTS = 200
# RFC 2046 allows 70; some clients write a few more, and what they send is as clear.
_BOUNDARY = 200
TOKEN = "csrf_token"  # noqa: S105 - the field's name
_HEADERS = ("X-CSRFToken", "X-CSRF-Token")


class StagedUpload(FileStorage):
    """A file of the form that lies in quarantine. `staged` says where and what it is."""

    def __init__(self, staged: StagedFile, part: File) -> None:
        super().__init__(
            stream=cast("Any", _Size(staged.size)),
            filename=part.filename,
            name=part.name,
            headers=part.headers,
        )
        self.staged = staged


class _Size(io.RawIOBase):
    """Stands for bytes that are elsewhere: it knows their number and gives none of them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """The position asked for; the end is the size."""
        return self._size + offset if whence == io.SEEK_END else offset

    def read(self, size: int = -1, /) -> bytes:
        """Nothing: the bytes are in quarantine."""
        del size
        return b""


def receives_files(view: View) -> View:
    """Decorator of a view that takes files. Quarantine is cleared when the view is done, whatever it did."""

    @wraps(view)
    def receive(*args: Any, **values: Any) -> Any:
        ports = services()
        form = _Form(ports.storage, ports.settings.upload_limit)
        try:
            form.read()
            return view(*args, **values)
        finally:
            form.clear()

    return csrf.exempt(cast("View", receive))


def staged_of(upload: FileStorage, storage: Storage) -> StagedFile:
    """Where an uploaded file is staged; files of other parsers are staged now."""
    if isinstance(upload, StagedUpload):
        return upload.staged
    return stage_upload(cast("Any", upload.stream), storage, services().settings.upload_limit)


def receive_one(
    case_id: UUID, side: Side | None, upload: FileStorage, number: int = 0
) -> ReceivedItem:
    """One file that lies in quarantine: one transaction makes it evidence."""
    actor, ports = current_actor(), services()
    staged = staged_of(upload, ports.storage)
    key = request.form.get("idempotency_key", "")[:80]
    command = ReceiveUpload(
        case_id,
        side,
        upload.filename or "",
        upload.mimetype or "",
        f"{key}:{number}" if key else "",
    )
    with transaction(actor) as tx:
        return admit_staged(tx, command, staged, ports.storage, actor, ports.clock)


class _Form:
    """Reads one multipart body from front to back."""

    def __init__(self, storage: Storage, limit: int) -> None:
        self._storage = storage
        self._limit = limit
        self._fields: list[tuple[str, str]] = []
        self._files: list[tuple[str, StagedUpload]] = []
        self._room = FIELD_BYTES
        self._proven = False

    def read(self) -> None:
        """Fill the request. Raises BadRequest, RequestEntityTooLarge, CSRFError, Unavailable."""
        if request.mimetype != "multipart/form-data":
            self._fields = list(request.form.items(multi=True))
            self._prove()
            return
        events = self._events(self._decoder())
        try:
            for event in events:
                self._take(event, events)
        except TooLarge as error:
            self._drain()
            raise RequestEntityTooLarge(self._words()) from error
        except Unavailable:
            self._drain()
            raise
        except UnicodeDecodeError as error:
            raise BadRequest from error
        finally:
            self._publish()
        self._prove()

    def clear(self) -> None:
        """Nothing stays in quarantine: what was admitted was copied."""
        for _name, upload in self._files:
            with suppress(Unavailable):
                self._storage.delete_quarantine(upload.staged.key)

    def _take(self, event: Event, events: Iterator[Event]) -> None:
        if isinstance(event, Field):
            self._fields.append((event.name, self._text(events)))
        elif isinstance(event, File) and event.filename:
            self._prove()
            staged = stage_upload(_Part(events), self._storage, self._limit)
            self._files.append((event.name, StagedUpload(staged, event)))
        elif isinstance(event, File):
            self._text(events)

    def _text(self, events: Iterator[Event]) -> str:
        """One field, within what all fields together may hold (B004)."""
        body = bytearray()
        for event in events:
            assert isinstance(event, Data)
            self._room -= len(event.data)
            if self._room < 0:
                raise RequestEntityTooLarge
            body += event.data
            if not event.more_data:
                break
        return body.decode("utf-8")

    def _prove(self) -> None:
        """The form is ours: asked before the first file is read, and at the end at the latest."""
        if self._proven:
            return
        fields = dict(reversed(self._fields))
        token = fields.get(TOKEN) or next(filter(None, map(request.headers.get, _HEADERS)), None)
        try:
            validate_csrf(token)
        except ValidationError as error:
            raise CSRFError(str(error)) from error
        g.csrf_valid = True
        self._proven = True

    @staticmethod
    def _drain() -> None:
        """Let the rest of the body go by unread, within the limit of a request: else browsers show no answer."""
        with suppress(HTTPException):
            while request.stream.read(CHUNK):
                pass

    def _publish(self) -> None:
        request.__dict__["form"] = ImmutableMultiDict(self._fields)
        request.__dict__["files"] = ImmutableMultiDict(self._files)
        request.__dict__["values"] = request.__dict__["form"]

    def _words(self) -> str:
        return _("This file is larger than %(limit)s MB.", limit=self._limit // (1024 * 1024))

    @staticmethod
    def _decoder() -> MultipartDecoder:
        boundary = request.mimetype_params.get("boundary", "").encode("latin-1", "replace")
        if not 0 < len(boundary) <= _BOUNDARY:
            raise BadRequest
        return MultipartDecoder(boundary, max_form_memory_size=FIELD_BYTES, max_parts=PARTS)

    @staticmethod
    def _events(decoder: MultipartDecoder) -> Iterator[Event]:
        """Events of the body as it comes in. A body that ends early is a bad request: nothing was received."""
        try:
            while True:
                event = decoder.next_event()
                if isinstance(event, NeedData):
                    decoder.receive_data(request.stream.read(CHUNK) or None)
                elif isinstance(event, Epilogue):
                    return
                else:
                    yield event
        except ValueError as error:
            raise BadRequest from error


class _Part:
    """The bytes of one file part, pulled by the storage."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._waiting = b""
        self._more = True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most *size*; empty at the end of the part."""
        while not self._waiting and self._more:
            event = next(self._events)
            assert isinstance(event, Data)
            self._waiting, self._more = bytes(event.data), event.more_data
        if size < 0:
            size = len(self._waiting)
        chunk, self._waiting = self._waiting[:size], self._waiting[size:]
        return chunk
