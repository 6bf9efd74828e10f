"""Writing the terms: one change is one version, and history says who made it."""

from app.terms.service.changes import (
    SHOWN,
    Change,
    add_row,
    end_row,
    import_terms,
    preview,
    read_file,
)

__all__ = ["SHOWN", "Change", "add_row", "end_row", "import_terms", "preview", "read_file"]
