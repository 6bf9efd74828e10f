"""A small catalogue taken in from a file, and cases about its items."""

from __future__ import annotations

from uuid import UUID

from app.catalogue.commands import ChooseSubjects
from app.catalogue.rules.subjects import Pick
from app.catalogue.service import choose_subjects, import_catalogue, read_import
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock, FixedClock
from app.kernel.sides import Side
from tests.factories.accounts import NOON, TestPerson

HEADER = (
    "artist_code,artist,other_names,holder_email,upc,release_title,recording_title,version,isrc,position,"
    "iswc,released_on"
)
NIGHT = "T1,Səbinə,Sabina Aliyeva,ada@example.com,036000291452,Night Ferry,Quiet Tide,Live,AZTW12600418,1,T-034.524.680-1,2026-03-01"
NIGHT_TWO = "T1,Səbinə,Sabina Aliyeva,ada@example.com,036000291452,Night Ferry,Salt Road,,AZTW12500301,2,,2026-03-01"
TOWER = "T2,東京の夜,Tokyo Lamps,bo@example.com,4006381333931,東京タワー,เพลงของฉัน,,JPCR12600001,1,,2026-05-01"


def make_catalogue(*lines: str, clock: Clock | None = None) -> None:
    """The lines as a file of the house; the accounts they name must exist."""
    system = Actor.system("test")
    command = read_import("catalogue.csv", "\n".join((HEADER, *lines)).encode())
    with transaction(system) as tx:
        import_catalogue(tx, command, system, clock or FixedClock(NOON))


def make_about(
    person: TestPerson, case_id: UUID, release_id: UUID, recording_id: UUID | None = None
) -> None:
    """From now on the person's case is about this item, and nothing else."""
    command = ChooseSubjects(case_id, Side.COMPLAINANT, (Pick(release_id, recording_id),))
    with transaction(person.actor) as tx:
        choose_subjects(tx, command, person.actor, FixedClock(NOON))
