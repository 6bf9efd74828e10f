"""Use-cases of evidence: intake, sharing, judging, custody, sweeping. The fixed names stand here."""

from __future__ import annotations

from app.evidence.service.custody import open_item, verify_item
from app.evidence.service.intake import admit_staged, receive_upload, stage_upload
from app.evidence.service.uploads import (
    abort_upload,
    begin_upload,
    complete_upload,
    parts_safe,
    sign_parts,
)
from app.evidence.service.verdicts import record_verdict, share_item, unshare_item, withdraw_item

__all__ = [
    "abort_upload", "admit_staged", "begin_upload", "complete_upload", "open_item", "parts_safe", "receive_upload", "record_verdict", "share_item", "sign_parts", "stage_upload",
    "unshare_item", "verify_item", "withdraw_item",
]  # fmt: skip
