"""Spark where it is installed: whether the extra and Java are there, and the session that an audit works in.

What Spark may use is said to Spark: by `spark-submit`, `PYSPARK_SUBMIT_ARGS` or its own files of settings. Where nobody
says anything, it is this machine, every core of it, reached by nobody else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.words import words as _
from app.recompute.rules.inputs import BadInput

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
_ROOT = Path(__file__).resolve().parents[3]
_ALONE = (
    "--master local[*] --conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false "
    "--conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 --conf spark.log.level=ERROR "
    "pyspark-shell"
)
_VERSION = re.compile(r'version "(\d+)')


def lacking() -> str:
    """What is missing for Spark on this machine, in a few words; empty when nothing is."""
    extra = find_spec("pyspark")
    if (
        extra is None or extra.origin is None
    ):  # Without an origin it is a folder that an uninstaller left behind.
        return _("the extra is not installed")
    java = _java()
    if java is None:
        return _("there is no Java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - found above
    version = _VERSION.search(said.stderr)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return _("Java is older than 17")
    return ""


def require_spark() -> None:
    """Raises BadInput that names the fix when Spark cannot start here."""
    missing = lacking()
    if missing:
        raise BadInput(
            "engine",
            "missing",
            _(
                "The engine spark cannot start: %(what)s. Install redress[distributed] (python3 tools/setup.py distributed) and Java 17, or leave --engine out.",
                what=missing,
            ),
        )


@contextmanager
def session() -> Iterator[SparkSession]:
    """The session that is active, left as it is; without one a session of our own, which ends with the block."""
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        yield active
        return
    with _environment(_settings()):
        own = SparkSession.builder.appName("redress payouts audit").getOrCreate()
    try:
        yield own
    finally:
        own.stop()


def _settings() -> dict[str, str]:
    """Workers on this machine run this Python and find this code; what somebody set already stays."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PYSPARK_SUBMIT_ARGS": os.environ.get("PYSPARK_SUBMIT_ARGS", _ALONE),
        "PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON", sys.executable),
        "PYTHONPATH": os.pathsep.join(paths),
    }


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Java and its workers take their environment from ours at the start; afterwards ours is as it was."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None)
