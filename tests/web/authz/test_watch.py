"""The eye of the matrix sees: without this a matrix that watches nothing would pass."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.factories.accounts import make_person
from tests.web.authz.watch import Watch


def test_a_new_a_changed_and_a_deleted_row_are_named_by_their_table(
    app: Any, pg: Any, clock: Any
) -> None:
    make_person("bo", clock=clock)
    with Watch(pg["superuser"]) as watch:
        assert watch.changed() == []
        make_person("ada", clock=clock)
        assert {"person", "history_entry"} <= set(watch.changed())
        with psycopg.connect(pg["superuser"], autocommit=True) as beside:
            beside.execute("set session_replication_role = replica")  # past the guards
            beside.execute("update person set theme = 'dark'")
            assert watch.changed() == ["person"]
            beside.execute("update person set theme = theme")
            assert watch.changed() == []
            beside.execute("delete from history_private")
            assert watch.changed() == ["history_private"]
