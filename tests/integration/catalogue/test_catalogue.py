"""The catalogue in the database: whole files, searches, and who sees what by both walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.catalogue.commands import HoldArtist, LetArtistGo
from app.catalogue.queries import (
    names_of_artist,
    recording_by_id,
    recordings_by_isrc,
    releases_by_id,
    search_releases,
    works_of,
)
from app.catalogue.service import hold_artist, import_catalogue, let_artist_go, read_import
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, InvalidMany, NotFound
from tests.factories.accounts import make_delegation, make_person

SYSTEM = Actor.system("test")
HEADER = (
    "artist_code,artist,other_names,holder_email,upc,release_title,recording_title,isrc,position,"
    "work_title,iswc,released_on,stores"
)
NIGHT = "T1,Səbinə,Sabina,ada@example.com,036000291452,Night Ferry,Night Ferry,AZTW12600418,1,Night Ferry,T-034.524.680-1,2026-03-01,Spotify|Deezer"
SALT = "T1,Səbinə,Sabina,ada@example.com,012345678905,Salt Road,Salt Road,AZTW12500301,1,,,2025-03-01,Spotify"
BO = "T2,Bo,,bo@example.com,4006381333931,Undertow,Undertow,AZCR12600001,1,,,2026-05-01,Spotify"


def take(tx_as: Any, clock: Any, *lines: str) -> None:
    command = read_import("catalogue.csv", "\n".join((HEADER, *lines)).encode())
    with tx_as(SYSTEM) as tx:
        import_catalogue(tx, command, SYSTEM, clock)


def titles(tx_as: Any, actor: Actor, words: str = "") -> list[str]:
    with tx_as(actor) as tx:
        return [row.title for row in search_releases(tx, actor, words).rows]


@pytest.fixture
def two(app: Any, tx_as: Any, clock: Any) -> tuple[Actor, Actor]:
    ada, bo = make_person("ada").actor, make_person("bo").actor
    take(tx_as, clock, NIGHT, SALT, BO)
    return ada, bo


@pytest.mark.parametrize(
    "words",
    ["night", "NİGHT ferry", "sabina night", "az-tw1-26-00418", "36000291452", "036000291452"],
)
def test_a_release_is_found_by_title_artist_isrc_and_upc(two: Any, tx_as: Any, words: str) -> None:
    assert titles(tx_as, two[0], words) == ["Night Ferry"]


def test_everybody_sees_their_own_and_the_house_sees_all(two: Any, tx_as: Any) -> None:
    ada, bo = two
    rio, cy = make_person("rio").actor, make_person("cy").actor

    assert titles(tx_as, ada) == ["Night Ferry", "Salt Road"]
    assert titles(tx_as, bo) == ["Undertow"]
    assert titles(tx_as, cy) == titles(tx_as, Actor.anonymous()) == []
    assert len(titles(tx_as, rio)) == len(titles(tx_as, SYSTEM)) == 3


def test_the_database_keeps_foreign_rows_by_itself(two: Any, tx_as: Any) -> None:
    tables = ("artist", "release", "recording", "release_recording", "work", "catalogue_import")
    with tx_as(two[1]) as tx:
        seen = {
            name: tx.execute(text(f"select count(*) from {name}")).scalar_one() for name in tables
        }

    assert seen == {"artist": 1, "release": 1, "recording": 1, "release_recording": 1, "work": 0,
                    "catalogue_import": 0}  # fmt: skip


def test_the_database_lets_no_party_write(two: Any, tx_as: Any) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), tx_as(two[1]) as tx:
        tx.execute(text("update release set title = 'mine'"))


def test_a_delegate_sees_the_catalogue_while_it_lasts(two: Any, tx_as: Any, clock: Any) -> None:
    cy = make_person("cy")
    make_delegation(replace(cy, id=two[0].person_id), cy)

    assert titles(tx_as, cy.actor) == ["Night Ferry", "Salt Road"]


def test_sight_ends_when_the_artist_is_let_go(two: Any, tx_as: Any, clock: Any) -> None:
    ada, bo = two
    with tx_as(SYSTEM) as tx:
        artist_id = search_releases(tx, SYSTEM, "night").rows[0].artist_id
        hold_artist(tx, HoldArtist(artist_id, bo.person_id), SYSTEM, clock)
        let_artist_go(tx, LetArtistGo(artist_id, ada.person_id), SYSTEM, clock)

    assert titles(tx_as, ada) == []
    assert len(titles(tx_as, bo)) == 3
    with tx_as(SYSTEM) as tx, pytest.raises(NotFound):
        let_artist_go(tx, LetArtistGo(artist_id, ada.person_id), SYSTEM, clock)


def test_the_same_file_again_changes_nothing_and_a_new_one_corrects(
    two: Any, tx_as: Any, clock: Any
) -> None:
    with tx_as(SYSTEM) as tx:
        before = search_releases(tx, SYSTEM, "").rows
    clock.advance(timedelta(days=1))
    take(tx_as, clock, NIGHT, SALT, BO)
    with tx_as(SYSTEM) as tx:
        assert search_releases(tx, SYSTEM, "").rows == before

    take(tx_as, clock, NIGHT.replace("Night Ferry,Night Ferry", "Night Ferry II,Night Ferry", 1))
    with tx_as(SYSTEM) as tx:
        after = search_releases(tx, SYSTEM, "").rows
    assert [row.id for row in after] == [row.id for row in before]
    assert after[1].title == "Night Ferry II"


def test_an_unknown_account_refuses_the_whole_file(app: Any, tx_as: Any, clock: Any) -> None:
    make_person("ada")
    with pytest.raises(InvalidMany) as caught:
        take(tx_as, clock, NIGHT, BO)

    assert [one.field for one in caught.value.errors] == ["line 3, holder_email"]
    assert titles(tx_as, SYSTEM) == []


def test_only_the_house_writes(two: Any, tx_as: Any, clock: Any) -> None:
    command = read_import("x.csv", f"{HEADER}\n{BO}".encode())
    for actor in (two[0], make_person("rio").actor):
        with tx_as(actor) as tx, pytest.raises(Forbidden):
            import_catalogue(tx, command, actor, clock)


def test_single_things_exist_for_their_holders_alone(two: Any, tx_as: Any) -> None:
    ada, bo = two
    with tx_as(ada) as tx:
        row = search_releases(tx, ada, "night").rows[0]
        recording = recordings_by_isrc(tx, ada, ["AZTW12600418", "AZCR12600001"])["AZTW12600418"]
        assert works_of(tx, ada, recording.id) == (("Night Ferry", "T0345246801"),)
        assert names_of_artist(tx, ada, row.artist_id) == ("Səbinə", "Sabina")
        assert row.stores == ("Spotify", "Deezer")
    with tx_as(bo) as tx:
        assert releases_by_id(tx, bo, [row.id, uuid4()]) == {}
        with pytest.raises(NotFound):
            recording_by_id(tx, bo, recording.id)
