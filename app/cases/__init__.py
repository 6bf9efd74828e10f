"""The case: its state machine, parties, sides, members, walls, assignment and clocks.

Decides: which transition is possible for whom, what each clock does, what a state means in words.
Does not decide: what evidence, decisions, letters or money hold; they arrive as `CaseFacts`.
Tables: case, case_member, case_party, party_contact, case_wall, case_statement, case_link,
case_transition, allowed_transition, clock, clock_event. Only `service` writes `case.state`.
Events: see events.py. Terms: side = whose room; round = one decision, an appeal opens the next.
"""
