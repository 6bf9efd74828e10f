"""Releases and recordings are found in any spelling, by the desk alone, with the cases about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.commands import WallOff
from app.cases.service.people import wall_off_person
from app.catalogue.queries import cases_about, search_releases
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.search.commands import Subject
from app.search.queries import Seen, Wanted
from app.search.queries import find as find_entries
from app.search.rules import ask
from app.workflows.find import Look, find, within
from app.workflows.reindex import rebuild_batch
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import make_case, make_draft
from tests.factories.catalogue import NIGHT, NIGHT_TWO, TOWER, make_about, make_catalogue

SYSTEM = Actor.system("test")
CATALOGUE = frozenset({Subject.RELEASE, Subject.RECORDING})


@pytest.fixture
def people(app: Any) -> Any:
    cast = make_cast("ada", "bo", "cy", "dee", "rio", "aud", "adi")
    make_catalogue(NIGHT, NIGHT_TWO, TOWER)
    return cast


@pytest.fixture
def look(tx_as: Any) -> Any:
    def answer(person: Any, typed: str, **filters: Any) -> Any:
        with tx_as(person.actor) as tx:
            return find(tx, Look(ask(typed), kinds=CATALOGUE, **filters), person.actor)

    return answer


@pytest.fixture
def titles(look: Any) -> Any:
    return lambda person, typed: sorted(row.title for row in look(person, typed).page.rows)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("night ferry", ["Night Ferry"]),
        ("NİGHT", ["Night Ferry"]),
        ("quiet live", ["Quiet Tide (Live)"]),
        ("sabina aliyeva", ["Night Ferry", "Quiet Tide (Live)", "Salt Road"]),
        ("səbinə tide", ["Quiet Tide (Live)"]),
        ("東京", ["เพลงของฉัน", "東京タワー"]),
        ("タワー", ["東京タワー"]),
        ("ของฉัน", ["เพลงของฉัน"]),
        ("京東", []),
        ("036000291452", ["Night Ferry"]),
        ("36000291452", ["Night Ferry"]),
        ("0 36000 29145 2", ["Night Ferry"]),
        ("UPC 00036000291452", ["Night Ferry"]),
        ("4-006381-333931", ["東京タワー"]),
        ("AZTW12600418", ["Quiet Tide (Live)"]),
        ("az-tw1-26-00418", ["Quiet Tide (Live)"]),
        ("ISRC: AZ TW1 26 00418", ["Quiet Tide (Live)"]),
        ("T-034.524.680-1", ["Quiet Tide (Live)"]),
        ("036000291453", []),
    ],
)
def test_the_catalogue_is_found_in_any_spelling(
    people: Any, titles: Any, typed: str, found: list[str]
) -> None:
    assert titles(people["rio"], typed) == found


def test_an_artist_is_found_by_a_name_like_it(people: Any, look: Any) -> None:
    answer = look(people["rio"], "sabena aliyeva")

    assert answer.similar
    assert {row.title for row in answer.page.rows} == {
        "Night Ferry",
        "Quiet Tide (Live)",
        "Salt Road",
    }


def test_a_new_file_corrects_what_is_found(people: Any, titles: Any) -> None:
    make_catalogue(
        NIGHT.replace("Night Ferry,", "Dawn Ferry,").replace("Sabina Aliyeva", "Sabinka")
    )

    assert titles(people["rio"], "night") == []
    assert titles(people["rio"], "dawn") == ["Dawn Ferry"]
    # Everything of the artist bears the new spelling, also what the file did not name.
    assert titles(people["rio"], "sabinka") == ["Dawn Ferry", "Quiet Tide (Live)", "Salt Road"]
    assert titles(people["rio"], "aliyeva") == []


def test_a_release_stands_at_the_day_it_came_out(people: Any, look: Any) -> None:
    rows = look(people["rio"], "night ferry").page.rows

    assert [row.at for row in rows] == [datetime(2026, 3, 1, tzinfo=UTC)]
    assert look(people["rio"], "night", since=datetime(2026, 4, 1, tzinfo=UTC)).page.total == 0
    assert look(people["rio"], "night", states=("submitted",)).page.total == 0


def test_b145_parties_and_other_roles_find_no_catalogue(people: Any, titles: Any) -> None:
    for nobody in ("ada", "bo", "aud", "adi"):
        assert titles(people[nobody], "ferry") == []


def _everything(_actor: Actor, _entry: Any) -> Any:
    return text("true")


def test_b145_both_walls_keep_the_catalogue_by_themselves(people: Any, tx_as: Any) -> None:
    """The query's wall lets a holder see their own; the database's keeps all of it for the desk."""
    wanted = Wanted(ask("sabina"), CATALOGUE)
    for actor, seen in ((people["bo"].actor, 0), (people["ada"].actor, 3)):
        with tx_as(SYSTEM) as tx:
            assert find_entries(tx, wanted, Seen(actor, within)).total == seen
        with tx_as(actor) as tx:
            assert find_entries(tx, wanted, Seen(actor, _everything)).total == 0


def test_what_is_found_names_the_cases_about_it(people: Any, look: Any, tx_as: Any) -> None:
    ada, rio = people["ada"], people["rio"]
    whole, single = make_case(ada, respondent=people["cy"]), make_case(ada)
    draft = make_draft(ada)
    release = _night(tx_as)
    for case_id in (whole.id, draft):
        make_about(ada, case_id, release.id)
    make_about(ada, single.id, release.id, release.recordings[0].id)

    assert _about(look(rio, "night ferry")) == {"Night Ferry": {whole.ref, single.ref}}
    assert _about(look(rio, "quiet")) == {"Quiet Tide (Live)": {whole.ref, single.ref}}
    assert _about(look(rio, "salt road")) == {"Salt Road": {whole.ref}}
    assert _about(look(rio, "東京")) == {}


def test_a_case_counts_by_the_numbers_it_names(people: Any, look: Any, tx_as: Any) -> None:
    by_isrc = make_case(people["ada"], isrc="AZTW12600418")
    by_upc = make_case(people["bo"], isrc="", upc="00036000291452")

    rio = people["rio"]
    assert _about(look(rio, "night ferry")) == {"Night Ferry": {by_isrc.ref, by_upc.ref}}
    assert _about(look(rio, "quiet")) == {"Quiet Tide (Live)": {by_isrc.ref}}
    assert _about(look(rio, "salt road")) == {}


def test_b145_a_walled_case_about_it_is_neither_named_nor_counted(
    people: Any, look: Any, tx_as: Any
) -> None:
    ada, rio = people["ada"], people["rio"]
    case, named = make_case(ada), make_case(ada, isrc="AZTW12600418")
    release = _night(tx_as)
    make_about(ada, case.id, release.id)
    with tx_as(SYSTEM) as tx:
        for one in (case, named):
            wall_off_person(tx, WallOff(one.id, rio.id, "cousin"), SYSTEM, FixedClock(NOON))
        # The query's own wall, where the database keeps nothing back.
        assert cases_about(tx, rio.actor, [release.id], []) == {}

    assert look(rio, "night ferry").about == {}
    assert _about(look(people["dee"], "night ferry")) == {"Night Ferry": {case.ref, named.ref}}


def test_of_many_cases_the_newest_five_are_named_and_all_are_counted(
    people: Any, look: Any, tx_as: Any
) -> None:
    release = _night(tx_as)
    for _ in range(7):
        make_about(people["ada"], make_case(people["ada"]).id, release.id)

    (about,) = look(people["rio"], "night ferry").about.values()

    assert (len(about.cases), about.total) == (5, 7)


def test_a_rebuild_brings_the_catalogue_back_and_forgets_what_is_none(
    people: Any, titles: Any, tx_as: Any
) -> None:
    with tx_as(SYSTEM) as tx:
        tx.execute(
            text(
                "select search_forget(subject_kind, array_agg(subject_id)) from search_entry "
                "where case_id is null group by subject_kind"
            )
        )
        tx.execute(
            text(
                "select search_put('release', gen_random_uuid(), null, 'desk', 'shared', 'Gone', '', now(), '{gone}', '{}', '')"
            )
        )
    assert titles(people["rio"], "ferry") == []

    for subject in CATALOGUE:
        with tx_as(SYSTEM) as tx:
            rebuild_batch(tx, subject, None)

    assert titles(people["rio"], "ferry") == ["Night Ferry"]
    assert titles(people["rio"], "aztw12600418") == ["Quiet Tide (Live)"]
    assert titles(people["rio"], "gone") == []


def _night(tx_as: Any) -> Any:
    with tx_as(SYSTEM) as tx:
        return search_releases(tx, SYSTEM, "night ferry").rows[0]


def _about(answer: Any) -> dict[str, set[str]]:
    return {
        row.title: {case.ref for case in answer.about[row.id].cases}
        for row in answer.page.rows
        if row.id in answer.about
    }
