"""`make run`: set up what changed, then become `redress up`. Standard library only."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

import setup
from steps import VENV

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    setup.guarded("run")
    if sys.platform == "linux":  # a killed `make` leaves nothing behind
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    console = str(VENV / "bin" / "redress")
    os.execv(  # noqa: S606 - we become the product
        console, [console, "up", *sys.argv[1:]]
    )
