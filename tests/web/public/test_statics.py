"""Files of the frame: a name that carries its content is kept for good, others are asked for again."""

from __future__ import annotations

import re
from typing import Any


def test_hashed_files_are_immutable_and_for_our_pages_alone(client_as: Any) -> None:
    client = client_as(None)
    sheet = re.search(r"/static/build/app\.\w+\.css", client.get("/").text)
    assert sheet is not None

    answer = client.get(sheet.group())
    answer.close()

    assert "immutable" in answer.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer.headers
