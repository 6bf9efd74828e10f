"""The operator's commands: what they print, what they change, and their exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest
from sqlalchemy import text

from app.cli.main import redress
from app.corrections.queries.batches import batch_view
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person
from tests.factories.cases import make_case
from tests.factories.corrections import make_desk
from tests.factories.reconciling import HEAD_IN_WORDS, make_left, posted


def every_command() -> list[tuple[str, click.Command]]:
    """All commands and groups by their words."""
    found: list[tuple[str, click.Command]] = []
    context = click.Context(redress)

    def walk(words: str, command: click.Command) -> None:
        found.append((words, command))
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                walk(f"{words} {name}", child)

    walk("redress", redress)
    return found


@pytest.mark.parametrize(("words", "command"), every_command())
def test_each_command_explains_itself(words: str, command: click.Command) -> None:
    assert command.help, words
    assert command.help.rstrip().endswith((".", "8.")) or "\n" in command.help


def test_users_create_makes_people_and_refuses_a_taken_address(console: Any) -> None:
    made = console("users", "create", "ada@label.example", "--name", "Ada", "--role", "artist")
    again = console("users", "create", "ada@label.example", "--name", "Ada", "--role", "artist")
    staff = console("users", "create", "adi@label.example", "--name", "Adi", "--role", "admin")

    assert (made.exit_code, again.exit_code, staff.exit_code) == (0, 2, 0)
    assert re.match(r"Created [0-9a-f-]{36}\.", made.output)
    assert "email" in again.output
    assert console("users", "create", "x@y.example", "--name", "X", "--role", "king").exit_code == 2


def test_catalogue_import_takes_a_whole_file_or_names_line_and_column(
    console: Any, tmp_path: Path
) -> None:
    file = tmp_path / "catalogue.csv"
    header = "artist_code,artist,upc,release_title,recording_title,isrc"
    file.write_text(f"{header}\nT1,Ada,036000291452,Low Tide,Low Tide,USRC17607839\n")
    done = console("catalogue", "import", str(file))
    file.write_text(f"{header}\nT1,Ada,036000291453,Low Tide,Low Tide,USRC17607839\n")
    refused = console("catalogue", "import", str(file))

    assert (done.exit_code, refused.exit_code) == (0, 2), done.output
    assert re.search(r"^release +1$", done.output, re.MULTILINE)
    assert refused.output.startswith("line 2, upc: ")


def test_checks_and_history_are_well_and_say_so(console: Any) -> None:
    console("users", "create", "ada@label.example", "--name", "Ada", "--role", "artist")

    checked, history = console("check", "invariants"), console("history", "verify")

    assert (checked.exit_code, history.exit_code) == (0, 0), checked.output + history.output
    assert re.search(r"^(\d+) of \1 invariants hold\.$", checked.output, re.MULTILINE)
    assert console("check", "invariants", "--only", "no-such").exit_code == 8


def test_limits_of_approval_are_shown_and_changed_with_a_reason(console: Any) -> None:
    before = console("policies", "limits")
    unsaid = console("policies", "limits", "EUR=2000")
    wrong = console("policies", "limits", "EUR=two", "--reason", "x")
    after = console("policies", "limits", "EUR=2000", "JPY=", "--reason", "A busier year.")

    assert "Version 1" in before.output
    assert "EUR          1,000" in before.output
    assert (unsaid.exit_code, wrong.exit_code, after.exit_code) == (2, 2, 0)
    assert "Version 2" in after.output
    assert "EUR          2,000" in after.output
    assert "JPY" not in after.output


def test_the_search_index_is_built_again(console: Any, app: Any) -> None:
    make_case(make_person("ada"), subject_title="Night Ferry")
    with transaction(Actor.system("test")) as tx:
        tx.execute(text("select search_forget('party', array(select id from case_party))"))

    first, second = console("search", "rebuild"), console("search", "rebuild")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "case  1 written, 0 forgotten" in first.output
    assert first.output == second.output


def test_a_tampered_history_is_found(console: Any, pg: dict[str, Any]) -> None:
    console("users", "create", "ada@label.example", "--name", "Ada", "--role", "artist")
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "update history_entry set verb = 'person.forged' where verb = 'person.created'"
        )

    found = console("history", "verify")

    assert found.exit_code == 8
    assert "BROKEN" in found.output


def test_migrate_without_the_owner_refuses_and_says_what_to_run(console: Any) -> None:
    refused = console("migrate", with_={"DATABASE_OWNER_URL": None})

    assert refused.exit_code == 3
    assert "DATABASE_OWNER_URL=" in refused.output
    assert console("migrate").exit_code == 0


def test_wrong_settings_are_listed_together(console: Any) -> None:
    refused = console("jobs", "parked", with_={"REDRESS_DEMO": "perhaps", "PORT": "no"})

    assert refused.exit_code == 2
    assert "REDRESS_DEMO=perhaps" in refused.output
    assert "PORT=no" in refused.output


def test_a_database_that_is_away_is_exit_code_seven(console: Any, environ: dict[str, str]) -> None:
    nowhere = re.sub(r":\d+/", ":9/", environ["DATABASE_URL"])

    assert console("jobs", "parked", with_={"DATABASE_URL": nowhere}).exit_code == 7


def test_parked_jobs_are_listed_and_put_back(console: Any, pg: dict[str, Any]) -> None:
    with psycopg.connect(pg["superuser"]) as owner:
        row = owner.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, attempts, args) "
            "values ('soon', 'letters.render', 'failed', 8, '{\"letter_id\": \"7\"}') returning id"
        ).fetchone()
    assert row is not None

    listed = console("jobs", "parked")
    assert (listed.exit_code, "letters.render" in listed.output) == (0, True)
    assert console("jobs", "retry", str(row[0])).exit_code == 0
    assert "0 parked." in console("jobs", "parked").output
    assert console("jobs", "retry", str(row[0])).exit_code == 4


def test_health_answers_each_question(console: Any) -> None:
    well = console("health")

    assert well.exit_code == 0, well.output
    names = [line.split()[0] for line in well.output.splitlines()]
    assert names == [
        "database",
        "migrations",
        "role",
        "durable",
        "queue",
        "deadlines",
        "clock",
        "store",
        "signer",
    ]
    assert console("health", with_={"S3_ENDPOINT_URL": "http://127.0.0.1:9"}).exit_code == 8


def test_the_demo_is_seeded_by_the_part_handed_in(console: Any) -> None:
    assert console("seed", "demo").output == "somebody\n"
    assert console("worker", "--until-idle").exit_code == 0


def test_tokens_are_made_listed_and_taken_back(app: Any, console: Any) -> None:
    make_person("ada")

    made = console("tokens", "create", "ada@example.com", "--scope", "cases:read", "--name", "Mine")
    listed = console("tokens", "list", "ada@example.com")
    token_id = listed.output.split()[0]
    taken = console("tokens", "revoke", token_id)
    after = console("tokens", "list", "ada@example.com")

    assert re.fullmatch(r"rdt_[\w-]{43}\n", made.output)
    assert made.output[:12] in listed.output
    assert "cases:read  Mine" in listed.output
    assert (taken.exit_code, after.output) == (0, "")
    assert console("tokens", "create").exit_code == 2
    assert console("tokens", "create", "--demo").exit_code == 4
    make_person("sabina", email="sabina@tidewater.example")
    assert console("tokens", "create", "--demo").output.startswith("rdt_")
    assert console("tokens", "create", "nobody@example.com").exit_code == 4
    assert console("tokens", "revoke", "what").exit_code == 2


def test_ledger_codes_are_changed_in_versions_and_months_are_listed(console: Any) -> None:
    empty = console("ledger", "codes")
    made = console("ledger", "codes", "payable=2100", "payable:eur=2101", "--reason", "Our chart")
    changed = console("ledger", "codes", "payable:EUR=", "--from", "2026-12-01", "--reason", "One")
    wrong = console("ledger", "codes", "payables=2100", "--reason", "Our chart")
    bare = console("ledger", "codes", "bank=1010")
    shown = console("ledger", "codes")
    months = console("ledger", "months", "--count", "2")

    assert "no account codes yet" in empty.output
    assert (made.exit_code, changed.exit_code, wrong.exit_code, bare.exit_code) == (0, 0, 2, 2)
    assert "Version 2" in changed.output
    assert "accounts are royalty_expense" in wrong.output
    assert re.search(r"payable +EUR +2101", shown.output)
    assert re.fullmatch(r"(\d{4}-\d\d  open\n){2}", months.output)


def test_a_file_of_the_ledger_is_compared_and_told_as_a_table_or_json(
    app: Any, console: Any, pg: dict[str, Any], tmp_path: Path
) -> None:
    desk = make_desk(pg)
    batch = make_left(desk, app)
    with transaction(desk.fay.actor, read_only=True) as tx:
        view = batch_view(tx, desk.fay.actor, batch)
    first = next(one for one in view.entries if one.total.minor_units() == 1000)
    file, number = tmp_path / "gl.csv", str(view.number)
    lines = posted(first.correction_id, "10.00") + posted("GL-1", "3.00")
    file.write_text(HEAD_IN_WORDS + lines)

    table = console("ledger", "reconcile", number, str(file))
    said = console("ledger", "reconcile", number, str(file), "--json")
    file.write_text(f"{HEAD_IN_WORDS}x,1,EUR\n")
    broken = console("ledger", "reconcile", number, str(file))
    nobody = console("ledger", "reconcile", "999999", str(file))

    assert (table.exit_code, said.exit_code, broken.exit_code, nobody.exit_code) == (1, 1, 2, 4)
    assert re.search(r"matched +\S+ +10\.00 EUR +10\.00 EUR +2026-11-30 2", table.output)
    assert "1 matched, 1 missing, 1 unknown." in table.output
    found = json.loads(said.output)
    assert found["counts"] == {"matched": 1, "differs": 0, "missing": 1, "unknown": 1, "twice": 0}
    assert [row["posted"] for row in found["rows"] if row["state"] == "unknown"] == ["3.00"]
    assert "line 2" in broken.output


def test_webhooks_are_made_tested_rotated_sent_again_and_removed(app: Any, console: Any) -> None:
    make_person("ada")

    made = console("webhooks", "create", "ada@example.com", "https://example.com/in")
    key, secret = made.output.split()
    tested = console("webhooks", "test", key)
    with transaction(Actor.system("test")) as tx:
        tx.execute(text("update webhook_delivery set state = 'failed', ended_at = now()"))
    again = console("webhooks", "replay", key, "--failed-since", "999h")
    log = console("webhooks", "log", key)
    rotated = console("webhooks", "rotate", key)
    off = console("webhooks", "switch", key, "off")
    listed = console("webhooks", "list", "--owner", "ada@example.com")
    refused = console("webhooks", "test", key)
    gone = console("webhooks", "remove", key)

    assert {one.exit_code for one in (made, tested, again, log, rotated, off, listed, gone)} == {0}
    assert secret.startswith("whsec_")
    assert rotated.output.startswith("whsec_")
    assert secret not in listed.output + log.output
    assert again.output == "1 queued.\n"
    assert "  ping  waiting  none" in log.output
    assert f"{key}  off  Ada Amberg  https://example.com/in  case.filed," in listed.output
    assert refused.exit_code == 3
    assert console("webhooks", "list").output == ""


def test_webhooks_say_what_is_wrong(app: Any, console: Any) -> None:
    make_person("ada")

    bad = console("webhooks", "create", "ada@example.com", "http://10.0.0.1/")

    assert (bad.exit_code, "url: The address has to begin with https://" in bad.output) == (2, True)
    assert console("webhooks", "create", "nobody@example.com", "https://e.com/").exit_code == 4
    assert console("webhooks", "test", "what").exit_code == 2
    assert console("webhooks", "replay", "what").exit_code == 2
    key = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
    assert console("webhooks", "replay", key).exit_code == 4
    assert console("webhooks", "replay", key, "--failed-since", "yesterday").exit_code == 2


def test_mail_bounce_takes_a_report_and_leaves_other_mail_aside(
    console: Any, tmp_path: Path
) -> None:
    letter = tmp_path / "mail.eml"
    letter.write_bytes(b"Subject: Hello\r\n\r\nNo report.")

    found = console("mail", "bounce", str(letter))

    assert (found.exit_code, found.output) == (0, "No delivery report about a mail of ours.\n")


def test_a_finished_backup_is_noted(console: Any, pg: dict[str, Any]) -> None:
    assert console("mark", "backup").exit_code == 0
    assert console("mark", "lunch").exit_code == 2
    assert console("history", "verify").exit_code == 0

    with psycopg.connect(pg["superuser"]) as owner:
        names = owner.execute("select name from operations_mark order by name").fetchall()
    assert names == [("backup",), ("history_verified",)]


def test_a_kind_of_jobs_is_put_back_and_a_waiting_one_parked(
    console: Any, pg: dict[str, Any]
) -> None:
    with psycopg.connect(pg["superuser"]) as owner:
        ids = [
            owner.execute(
                "insert into procrastinate_jobs (queue_name, task_name, status, attempts) "
                "values ('soon', 'letters.render', %s::procrastinate_job_status, 0) returning id", (status,)
            ).fetchone()
            for status in ("failed", "failed", "todo")
        ]  # fmt: skip
    assert ids[2] is not None

    assert console("jobs", "park", str(ids[2][0])).exit_code == 0
    assert console("jobs", "park", str(ids[2][0])).exit_code == 4
    assert "3 queued again." in console("jobs", "retry-kind", "letters.render").output
    assert console("jobs", "retry-kind", "letters.render").exit_code == 4
    with psycopg.connect(pg["superuser"]) as owner:
        verbs = owner.execute("select verb from history_entry where verb like 'job.%' order by id")
        assert verbs.fetchall() == [("job.parked",), ("job.kind_retried",)]
