"""/livez touches nothing; /readyz says 503 when the process is not fit, with reasons on loopback only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.infra.clock import SystemClock
from app.infra.sign.unsigned import NoSigner
from app.kernel.clock import FixedClock
from tests.factories.letters import with_services


def test_livez_and_readyz_answer(app: Any) -> None:
    client = app.test_client()
    app.extensions["redress"] = replace(app.extensions["redress"], clock=SystemClock())

    assert client.get("/livez").json == {"live": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"ready": True, "problems": {}, "notes": {}})
    with with_services(app, signer=NoSigner()):
        told = client.get("/readyz")
        assert told.status_code == 200
        assert "without a signature" in told.json["notes"]["signer"]
    app.extensions["redress"] = replace(
        app.extensions["redress"], clock=FixedClock(SystemClock().now() + timedelta(hours=1))
    )
    outside = client.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (outside.status_code, outside.json) == (503, {"ready": False})
