"""Use-cases of evidence: intake, sharing, judging, custody, sweeping. The fixed names stand here."""

from __future__ import annotations

from app.evidence.service.custody import open_item, verify_item
from app.evidence.service.intake import admit_staged, receive_upload, stage_upload
from app.evidence.service.verdicts import record_verdict, share_item, unshare_item, withdraw_item

__all__ = [
    "admit_staged", "open_item", "receive_upload", "record_verdict", "share_item", "stage_upload",
    "unshare_item", "verify_item", "withdraw_item",
]  # fmt: skip
