"""Which files are taken, as what, and with which warning: a total function over a decision table.

Source: UX.md section 8, RELIABILITY E2. Evidence stays byte-exact, so warnings never change a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.evidence.rules.content import Signal
from app.kernel.filenames import extension_of as dotted_extension

FORM_LIMIT = 100 * 1024 * 1024
"""Bytes of one file in a plain form post."""

ITEMS_PER_SIDE = 50
"""Files one side may add to one case; counted per side, so that a full case tells nobody about the other."""


class Outcome(StrEnum):
    """accept: stored and usable. quarantine: kept, opened by nobody. refuse: not kept."""

    ACCEPT = "accept"
    QUARANTINE = "quarantine"
    REFUSE = "refuse"


class FileKind(StrEnum):
    """What viewers may do with it; unknown is download only."""

    DOCUMENT = "document"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TABLE = "table"
    MAIL = "mail"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"


class Badge(StrEnum):
    """Warnings shown beside a file, worst first."""

    MALWARE = "malware"
    ACTIVE_CONTENT = "active_content"
    ENCRYPTED = "encrypted"
    TYPE_MISMATCH = "type_mismatch"
    UNKNOWN_TYPE = "unknown_type"
    DAMAGED = "damaged"
    DUPLICATE = "duplicate"


class Reason(StrEnum):
    """Why a file was not accepted; empty when it was."""

    NONE = ""
    EMPTY = "empty_file"
    TOO_LARGE = "too_large"
    EXECUTABLE = "executable"
    UNOPENABLE = "unopenable"
    MALWARE = "malware"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file at the door. *sniffed_type*: by its bytes. *size*, *limit*: bytes. *seen*: this side has it already."""

    filename: str
    declared_type: str
    sniffed_type: str
    size: int
    limit: int = FORM_LIMIT
    signals: frozenset[Signal] = frozenset()
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer: what happens, why, as which kind, with which warnings."""

    outcome: Outcome
    reason: Reason
    kind: FileKind
    badges: tuple[Badge, ...]


_DOC = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

TYPES: dict[str, tuple[FileKind, frozenset[str]]] = {
    "application/pdf": (FileKind.DOCUMENT, frozenset({"pdf"})),
    "application/msword": (FileKind.DOCUMENT, frozenset({"doc"})),
    _DOC: (FileKind.DOCUMENT, frozenset({"docx", "docm"})),
    _SLIDES: (FileKind.DOCUMENT, frozenset({"pptx", "pptm"})),
    "application/vnd.oasis.opendocument.text": (FileKind.DOCUMENT, frozenset({"odt"})),
    "text/rtf": (FileKind.DOCUMENT, frozenset({"rtf"})),
    "text/plain": (
        FileKind.DOCUMENT,
        frozenset({"txt", "md", "log", "csv", "tsv", "eml", "srt", "cue", "json"}),
    ),
    "application/json": (FileKind.DOCUMENT, frozenset({"json", "txt"})),
    "image/jpeg": (FileKind.IMAGE, frozenset({"jpg", "jpeg", "jpe", "jfif"})),
    "image/png": (FileKind.IMAGE, frozenset({"png"})),
    "image/gif": (FileKind.IMAGE, frozenset({"gif"})),
    "image/webp": (FileKind.IMAGE, frozenset({"webp"})),
    "image/heic": (FileKind.IMAGE, frozenset({"heic", "heif"})),
    "image/tiff": (FileKind.IMAGE, frozenset({"tif", "tiff"})),
    "audio/mpeg": (FileKind.AUDIO, frozenset({"mp3", "mpga"})),
    "audio/x-wav": (FileKind.AUDIO, frozenset({"wav"})),
    "audio/flac": (FileKind.AUDIO, frozenset({"flac"})),
    "audio/x-aiff": (FileKind.AUDIO, frozenset({"aif", "aiff"})),
    "audio/ogg": (FileKind.AUDIO, frozenset({"ogg", "oga", "opus"})),
    "audio/x-m4a": (FileKind.AUDIO, frozenset({"m4a"})),
    "video/mp4": (FileKind.VIDEO, frozenset({"mp4", "m4v"})),
    "video/quicktime": (FileKind.VIDEO, frozenset({"mov", "qt"})),
    "video/webm": (FileKind.VIDEO, frozenset({"webm"})),
    "text/csv": (FileKind.TABLE, frozenset({"csv", "txt"})),
    _SHEET: (FileKind.TABLE, frozenset({"xlsx", "xlsm"})),
    "application/vnd.ms-excel": (FileKind.TABLE, frozenset({"xls"})),
    "application/vnd.oasis.opendocument.spreadsheet": (FileKind.TABLE, frozenset({"ods"})),
    "message/rfc822": (FileKind.MAIL, frozenset({"eml"})),
    "application/vnd.ms-outlook": (FileKind.MAIL, frozenset({"msg"})),
    "application/zip": (FileKind.ARCHIVE, frozenset({"zip"})),
    "application/x-7z-compressed": (FileKind.ARCHIVE, frozenset({"7z"})),
    "application/gzip": (FileKind.ARCHIVE, frozenset({"gz", "tgz"})),
}
"""Sniffed type -> kind and the extensions that go with it."""

_ZIPPED = {
    ext: kind
    for mime in (_DOC, _SHEET, _SLIDES)
    for kind, extensions in (TYPES[mime],)
    for ext in extensions
}
_TEXT_KINDS = {"csv": FileKind.TABLE, "tsv": FileKind.TABLE, "eml": FileKind.MAIL}
_EXECUTABLE = frozenset(
    {
        "application/x-dosexec",
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-pie-executable",
        "application/x-sharedlib",
        "application/x-mach-binary",
        "application/x-msi",
        "application/java-archive",
        "application/x-ms-shortcut",
    }
)
EXECUTABLE_NAMES = frozenset(
    {"exe", "msi", "dll", "com", "scr", "bat", "cmd", "jar", "app", "dmg", "lnk"}
)
"""Extensions of programs: refused before anything is sent. Afterwards the bytes decide, not the name."""
UNOPENABLE = frozenset(
    {"flp", "als", "alp", "ptx", "ptf", "cpr", "logicx", "band", "rpp", "song", "reason"}
)
"""Project files of music programs: they mean nothing without the program, its samples and plug-ins."""
_ACTIVE_TYPES = frozenset({"image/svg+xml", "text/html", "application/xhtml+xml"})
_MACRO = frozenset({"docm", "xlsm", "pptm", "dotm", "xlam"})
_ACTIVE_SIGNALS = frozenset({Signal.SCRIPT, Signal.LAUNCH, Signal.EMBEDDED_FILE, Signal.MARKUP})

_DOORS: tuple[tuple[Callable[[Candidate], bool], Outcome, Reason], ...] = (
    (lambda file: file.size <= 0, Outcome.REFUSE, Reason.EMPTY),
    (lambda file: file.size > file.limit, Outcome.REFUSE, Reason.TOO_LARGE),
    (lambda file: Signal.MALWARE in file.signals, Outcome.QUARANTINE, Reason.MALWARE),
    (lambda file: file.sniffed_type in _EXECUTABLE, Outcome.REFUSE, Reason.EXECUTABLE),
    (lambda file: _extension(file.filename) in UNOPENABLE, Outcome.REFUSE, Reason.UNOPENABLE),
)
"""First match wins; what matches nothing is accepted."""


def admit(file: Candidate) -> Admission:
    """Decide about *file*. The declared type is never believed; name and bytes must agree."""
    outcome, reason = Outcome.ACCEPT, Reason.NONE
    for matches, answer, why in _DOORS:
        if matches(file):
            outcome, reason = answer, why
            break
    kind = kind_of(file.filename, file.sniffed_type)
    return Admission(outcome, reason, kind, _badges(file, kind))


def kind_of(filename: str, sniffed_type: str) -> FileKind:
    """The kind on which bytes and name agree, else unknown (B021, B022)."""
    extension = _extension(filename)
    if sniffed_type in {"application/zip", "application/octet-stream"} and extension in _ZIPPED:
        return _ZIPPED[extension] if sniffed_type == "application/zip" else FileKind.UNKNOWN
    kind, extensions = TYPES.get(sniffed_type, (FileKind.UNKNOWN, frozenset[str]()))
    if extension not in extensions:
        return FileKind.UNKNOWN
    return _TEXT_KINDS.get(extension, kind)


def _extension(filename: str) -> str:
    return dotted_extension(filename).removeprefix(".")


def _badges(file: Candidate, kind: FileKind) -> tuple[Badge, ...]:
    extension = _extension(file.filename)
    active = (
        file.sniffed_type in _ACTIVE_TYPES
        or extension in _MACRO
        or bool(file.signals & _ACTIVE_SIGNALS)
    )
    known = file.sniffed_type in TYPES
    found = {
        Badge.MALWARE: Signal.MALWARE in file.signals,
        Badge.ACTIVE_CONTENT: active,
        Badge.ENCRYPTED: Signal.ENCRYPTED in file.signals,
        Badge.TYPE_MISMATCH: kind is FileKind.UNKNOWN and known,
        Badge.UNKNOWN_TYPE: kind is FileKind.UNKNOWN and not known,
        Badge.DAMAGED: Signal.DAMAGED in file.signals,
        Badge.DUPLICATE: file.seen,
    }
    return tuple(badge for badge in Badge if found[badge])


def is_previewable(kind: FileKind, badges: tuple[Badge, ...]) -> bool:
    """True when a (re-encoded) preview may ever be made: a known kind without a warning but `duplicate`."""
    return kind is not FileKind.UNKNOWN and set(badges) <= {Badge.DUPLICATE}
