"""The demo's cases, each at another point of its life, told through the services."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome, SubKind
from app.conversations.rules.audience import Audience
from app.corrections.rules.proposal import CorrectionReason, ProposalLine
from app.decisions.commands import SaveDecision
from app.decisions.queries import current_decision
from app.decisions.rules import (
    DecisionContent,
    FindingResult,
    Issue,
    Remedy,
    RemedyKind,
)
from app.decisions.service import save_decision
from app.demo import papers
from app.demo.people import SYSTEM
from app.demo.stage import Stage
from app.evidence.rules.items import VerdictKind
from app.infra.db.transaction import transaction
from app.kernel.money import Money
from app.kernel.share import Share
from app.kernel.sides import Side
from app.ledger.commands import PlaceHold
from app.ledger.rules.holds import AssetKind, HoldReason, HoldScope
from app.ledger.service.holds import place_hold
from app.workflows.audit_by_hand import hand_back
from app.workflows.decide import Confirm, MoneyProposed, Propose, confirm, propose


def night_ferry(stage: Stage) -> None:
    """A claim on a recording: both sides heard, one document still asked for."""
    case_id = stage.files(
        "sabina", SubKind.PLATFORM_CLAIM,
        subject_title="Night Ferry", subject_artist="Sabina Aliyeva", isrc="AZTW12600418",
        other_name="Caspian Reel Ltd", claimed="The master, 100 %, worldwide, since 29 October 2026.",
        role="I wrote and recorded it with Rauf Hasanov in March.",
        summary="The stores took my single down because Caspian Reel says the recording is theirs. "
        "I made this beat with Rauf in March. We have a contract. They never contacted me before.",
    )  # fmt: skip
    stage.joins("caspian", case_id)
    stage.adds("sabina", case_id, "night-ferry-contract.pdf", papers.pdf(
        "Producer agreement", "Between Sabina Aliyeva and Rauf Hasanov, 2 March 2026.", "Shares: 50 % and 50 %."),
        "application/pdf")  # fmt: skip
    stage.adds("sabina", case_id, "session-screenshot.png", papers.picture(), "image/png")
    stage.later(hours=5)
    stage.acts("leyla", case_id, E.TAKE)
    stage.writes("leyla", case_id, Audience.COMPLAINANT,
        "Thank you, Sabina. Your session files open fine and we are comparing them now.")  # fmt: skip
    stage.writes("caspian", case_id, Audience.DESK,
        "We stand by our claim and attach the released master. The loop at 0:48 is ours.")  # fmt: skip
    stage.adds("caspian", case_id, "caspian-master-licence.pdf", papers.pdf(
        "Licence", "Caspian Reel Ltd, master of 29 October 2026."), "application/pdf")  # fmt: skip
    stage.later(hours=20)
    stage.acts("leyla", case_id, E.START_REVIEW)
    _hold(stage, "leyla", case_id, HoldReason.OWNERSHIP_CONFLICT, "AZTW12600418",
        "Two parties claim the master. Only this recording is held.")  # fmt: skip
    stage.writes("nino", case_id, Audience.NOTE,
        "The overlap is the factory preset loop that both sides use. See E1 against E3.")  # fmt: skip
    stage.acts("leyla", case_id, E.ASK_COMPLAINANT, "It shows who owns the recording. A photo of each page is fine.",
        items=["Signed producer agreement, all pages"])  # fmt: skip


def wrong_split(stage: Stage) -> None:
    """An old split was applied: decided, confirmed, waiting for finance."""
    case_id = _payout(stage, "made", "Rumah di Tepi", "IDA012600321", "412.83")
    _decide_payout(stage, case_id, "made", "412.83")


def missing_earnings(stage: Stage) -> None:
    """Filed this morning; nobody has it yet."""
    _payout(stage, "haru", "夜の電車", "JPA012600077", "1800", currency="JPY", taken=False)


def _payout(  # noqa: PLR0913 - a story names what differs
    stage: Stage,
    key: str,
    title: str,
    isrc: str,
    amount: str,
    *,
    currency: str = "EUR",
    taken: bool = True,
) -> UUID:
    artist = stage.actor(key).name
    other = {"other_name": "Pantai Records"} if taken else {}
    case_id = stage.files(
        key, SubKind.WRONG_SPLIT if taken else SubKind.MISSING_EARNINGS, **other,
        subject_title=title, subject_artist=artist, isrc=isrc, store="Spotify",
        period_start="2026-07-01", period_end="2026-09-30", disputed_amount=f"{amount} {currency}",
        working="Units of the dashboard times my share of the new split sheet.",
        summary="My September statement used the old split. Since June my share is 75 %, it paid 50 %.",
    )  # fmt: skip
    stage.adds(key, case_id, "statement-q3.csv", papers.statement(
        ("2026-09", "Spotify", "DE", isrc, "184210", "533.72", currency)), "text/csv")  # fmt: skip
    if taken:
        stage.later(hours=4)
        stage.acts("leyla", case_id, E.TAKE)
        stage.acts("leyla", case_id, E.START_AUDIT)
        _audit_done(stage, case_id)
    return case_id


def _audit_done(stage: Stage, case_id: UUID) -> None:
    """What the worker does a moment later: the demo does not wait for it."""
    with transaction(SYSTEM) as tx:
        hand_back(tx, case_id, SYSTEM, stage.clock)


def _decide_payout(stage: Stage, case_id: UUID, key: str, amount: str) -> None:
    stage.judges(
        "leyla", case_id, VerdictKind.SUPPORTS_ARTIST, "The statement shows the older split."
    )
    content = DecisionContent(
        outcome=Outcome.UPHELD,
        issues=(
            Issue("Which split applied in the third quarter?", "The split sheet of 1 June 2026 applied.",
                FindingResult.ESTABLISHED),
        ),
        remedies=(Remedy(RemedyKind.PAY, f"Pay the difference of EUR {amount} with the next statement."),),
        to_complainant=f"We paid EUR 533.72. It should have been EUR {Decimal('533.72') + Decimal(amount)}. "
        f"We owe you EUR {amount}.",
        money_moves=True,
    )  # fmt: skip
    line = ProposalLine(
        stage.payees[key], Money(Decimal(amount), "EUR"), CorrectionReason.SPLIT_VERSION,
        note="Older split version applied", period="2026-09", source_text=amount,
    )  # fmt: skip
    _propose_and_confirm(
        stage, case_id, content, MoneyProposed("EUR", "Older split was used", (line,))
    )


def _propose_and_confirm(
    stage: Stage, case_id: UUID, content: DecisionContent, money: MoneyProposed | None
) -> None:
    leyla = stage.actor("leyla")
    with transaction(leyla) as tx:
        draft = save_decision(tx, SaveDecision(case_id, 1, content), leyla, stage.clock)
    version = stage.case("leyla", case_id).version
    with transaction(leyla) as tx:
        command = Propose(case_id, version, draft.id, draft.version, money)
        propose(tx, command, leyla, stage.clock)
    stage.later(hours=2)
    nino = stage.actor("nino")
    version = stage.case("nino", case_id).version
    with transaction(nino) as tx:
        seen = current_decision(tx, nino, case_id, 1)
        assert seen is not None
        confirm(tx, Confirm(case_id, version, seen.id, seen.content_hash), nino, stage.clock)


def _hold(stage: Stage, key: str, case_id: UUID, why: HoldReason, asset: str, words: str) -> None:
    actor = stage.actor(key)
    scope = HoldScope(AssetKind.RECORDING, asset, Share(Decimal(1)))
    with transaction(actor) as tx:
        place_hold(tx, PlaceHold(case_id, Side.COMPLAINANT, why, scope, words), actor, stage.clock)


def support_question(stage: Stage) -> None:
    """A simple question, answered."""
    case_id = stage.files(
        "ani", SubKind.DELIVERY_METADATA,
        subject_title="Գարուն",
        summary="The title of my single is shown in Latin letters in one store. Can you change it?",
    )  # fmt: skip
    stage.later(hours=1)
    stage.acts("dee", case_id, E.TAKE)
    stage.writes("dee", case_id, Audience.COMPLAINANT,
        "We sent the store the Armenian title again. It shows within two working days.")  # fmt: skip
    stage.acts("dee", case_id, E.RESOLVE, "The store has the Armenian title again.")


def unsent_draft(stage: Stage) -> None:
    """A draft that waits for its author."""
    stage.drafts(
        "sabina", SubKind.HELD_MONEY, subject_title="Salt Road", subject_artist="Sabina Aliyeva"
    )
