"""Checking the signature of a file that anybody sent: in a throw-away child with limits, never here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from app.infra.sign.port import Seal, SignatureReport

ROOT = Path(__file__).resolve().parents[3]
WALL_SECONDS = 20.0
UNREADABLE = SignatureReport(Seal.UNREADABLE)


def examine(pdf: bytes) -> SignatureReport:
    """See `Signer.examine`."""
    if not pdf.startswith(b"%PDF-"):
        return SignatureReport(Seal.NONE)
    child = subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "app.infra.sign.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={},
        start_new_session=True,
        close_fds=True,
    )
    try:
        out, _ = child.communicate(pdf, timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired:
        return UNREADABLE
    finally:
        _end(child)
    return _report(out) if child.returncode == 0 else UNREADABLE


def _report(out: bytes) -> SignatureReport:
    """What the child said; a child that was taken over can say nothing but one of our words."""
    try:
        told = json.loads(out)
        moment = datetime.fromisoformat(told["signed_at"]) if told["signed_at"] else None
        return SignatureReport(
            Seal(told["seal"]), str(told["signer"])[:200], str(told["certificate"])[:64], moment
        )
    except (ValueError, KeyError, TypeError):
        return UNREADABLE


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group and reap the child."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            child.kill()
        child.communicate()
