"""Cases: the case, its people, statements, moves and clocks, and the only moves a case can make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.walls import append_only, case_scoped, desk_only, grant, guarded, side_scoped

revision = "0006_cases"
down_revision = "0005_policies"
branch_labels = None
depends_on = None

# kinds | state left | event | states reached
MOVES = """
payout rights_claim support takedown | - | start | draft
payout rights_claim takedown | appeal_review | ask_complainant | waiting_complainant
payout rights_claim takedown | appeal_review | ask_respondent | waiting_respondent
payout rights_claim takedown | appeal_review | ask_store | waiting_store
payout rights_claim takedown | appeal_review | decide | decided finance_approval implementing
rights_claim | appeal_review | leave_to_parties | held_parties_to_settle
payout rights_claim takedown | appeal_review | offer | negotiation
payout rights_claim takedown | appeal_review | propose_decision | confirmation
payout rights_claim takedown | appeal_review | recuse | appeal_review
payout | appeal_review | start_audit | auditing
payout | auditing | ask_complainant | waiting_complainant
payout | auditing | audit_done | appeal_review review
payout | auditing | audit_failed | triage
payout | auditing | recuse | auditing
payout | auditing | withdraw | closed
payout rights_claim takedown | closed | appeal | appeal_review
payout rights_claim support takedown | closed | reopen | triage
payout rights_claim support takedown | closed | unmark_duplicate | review submitted triage waiting_complainant waiting_respondent
payout rights_claim takedown | confirmation | confirm | decided finance_approval implementing
payout rights_claim takedown | confirmation | recuse | confirmation
payout takedown | confirmation | return | appeal_review review
rights_claim | confirmation | return | appeal_review held_parties_to_settle review
payout rights_claim takedown | confirmation | withdraw | closed
takedown | counter_review | accept_counter | restoration_window
takedown | counter_review | ask_respondent | waiting_respondent
takedown | counter_review | recuse | counter_review
takedown | counter_review | reject_counter | restricted
takedown | counter_review | retract | implementing
takedown | court_stay | order_received | implementing
takedown | court_stay | retract | implementing
payout rights_claim takedown | decided | appeal | appeal_review
payout rights_claim support takedown | decided | close | closed
support | decided | not_solved | triage
payout rights_claim support takedown | draft | discard | deleted
payout rights_claim support takedown | draft | expire | deleted
payout rights_claim support | draft | submit | submitted
takedown | draft | submit | notice_review submitted
rights_claim | evidence_exchange | close_exchange | review
rights_claim | evidence_exchange | extend | evidence_exchange
rights_claim | evidence_exchange | offer | negotiation
rights_claim | evidence_exchange | recuse | evidence_exchange
rights_claim | evidence_exchange | withdraw | closed
payout rights_claim takedown | finance_approval | approve | finance_approval implementing
payout rights_claim takedown | finance_approval | refuse | appeal_review review
rights_claim | held_parties_to_settle | offer | negotiation
rights_claim | held_parties_to_settle | release_pro_rata | finance_approval
rights_claim | held_parties_to_settle | resume | review
rights_claim | held_parties_to_settle | withdraw | closed
payout rights_claim takedown | implementing | action_failed | review
payout rights_claim takedown | implementing | complete | decided
payout rights_claim takedown | negotiation | accept_offer | confirmation
payout rights_claim takedown | negotiation | counter_offer | negotiation
payout takedown | negotiation | decline | appeal_review review
rights_claim | negotiation | decline | appeal_review held_parties_to_settle review
payout takedown | negotiation | offer_lapse | appeal_review review
rights_claim | negotiation | offer_lapse | appeal_review held_parties_to_settle review
payout rights_claim takedown | negotiation | withdraw | closed
takedown | notice_review | accept_notice | restricted
takedown | notice_review | ask_complainant | waiting_complainant
takedown | notice_review | close_out_of_scope | closed
takedown | notice_review | recuse | notice_review
takedown | notice_review | reject_notice | closed
takedown | notice_review | withdraw | closed
takedown | restoration_window | court_notice | court_stay
takedown | restoration_window | restore | implementing
takedown | restoration_window | retract | implementing
takedown | restricted | complain | review
takedown | restricted | counter | counter_review
takedown | restricted | retract | implementing
takedown | restricted | uncontested | decided
payout rights_claim support takedown | review | ask_complainant | waiting_complainant
payout rights_claim support takedown | review | ask_respondent | waiting_respondent
payout rights_claim takedown | review | ask_store | waiting_store
support | review | convert | triage
payout rights_claim takedown | review | decide | decided finance_approval implementing
rights_claim | review | leave_to_parties | held_parties_to_settle
payout rights_claim support takedown | review | mark_duplicate | closed
payout rights_claim takedown | review | offer | negotiation
payout rights_claim takedown | review | propose_decision | confirmation
payout rights_claim support takedown | review | recuse | review
support | review | resolve | decided
payout | review | start_audit | auditing
payout rights_claim support takedown | review | withdraw | closed
payout rights_claim support takedown | submitted | close_out_of_scope | closed
support | submitted | convert | triage
payout rights_claim support takedown | submitted | mark_duplicate | closed
payout rights_claim support takedown | submitted | take | triage
payout rights_claim support takedown | submitted | withdraw | closed
payout rights_claim support takedown | triage | ask_complainant | waiting_complainant
payout rights_claim support takedown | triage | ask_respondent | waiting_respondent
payout rights_claim takedown | triage | ask_store | waiting_store
payout rights_claim support takedown | triage | close_out_of_scope | closed
support | triage | convert | triage
payout rights_claim support takedown | triage | mark_duplicate | closed
payout rights_claim support takedown | triage | recuse | triage
support | triage | resolve | decided
takedown | triage | restrict | restricted
payout | triage | start_audit | auditing
rights_claim | triage | start_exchange | evidence_exchange
rights_claim support takedown | triage | start_review | review
payout rights_claim support takedown | triage | withdraw | closed
payout | waiting_complainant | answer | appeal_review auditing review triage
rights_claim | waiting_complainant | answer | appeal_review review triage
support | waiting_complainant | answer | review triage
takedown | waiting_complainant | answer | appeal_review notice_review review triage
payout rights_claim support takedown | waiting_complainant | extend | waiting_complainant
payout rights_claim support takedown | waiting_complainant | lapse | closed
payout rights_claim support takedown | waiting_complainant | mark_duplicate | closed
payout rights_claim support takedown | waiting_complainant | withdraw | closed
payout rights_claim | waiting_respondent | answer | appeal_review review triage
support | waiting_respondent | answer | review triage
takedown | waiting_respondent | answer | appeal_review counter_review review triage
payout rights_claim support takedown | waiting_respondent | extend | waiting_respondent
payout rights_claim | waiting_respondent | lapse | appeal_review review
support | waiting_respondent | lapse | review
takedown | waiting_respondent | lapse | appeal_review restricted review
payout rights_claim support takedown | waiting_respondent | mark_duplicate | closed
payout rights_claim support takedown | waiting_respondent | withdraw | closed
payout rights_claim takedown | waiting_store | recuse | waiting_store
payout rights_claim takedown | waiting_store | store_answered | appeal_review review triage
payout rights_claim takedown | waiting_store | withdraw | closed
"""

ACTS_FOR = """(person_id = app_person() or person_id in (
    select principal_id from delegation where delegate_id = app_person() and revoked_at is null
    and starts_at <= now() and (ends_at is null or ends_at > now())))"""
HOUSE = "app_scope() in ('system', 'owner')"
READERS = "app_scope() in ('system', 'owner', 'auditor', 'staff')"


def upgrade() -> None:
    """Tables first, then the view and the walls that read it."""
    _allowed_transition()
    _fill_moves()
    _case()
    _case_member()
    _case_party()
    _case_filing()
    _party_contact()
    _case_wall()
    _case_statement()
    _case_link()
    _case_transition()
    _clock()
    _clock_event()
    _grants()
    _who_is_on_which_side()
    _walls()
    _only_along_the_table()


def _fill_moves() -> None:
    for line in MOVES.strip().splitlines():
        kinds, source, event, targets = (part.strip() for part in line.split("|"))
        for kind in kinds.split():
            for target in targets.split():
                op.execute(
                    "insert into allowed_transition (kind, from_state, event, to_state) "
                    f"values ('{kind}', '{source}', '{event}', '{target}')"
                )


def _grants() -> None:
    grant("allowed_transition", "select")
    for table in (
        "case",
        "case_member",
        "case_party",
        "case_wall",
        "case_link",
        "clock",
        "case_filing",
    ):
        grant(table, "select,insert,update")
    for table in ("party_contact", "case_statement", "case_transition", "clock_event"):
        grant(table, "select,insert")
    for table in ("case_statement", "case_transition", "clock_event"):
        append_only(table)
    for table in ("case", "case_member", "case_wall"):
        guarded(table)


def _who_is_on_which_side() -> None:
    """The view that every wall reads; it is walled itself, so it may not read a walled view."""
    op.execute(f"""
        create view my_side with (security_invoker = true) as
        select case_id, side from case_member where revoked_at is null and {ACTS_FOR}""")
    op.execute(
        "comment on view my_side is 'cases and sides for which the person of this transaction may act'"
    )
    op.execute("grant select on my_side to redress_app, redress_auditor")


def _walls() -> None:
    case_scoped("case", "id")
    own_draft = "app_scope() = 'party' and state = 'draft' and started_by = app_person()"
    op.execute(f'create policy starts on "case" for insert with check ({own_draft})')
    op.execute(f'create policy started on "case" for select using ({own_draft})')
    for table in (
        "case_party",
        "case_filing",
        "party_contact",
        "case_statement",
        "clock",
        "clock_event",
    ):
        side_scoped(table)
    for table in ("case_link", "case_transition"):
        desk_only(table)
    _wall_of_members()
    _wall_of_walls()


def _wall_of_members() -> None:
    """A person sees the rows of themselves and of those they act for."""
    mine = f"app_scope() in ('party', 'staff') and {ACTS_FOR}"
    staff = """(app_scope() = 'staff' and not exists (select 1 from case_wall as wall
        where wall.case_id = case_member.case_id and wall.person_id = app_person() and wall.lifted_at is null))"""
    op.execute("alter table case_member enable row level security")
    op.execute("alter table case_member force row level security")
    op.execute(
        f"create policy sight on case_member for select using ({HOUSE} or app_scope() = 'auditor' or {staff} or ({mine}))"
    )
    op.execute(f"create policy adds on case_member for insert with check ({HOUSE} or {staff})")
    op.execute(f"create policy changes on case_member for update using ({HOUSE} or {staff})")


def _wall_of_walls() -> None:
    """Parties never learn who is kept away; the rows may not be walled by themselves."""
    op.execute("alter table case_wall enable row level security")
    op.execute("alter table case_wall force row level security")
    op.execute(f"create policy sight on case_wall for select using ({READERS})")
    writers = "app_scope() in ('system', 'owner', 'staff')"
    op.execute(f"create policy adds on case_wall for insert with check ({writers})")
    op.execute(f"create policy changes on case_wall for update using ({writers})")


def _only_along_the_table() -> None:
    """A state changes only with its row in case_transition, which only an allowed move can have (I4)."""
    op.execute("""
        create function require_transition() returns trigger language plpgsql security definer
        set search_path = public, pg_temp as $$
        declare old_state text := '-'; old_kind text := new.kind; found_move boolean;
          asked_by text := coalesce(current_setting('app.scope', true), '');
        begin
          if tg_op = 'UPDATE' then
            old_state := old.state;
            old_kind := old.kind;
            if new.version < old.version then
              raise exception 'the version of a case never falls' using errcode = 'integrity_constraint_violation';
            end if;
            if new.state = old.state and new.kind = old.kind then
              return null;
            end if;
          end if;
          perform set_config('app.scope', 'owner', true);
          found_move := exists (select 1 from case_transition as move
              where move.case_id = new.id and move.version = new.version and move.kind = old_kind
              and move.from_state = old_state and move.to_state = new.state);
          perform set_config('app.scope', asked_by, true);
          if not found_move then
            raise exception 'case % moved from % to % without a transition', new.id, old_state, new.state
              using errcode = 'integrity_constraint_violation';
          end if;
          return null;
        end $$""")
    op.execute(
        'create constraint trigger along_the_table after insert or update on "case" '
        "deferrable initially deferred for each row execute function require_transition()"
    )


def _allowed_transition() -> None:
    op.create_table(
        "allowed_transition",
        sa.Column("kind", sa.Text(), nullable=False, comment="case kind"),
        sa.Column(
            "from_state", sa.Text(), nullable=False, comment="state left; - before the start"
        ),
        sa.Column("event", sa.Text(), nullable=False, comment="what happens"),
        sa.Column("to_state", sa.Text(), nullable=False, comment="state reached"),
        sa.PrimaryKeyConstraint(
            "kind", "from_state", "event", "to_state", name=op.f("pk_allowed_transition")
        ),
        comment="the only moves a case can make, filled from the lifecycle table",
    )


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("ref", sa.Text(), nullable=True, comment="public reference; none while a draft"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="takedown, payout, rights_claim or support"
        ),
        sa.Column(
            "sub_kind", sa.Text(), nullable=False, comment="sub-kind, which names the policy"
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="where the case stands; written by one function only",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="counts every change; a stale write is refused",
        ),
        sa.Column(
            "round",
            sa.Integer(),
            nullable=False,
            comment="1, then one more for each appeal or re-opening",
        ),
        sa.Column(
            "policy_id",
            sa.Uuid(),
            nullable=False,
            comment="policy version that counts for this case",
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True, comment="staff member who has the case"),
        sa.Column("started_by", sa.Uuid(), nullable=True, comment="who started the draft"),
        sa.Column(
            "artist_side", sa.Text(), nullable=False, comment="on which side the artist stands"
        ),
        sa.Column("outcome", sa.Text(), nullable=True, comment="how this round ended"),
        sa.Column(
            "return_path",
            pg.ARRAY(sa.Text()),
            nullable=False,
            comment="states to go back to, the nearest last",
        ),
        sa.Column(
            "return_to",
            sa.Text(),
            sa.Computed("return_path[array_upper(return_path, 1)]", persisted=True),
            nullable=True,
            comment="the nearest state to go back to",
        ),
        sa.Column(
            "silence", sa.Text(), nullable=True, comment="silence rule that a lapse brought in"
        ),
        sa.Column(
            "subject_title",
            sa.Text(),
            nullable=False,
            comment="release, recording or work in dispute",
        ),
        sa.Column(
            "subject_artist", sa.Text(), nullable=False, comment="artist name of the subject"
        ),
        sa.Column("isrc", sa.Text(), nullable=True, comment="recording, canonical"),
        sa.Column("upc", sa.Text(), nullable=True, comment="release, canonical"),
        sa.Column("store", sa.Text(), nullable=True, comment="store concerned"),
        sa.Column(
            "period_start", sa.Date(), nullable=True, comment="first day of the period in dispute"
        ),
        sa.Column(
            "period_end", sa.Date(), nullable=True, comment="day after the period in dispute"
        ),
        sa.Column(
            "disputed_amount",
            sa.Numeric(precision=38, scale=12),
            nullable=True,
            comment="amount in dispute as stated by the complainant",
        ),
        sa.Column("disputed_currency", sa.CHAR(length=3), nullable=True, comment="its currency"),
        sa.Column(
            "summary",
            sa.Text(),
            nullable=False,
            comment="what happened, in the complainant's words",
        ),
        sa.Column("language", sa.Text(), nullable=False, comment="language of the complainant"),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA zone of the complainant"),
        sa.Column(
            "country", sa.Text(), nullable=True, comment="country of the complainant, ISO 3166-1"
        ),
        sa.Column("needs_side", sa.Text(), nullable=False, comment="who must move next"),
        sa.Column(
            "needs_attention", sa.Text(), nullable=True, comment="why the desk should look again"
        ),
        sa.Column(
            "next_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="earliest due instant of a running clock",
        ),
        sa.Column("next_due_kind", sa.Text(), nullable=True, comment="which clock that is"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the draft was started",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last change of the case itself",
        ),
        sa.Column(
            "submitted_at", sa.DateTime(timezone=True), nullable=True, comment="when it was filed"
        ),
        sa.Column(
            "first_replied_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="first human reply of the desk",
        ),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when this round was decided",
        ),
        sa.Column(
            "informed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the later party was informed",
        ),
        sa.Column(
            "closed_at", sa.DateTime(timezone=True), nullable=True, comment="when it was closed"
        ),
        sa.CheckConstraint(
            "(closed_at is not null) = (state = 'closed')", name=op.f("ck_case_closed_has_time")
        ),
        sa.CheckConstraint(
            "(ref is null) = (state in ('draft', 'deleted'))", name=op.f("ck_case_ref_unless_draft")
        ),
        sa.CheckConstraint(
            "(submitted_at is null) = (state in ('draft', 'deleted'))",
            name=op.f("ck_case_submitted_unless_draft"),
        ),
        sa.CheckConstraint(
            "kind in ('takedown', 'payout', 'rights_claim', 'support')",
            name=op.f("ck_case_kind_known"),
        ),
        sa.CheckConstraint(
            "needs_side in ('complainant', 'respondent', 'both', 'desk', 'finance', 'store', 'court', 'system', 'nobody')",
            name=op.f("ck_case_needs_side_known"),
        ),
        sa.CheckConstraint(
            "outcome is null or outcome in ('upheld', 'partly_upheld', 'not_upheld', 'settled', 'answered', 'restored', 'kept_down', 'withdrawn', 'no_response', 'duplicate', 'out_of_scope')",
            name=op.f("ck_case_outcome_known"),
        ),
        sa.CheckConstraint(
            "state <> 'decided' or decided_at is not null", name=op.f("ck_case_decided_has_time")
        ),
        sa.CheckConstraint(
            "state <> 'deleted' or (summary = '' and subject_title = '' and subject_artist = '')",
            name=op.f("ck_case_deleted_is_empty"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'triage', 'waiting_complainant', 'waiting_respondent', 'waiting_store', 'notice_review', 'restricted', 'counter_review', 'restoration_window', 'court_stay', 'auditing', 'evidence_exchange', 'negotiation', 'held_parties_to_settle', 'review', 'confirmation', 'finance_approval', 'implementing', 'decided', 'appeal_review', 'closed', 'deleted')",
            name=op.f("ck_case_state_known"),
        ),
        sa.CheckConstraint(
            "state not in ('decided', 'closed') or outcome is not null",
            name=op.f("ck_case_ended_has_outcome"),
        ),
        sa.CheckConstraint(
            "state not in ('waiting_complainant', 'waiting_respondent', 'waiting_store', 'negotiation', 'confirmation', 'auditing', 'finance_approval') or return_to is not null",
            name=op.f("ck_case_away_knows_the_way_back"),
        ),
        sa.CheckConstraint(
            "(disputed_amount is null) = (disputed_currency is null)",
            name=op.f("ck_case_disputed_money_whole"),
        ),
        sa.CheckConstraint(
            "period_start is null or period_end is null or period_start < period_end",
            name=op.f("ck_case_period_in_order"),
        ),
        sa.CheckConstraint("version >= 1 and round >= 1", name=op.f("ck_case_counters_positive")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_case_owner_id_person")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["case_policy.id"], name=op.f("fk_case_policy_id_case_policy")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_case_started_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("ref", name=op.f("uq_case_ref")),
        comment="one dispute or query, from draft to closed",
    )
    op.create_index("ix_case_owner_state", "case", ["owner_id", "state"], unique=False)
    op.create_index("ix_case_queue", "case", ["next_due_at", "id"], unique=False)
    op.create_index(op.f("ix_case_started_by"), "case", ["started_by"], unique=False)
    op.create_index("ix_case_state_kind", "case", ["state", "kind"], unique=False)
    op.create_index("ix_case_subject", "case", ["kind", "isrc", "upc"], unique=False)


def _case_member() -> None:
    op.create_table(
        "case_member",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("side", sa.Text(), nullable=False, comment="complainant or respondent"),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="always private to that side"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="the person"),
        sa.Column("capability", sa.Text(), nullable=False, comment="act or read"),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, comment="since when"),
        sa.Column("added_by", sa.Uuid(), nullable=True, comment="who added them"),
        sa.Column(
            "revoked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until when; sight ends at once",
        ),
        sa.CheckConstraint(
            "capability in ('act', 'read')", name=op.f("ck_case_member_capability_known")
        ),
        sa.CheckConstraint("disclosure = 'private'", name=op.f("ck_case_member_always_private")),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_case_member_side_is_a_party")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_case_member_added_by_person")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_member_case_id_case")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_member_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_member")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_case_member_case_id_person_id")),
        comment="people with an account on a side of a case",
    )
    op.create_index(op.f("ix_case_member_case_id"), "case_member", ["case_id"], unique=False)
    op.create_index("ix_case_member_person", "case_member", ["person_id", "case_id"], unique=False)


def _case_party() -> None:
    op.create_table(
        "case_party",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("display_name", sa.Text(), nullable=False, comment="name shown"),
        sa.Column(
            "party_kind",
            sa.Text(),
            nullable=False,
            comment="artist, manager, label, claimant, store, listener",
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="their account if any"),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166-1 country"),
        sa.Column(
            "zone", sa.Text(), nullable=False, comment="IANA zone in which their deadlines end"
        ),
        sa.Column("language", sa.Text(), nullable=False, comment="language of letters to them"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when added"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "disclosure in ('private', 'shared')", name=op.f("ck_case_party_disclosure_known")
        ),
        sa.CheckConstraint(
            "party_kind in ('artist', 'manager', 'label', 'claimant', 'store', 'listener', 'desk')",
            name=op.f("ck_case_party_kind_known"),
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_case_party_side_is_a_party")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_party_case_id_case")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_party_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
        comment="the parties as displayed, with or without an account",
    )
    op.create_index("ix_case_party_case_id", "case_party", ["case_id"], unique=False)


def _case_filing() -> None:
    op.create_table(
        "case_filing",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column(
            "answers",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="answers by field name",
        ),
        sa.Column(
            "saved_by",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="the window that saved last, a random word of its page",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint("disclosure = 'private'", name=op.f("ck_case_filing_always_private")),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_case_filing_side_is_a_party")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_filing_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_filing")),
        sa.UniqueConstraint("case_id", "side", name=op.f("uq_case_filing_case_id_side")),
        comment="answers of a filing form; private to that side and the desk",
    )


def _party_contact() -> None:
    op.create_table(
        "party_contact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("party_id", sa.Uuid(), nullable=False, comment="the party"),
        sa.Column("email", sa.Text(), nullable=True, comment="e-mail address"),
        sa.Column("phone", sa.Text(), nullable=True, comment="telephone"),
        sa.Column("address", sa.Text(), nullable=True, comment="postal address"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when stored"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint("disclosure = 'private'", name=op.f("ck_party_contact_always_private")),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_party_contact_side_is_a_party")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_party_contact_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_party.id"], name=op.f("fk_party_contact_party_id_case_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_contact")),
        sa.UniqueConstraint("party_id", name=op.f("uq_party_contact_party_id")),
        comment="how to reach a party; private to that side and the desk",
    )
    op.create_index("ix_party_contact_case_id", "party_contact", ["case_id"], unique=False)


def _case_wall() -> None:
    op.create_table(
        "case_wall",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who is kept away"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why"),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who said so"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="since when"),
        sa.Column(
            "lifted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="until when; none while it stands",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_wall_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_wall_case_id_case")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_wall_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_wall")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_case_wall_case_id_person_id")),
        comment="staff kept away from a case by a conflict of interest",
    )
    op.create_index(op.f("ix_case_wall_case_id"), "case_wall", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_wall_person_id"), "case_wall", ["person_id"], unique=False)


def _case_statement() -> None:
    op.create_table(
        "case_statement",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="which statement, for example good_faith"
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="the exact text shown"),
        sa.Column("language", sa.Text(), nullable=False, comment="language it was shown in"),
        sa.Column("text_version", sa.Integer(), nullable=False, comment="version of the text"),
        sa.Column("signer_id", sa.Uuid(), nullable=True, comment="account that signed"),
        sa.Column("signer_name", sa.Text(), nullable=False, comment="typed signature"),
        sa.Column("signer_capacity", sa.Text(), nullable=False, comment="owner, agent, artist …"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "disclosure in ('private', 'shared')", name=op.f("ck_case_statement_disclosure_known")
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent')", name=op.f("ck_case_statement_side_is_a_party")
        ),
        sa.CheckConstraint(
            "signer_name <> '' and body <> ''", name=op.f("ck_case_statement_signed_in_full")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_statement_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["person.id"], name=op.f("fk_case_statement_signer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_statement")),
        comment="statements of truth: the exact text shown, its version, who signed and when",
    )
    op.create_index("ix_case_statement_case_id", "case_statement", ["case_id"], unique=False)


def _case_link() -> None:
    op.create_table(
        "case_link",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column("other_case_id", sa.Uuid(), nullable=False, comment="the case it is linked with"),
        sa.Column(
            "relation",
            sa.Text(),
            nullable=False,
            comment="possible_duplicate, duplicate_of, related, counter_of",
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True, comment="who linked them"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when"),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the link was taken back",
        ),
        sa.CheckConstraint(
            "relation in ('possible_duplicate', 'duplicate_of', 'related', 'counter_of')",
            name=op.f("ck_case_link_relation_known"),
        ),
        sa.CheckConstraint("case_id <> other_case_id", name=op.f("ck_case_link_two_cases")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_case_link_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_link_case_id_case")),
        sa.ForeignKeyConstraint(
            ["other_case_id"], ["case.id"], name=op.f("fk_case_link_other_case_id_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint(
            "case_id",
            "other_case_id",
            "relation",
            name=op.f("uq_case_link_case_id_other_case_id_relation"),
        ),
        comment="two cases that belong together; seen by the desk only",
    )
    op.create_index(op.f("ix_case_link_case_id"), "case_link", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_case_link_other_case_id"), "case_link", ["other_case_id"], unique=False
    )


def _case_transition() -> None:
    op.create_table(
        "case_transition",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="version of the case after the move"
        ),
        sa.Column("round", sa.Integer(), nullable=False, comment="decision round"),
        sa.Column("kind", sa.Text(), nullable=False, comment="kind of the case when it moved"),
        sa.Column("from_state", sa.Text(), nullable=False, comment="state left"),
        sa.Column("event", sa.Text(), nullable=False, comment="what happened"),
        sa.Column("to_state", sa.Text(), nullable=False, comment="state reached"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="the person; none for the system"),
        sa.Column(
            "actor_name", sa.Text(), nullable=False, comment="name of the actor at that time"
        ),
        sa.Column(
            "acted_as", sa.Text(), nullable=False, comment="in which capacity the table let them"
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="reason given"),
        sa.Column(
            "data", pg.JSONB(astext_type=sa.Text()), nullable=False, comment="what was said with it"
        ),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when, by the clock of the service",
        ),
        sa.CheckConstraint("actor_name <> ''", name=op.f("ck_case_transition_has_actor")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_case_transition_actor_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_transition_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["kind", "from_state", "event", "to_state"],
            [
                "allowed_transition.kind",
                "allowed_transition.from_state",
                "allowed_transition.event",
                "allowed_transition.to_state",
            ],
            name="fk_case_transition_allowed",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_transition")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_case_transition_case_id_version")),
        comment="every move a case made; append-only",
    )
    op.create_index(
        op.f("ix_case_transition_actor_id"), "case_transition", ["actor_id"], unique=False
    )


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="first_response, resolution, party, offer, statutory …",
        ),
        sa.Column("round", sa.Integer(), nullable=False, comment="decision round it belongs to"),
        sa.Column(
            "calendar_id",
            sa.Uuid(),
            nullable=True,
            comment="calendar version it counts in; none for plain days",
        ),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA zone it ends in"),
        sa.Column(
            "target",
            pg.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="length, unit and how it ends",
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="running, paused, met, breached or cancelled",
        ),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), nullable=False, comment="what it counts from"
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="when it ends"),
        sa.Column(
            "earliest_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="before this the act is too early",
        ),
        sa.Column(
            "on_due",
            sa.Text(),
            nullable=True,
            comment="table event when it ends; none: only a breach",
        ),
        sa.Column(
            "next_wake_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the sweeper looks again",
        ),
        sa.Column(
            "paused_at", sa.DateTime(timezone=True), nullable=True, comment="since when it rests"
        ),
        sa.Column("pause_reason", sa.Text(), nullable=True, comment="why it rests"),
        sa.Column(
            "breached_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the breach was recorded",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was met or cancelled",
        ),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "(state = 'paused') = (pause_reason is not null)",
            name=op.f("ck_clock_paused_has_reason"),
        ),
        sa.CheckConstraint(
            "(state in ('met', 'cancelled') and ended_at is not null) or (state in ('running', 'paused') and ended_at is null) or state = 'breached'",
            name=op.f("ck_clock_ended_has_time"),
        ),
        sa.CheckConstraint(
            "side in ('complainant', 'respondent', 'desk')", name=op.f("ck_clock_side_known")
        ),
        sa.CheckConstraint(
            "state <> 'breached' or breached_at is not null",
            name=op.f("ck_clock_breached_has_time"),
        ),
        sa.CheckConstraint(
            "state <> 'running' or next_wake_at is not null",
            name=op.f("ck_clock_running_wakes_somebody"),
        ),
        sa.CheckConstraint(
            "state in ('running', 'paused', 'met', 'breached', 'cancelled')",
            name=op.f("ck_clock_state_known"),
        ),
        sa.CheckConstraint(
            "earliest_at is null or earliest_at <= due_at", name=op.f("ck_clock_window_in_order")
        ),
        sa.CheckConstraint(
            "ended_at is null or next_wake_at is null", name=op.f("ck_clock_ended_wakes_nobody")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_clock_calendar_id_calendar")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clock_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        comment="running measures with due instants; never deleted",
    )
    op.create_index(
        "ix_clock_wake",
        "clock",
        ["next_wake_at"],
        unique=False,
        postgresql_where=sa.text("next_wake_at is not null"),
    )
    op.create_index(
        "uq_clock_one_live",
        "clock",
        ["case_id", "kind", "side"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _clock_event() -> None:
    op.create_table(
        "clock_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="random public identifier"),
        sa.Column("clock_id", sa.Uuid(), nullable=False, comment="the clock"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 within the clock"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="start, pause, resume, extend, meet, breach …",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it happened"),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=False, comment="due instant after it"
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="reason; late by, which reminder"),
        sa.Column("actor_name", sa.Text(), nullable=False, comment="who"),
        sa.Column("case_id", sa.Uuid(), nullable=False, comment="the case"),
        sa.Column(
            "side", sa.Text(), nullable=False, comment="whose room: complainant, respondent, desk"
        ),
        sa.Column("disclosure", sa.Text(), nullable=False, comment="private, shared or internal"),
        sa.CheckConstraint(
            "kind in ('start', 'pause', 'resume', 'extend', 'meet', 'breach', 'cancel', 'remind', 'alarm', 'escalate', 'recompute')",
            name=op.f("ck_clock_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clock_event_case_id_case")),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["clock.id"], name=op.f("fk_clock_event_clock_id_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_event")),
        sa.UniqueConstraint("clock_id", "number", name=op.f("uq_clock_event_clock_id_number")),
        comment="what happened to a clock; append-only",
    )
    op.create_index("ix_clock_event_case_id", "clock_event", ["case_id"], unique=False)


def downgrade() -> None:
    """Append-only data is never dropped: restore a backup instead."""
    raise RuntimeError("no downgrade below the first release")
