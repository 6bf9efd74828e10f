"""What each sub-kind of case promises and asks: forms, checklists, clocks, silence, letters, calendars.

Decides: due dates (pure arithmetic over stored calendar versions), which policy version counts when.
Does not decide: anything about one case; it does not know what a case is.
Tables: calendar, calendar_holiday, case_policy (all append-only: a change is a new version).
Terms: clock = a running measure with a due instant; policy = the versioned promise behind it.
"""
