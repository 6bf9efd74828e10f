"""The five tales of the small demo, each at another point of a case's life; tests walk on from here."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome, SubKind
from app.corrections.rules.proposal import CorrectionReason
from app.decisions.rules import FindingResult, RemedyKind
from app.demo import papers as p
from app.demo.acts import (
    Ruling,
    adds,
    asks,
    audits,
    confirms,
    holds,
    joins,
    moves,
    notes,
    proposes,
    quarter,
    says,
    takes,
    writes,
)
from app.demo.tale import Tale
from app.ledger.rules.holds import HoldReason

S = SubKind
OLD_SPLIT = "My September statement used the old split. Since June my share is 75 %, it paid 50 %."
WORKING = "Units of the dashboard times my share of the new split sheet."


def _statement(isrc: str, currency: str) -> tuple[str, bytes, str]:
    return ("statement-q3.csv", p.statement(("2026-09", "Spotify", "DE", isrc, "184210", "533.72", currency)), p.CSV)  # fmt: skip


FIRST: tuple[Tale, ...] = (
    Tale("sabina", S.PLATFORM_CLAIM, 5, {
        "subject_title": "Night Ferry", "subject_artist": "Sabina Aliyeva", "isrc": "AZTW12600418",
        "other_name": "Caspian Reel Ltd", "claimed": "The master, 100 %, worldwide, since 29 October 2026.",
        "role": "I wrote and recorded it with Rauf Hasanov in March.",
        "summary": "The stores took my single down because Caspian Reel says the recording is theirs. "
        "I made this beat with Rauf in March. We have a contract. They never contacted me before."}, (),
        (joins("caspian"),
         adds(("night-ferry-contract.pdf", p.pdf("Producer agreement", "Between Sabina Aliyeva and Rauf Hasanov, 2 March 2026.", "Shares: 50 % and 50 %."), p.PDF)),
         adds(("session-screenshot.png", p.picture(), p.PNG)),
         5, takes("leyla"), says("leyla", "Thank you, Sabina. Your session files open fine and we are comparing them now."),
         writes("We stand by our claim and attach the released master. The loop at 0:48 is ours.", "caspian"),
         adds(("caspian-master-licence.pdf", p.pdf("Licence", "Caspian Reel Ltd, master of 29 October 2026."), p.PDF), "caspian"),
         20, moves("leyla", E.START_REVIEW), holds("leyla", HoldReason.OWNERSHIP_CONFLICT, "AZTW12600418", "Two parties claim the master. Only this recording is held."),
         notes("nino", "The overlap is the factory preset loop that both sides use. See E1 against E3."),
         asks("leyla", "It shows who owns the recording. A photo of each page is fine.", "Signed producer agreement, all pages"))),
    Tale("made", S.WRONG_SPLIT, 3.9, {
        "subject_title": "Rumah di Tepi", "subject_artist": "Made Wirawan", "isrc": "IDA012600321", "other_name": "Pantai Records",
        "working": WORKING, "summary": OLD_SPLIT, **quarter("412.83", "EUR")}, (_statement("IDA012600321", "EUR"),),
        (4, takes("leyla"), audits(),
         proposes("leyla", Ruling(Outcome.UPHELD, "Which split applied in the third quarter?", "The split sheet of 1 June 2026 applied.", FindingResult.ESTABLISHED,
            RemedyKind.PAY, "Pay the difference of EUR 412.83 with the next statement.",
            "We paid EUR 533.72. It should have been EUR 946.55. We owe you EUR 412.83."),
            ("412.83", "EUR", CorrectionReason.SPLIT_VERSION)),
         2, confirms())),
    Tale("ani", S.DELIVERY_METADATA, 3.6, {
        "subject_title": "Գարուն", "summary": "The title of my single is shown in Latin letters in one store. Can you change it?"}, (),
        (1, takes("dee"), says("dee", "We sent the store the Armenian title again. It shows within two working days."),
         moves("dee", E.RESOLVE, "The store has the Armenian title again."))),
    Tale("haru", S.MISSING_EARNINGS, 1.65, {
        "subject_title": "夜の電車", "subject_artist": "青木 春", "isrc": "JPA012600077", "working": WORKING, "summary": OLD_SPLIT,
        **quarter("1800", "JPY")}, (_statement("JPA012600077", "JPY"),)),
    Tale("sabina", S.HELD_MONEY, 1.6, {"subject_title": "Salt Road", "subject_artist": "Sabina Aliyeva"}, keeps_draft=True),
)  # fmt: skip
