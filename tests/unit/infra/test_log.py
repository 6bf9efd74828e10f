"""B190: neither local variables nor messages of errors reach the log."""

from __future__ import annotations

import json

import pytest
import structlog

from app.infra.log import configure


def test_b190_a_trace_holds_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    try:
        canary = "canary-local-7311"
        try:
            raise ValueError(f"canary-message {canary[:0]}")  # noqa: TRY301 - to be logged
        except ValueError:
            structlog.get_logger().exception("request_failed", endpoint="desk.cases_list")
        structlog.get_logger().debug("quiet")
    finally:
        structlog.reset_defaults()

    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert "canary" not in line
    assert (said["event"], said["endpoint"], said["level"]) == (
        "request_failed",
        "desk.cases_list",
        "error",
    )
    assert said["timestamp"].endswith("Z")
    assert said["exception"][0]["exc_type"] == "ValueError"
    assert said["exception"][0]["frames"]


def test_b190_fields_that_are_not_on_the_list_are_left_out_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("info")
    try:
        structlog.get_logger().info("mail_sent", mail_id="7", address="ada@label.example", body="x")
    finally:
        structlog.reset_defaults()

    said = json.loads(capsys.readouterr().out)
    assert said == {
        "event": "mail_sent", "mail_id": "7", "left_out": 2, "level": "info", "timestamp": said["timestamp"],
    }  # fmt: skip
