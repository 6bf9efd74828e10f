"""What somebody chose: which notices come by mail, in which hours, one by one or once a day."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.mail.address import normal_address
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Stale
from app.notifications.commands import SaveChoices
from app.notifications.models import NoticeChoice
from app.notifications.rules import DAY_MINUTES, MANNERS, MailKind
from app.policies.rules.zones import is_known_zone


def save_choices(
    tx: Tx, command: SaveChoices, person_id: UUID | None, address: str, actor: Actor, clock: Clock
) -> None:
    """Keep the choices of a person, or of an address without an account.

    Raises `Invalid` (kind that may not be switched off, hours, zone), `Stale` (changed elsewhere).
    """
    _check(command)
    row = _locked(tx, person_id, address)
    if row is None:
        row = NoticeChoice(
            id=uuid4(), person_id=person_id, version=0,
            address=None if person_id else normal_address(address),
        )  # fmt: skip
        tx.add(row)
    elif command.version not in (0, row.version):
        raise Stale(_("These choices were changed in another window."), version=row.version)
    row.mail, row.digest, row.zone = dict(command.mail), command.digest, command.zone or None
    row.quiet_from, row.quiet_to = command.quiet_from, command.quiet_to
    _keep(tx, row, actor, clock, "notice_choice.saved")


def switch_off(
    tx: Tx, kind: MailKind, person_id: UUID | None, address: str, actor: Actor, clock: Clock
) -> None:
    """No more mail of one kind: the one click of a mail's header. Safe to repeat; the rest stays as chosen.

    The daily mail is made of all kinds that may be switched off: without it, none of them is mailed.
    Raises `Invalid` for a kind that may not be switched off.
    """
    whole_day = kind is MailKind.DIGEST
    kinds = [k for k, manner in MANNERS.items() if manner.choice] if whole_day else [kind]
    off = {one.value: False for one in kinds}
    _check(SaveChoices(off))
    row = _locked(tx, person_id, address)
    if row is None:
        save_choices(tx, SaveChoices(off), person_id, address, actor, clock)
    elif any(row.mail.get(name) is not False for name in off):
        row.mail, row.digest = row.mail | off, row.digest and not whole_day
        _keep(tx, row, actor, clock, "notice_choice.switched_off")


def _check(command: SaveChoices) -> None:
    fixed = [
        name
        for name in command.mail
        if name not in set(MailKind) or not MANNERS[MailKind(name)].choice
    ]
    if fixed:
        raise Invalid("mail", "kind", _("This notice always comes by mail."))
    hours = (command.quiet_from, command.quiet_to)
    if (hours[0] is None) != (hours[1] is None):
        raise Invalid("quiet_to", "quiet_whole", _("Give both ends of the quiet hours, or none."))
    if any(minute is not None and not 0 <= minute < DAY_MINUTES for minute in hours):
        raise Invalid("quiet_from", "quiet_range", _("Give a time between 00:00 and 23:59."))
    if command.zone and not is_known_zone(command.zone):
        raise Invalid("zone", "zone", _("Choose a time zone from the list."))


def _locked(tx: Tx, person_id: UUID | None, address: str) -> NoticeChoice | None:
    whose = (
        NoticeChoice.person_id == person_id
        if person_id is not None
        else NoticeChoice.address == normal_address(address)
    )
    return tx.execute(select(NoticeChoice).where(whose).with_for_update()).scalar_one_or_none()


def _keep(tx: Tx, row: NoticeChoice, actor: Actor, clock: Clock, verb: str) -> None:
    row.version += 1
    row.updated_at = clock.now()
    tx.flush()
    record(
        tx, actor, clock, verb=verb, subject=("notice_choice", row.id),
        data={"version": row.version, "digest": row.digest},
    )  # fmt: skip
