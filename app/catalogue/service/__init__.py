"""Writing the catalogue: files of the house, who holds what, and what a case is about."""

from app.catalogue.service.imports import (
    hold_artist,
    import_catalogue,
    let_artist_go,
    read_import,
)
from app.catalogue.service.subjects import choose_subjects, drop_subjects, named_subjects

__all__ = [
    "choose_subjects",
    "drop_subjects",
    "hold_artist",
    "import_catalogue",
    "let_artist_go",
    "named_subjects",
    "read_import",
]
