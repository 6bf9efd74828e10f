"""I4 (moves only along the table), I5, I9 (no deadline is silently missed), I12, I15: what SQL can see of cases."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I4",
        "the newest move of a case is where it stands, and it has one",
        """
        select "case".id, "case".state, last.to_state from "case"
        left join lateral (
          select to_state from case_transition as move where move.case_id = "case".id
          order by move.version desc limit 1) as last on true
        where last.to_state is distinct from "case".state
        """,
    ),
    Check(
        "I4",
        "each move begins where the one before ended",
        """
        select case_id, version, from_state, before from (
          select case_id, version, from_state,
                 lag(to_state) over (partition by case_id order by version) as before
          from case_transition) as step
        where before is not null and before <> from_state
        """,
    ),
    Check(
        "I4",
        "every move stands in the table and has an actor",
        """
        select move.id from case_transition as move
        left join allowed_transition as allowed on allowed.kind = move.kind
          and allowed.from_state = move.from_state and allowed.event = move.event
          and allowed.to_state = move.to_state
        where allowed.kind is null or move.actor_name = '' or move.acted_as = ''
        """,
    ),
    Check(
        "I5",
        "no move has a version its case never reached",
        """
        select move.case_id, move.version from case_transition as move
        join "case" on "case".id = move.case_id where move.version > "case".version
        """,
    ),
    Check(
        "I9",
        "an open clock that does not rest wakes somebody",
        """
        select id, case_id, kind from clock
        where ended_at is null and state <> 'paused' and next_wake_at is null
        """,
    ),
    Check(
        "I9",
        "the case knows its next due instant",
        """
        select "case".id, "case".next_due_at, soonest.due_at from "case"
        left join lateral (
          select min(due_at) as due_at from clock
          where clock.case_id = "case".id and ended_at is null and state <> 'paused') as soonest on true
        where "case".next_due_at is distinct from soonest.due_at
        """,
    ),
    Check(
        "I9",
        "an open case has a clock, an ended one has none",
        """
        select "case".id, "case".state from "case"
        where exists (select 1 from clock where clock.case_id = "case".id)
          and ("case".state in ('closed', 'deleted')) = exists (
            select 1 from clock where clock.case_id = "case".id and clock.ended_at is null)
        """,
    ),
    Check(
        "I9",
        "a clock is due when its newest event says, and its events have no gap",
        """
        select clock.id from clock
        left join lateral (
          select count(*) as many, max(number) as highest,
                 (array_agg(due_at order by number desc))[1] as due_at
          from clock_event where clock_event.clock_id = clock.id) as told on true
        where told.many = 0 or told.many <> told.highest or told.due_at <> clock.due_at
        """,
    ),
    Check(
        "I12",
        "nobody owns a case who is walled off it or stands on one of its sides",
        """
        select "case".id, "case".owner_id from "case"
        where exists (select 1 from case_wall as wall where wall.case_id = "case".id
            and wall.person_id = "case".owner_id and wall.lifted_at is null)
          or exists (select 1 from case_member as member where member.case_id = "case".id
            and member.person_id = "case".owner_id and member.revoked_at is null)
        """,
    ),
    Check(
        "I14",
        "a discarded draft keeps no words",
        """
        select "case".id from "case" join case_filing as filing on filing.case_id = "case".id
        where "case".state = 'deleted' and filing.answers <> '{}'::jsonb
        """,
    ),
    Check(
        "I15",
        "each move has its history row, and no history speaks of a move that was not made",
        """
        select move.case_id, move.version from case_transition as move
        where not exists (select 1 from history_entry as entry
          where entry.case_id = move.case_id and entry.verb = 'case.' || move.event
          and entry.data ->> 'version' = move.version::text)
        """,
    ),
)
