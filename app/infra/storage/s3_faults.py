"""What the store answers when something is wrong, in our own words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from app.infra.counters import STORE_ERRORS
from app.infra.storage.port import AlreadyThere, ObjectMissing, WrongBytes
from app.kernel.errors import Unavailable

_MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NotFound", "NoSuchUpload"}
_TAKEN = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
_WRONG = {"BadDigest", "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"}


@contextlib.contextmanager
def faults(key: str = "") -> Iterator[None]:
    """Turn the vendor's errors into ours."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise ObjectMissing(key) from error
        if code in _WRONG:
            raise WrongBytes(key) from error
        if code in _TAKEN:
            raise AlreadyThere(key) from error
        STORE_ERRORS.inc()
        raise Unavailable("storage", f"the object store answered {code or 'an error'}") from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        STORE_ERRORS.inc()
        raise Unavailable("storage", "the object store cannot be reached") from error
