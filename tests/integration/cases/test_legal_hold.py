"""The database itself refuses under a legal hold, whatever a service forgot (I14)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from app.cases.commands import SetLegalHold
from app.cases.service.care import set_legal_hold
from app.infra.db.transaction import transaction
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import make_item


@pytest.mark.parametrize(
    "sql",
    [
        "update evidence_item set state = 'withdrawn', withdrawn_at = now() where case_id = %s",
        "delete from history_private where entry_id in (select id from history_entry where case_id = %s)",
        'delete from "case" where id = %s',
        """insert into case_transition (id, case_id, version, round, kind, from_state, event, to_state, actor_name, acted_as, reason, data, at)
           select gen_random_uuid(), id, 99, 1, kind, 'triage', 'withdraw', 'closed', 'x', 'x', '', '{}', now() from "case" where id = %s""",
    ],
)
def test_i14_the_owner_of_the_database_is_refused_too(
    app: Any, pg: dict[str, Any], clock: Any, sql: str
) -> None:
    cast = make_cast("ada", "cy", "eli")
    case = make_case(cast["ada"], respondent=cast["cy"])
    make_item(cast["ada"].actor, case.id)
    eli = cast["eli"].actor
    with transaction(eli) as tx:
        from app.cases.queries import case_by_id

        version = case_by_id(tx, eli, case.id).version
        set_legal_hold(tx, SetLegalHold(case.id, version, is_on=True, reason="court"), eli, clock)

    with (
        psycopg.connect(pg["superuser"]) as connection,
        pytest.raises(psycopg.Error, match="legal hold"),
    ):
        connection.execute(sql, (case.id,))
