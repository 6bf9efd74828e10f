"""Decides how the record of who did what is written and verified; it knows no room.

Tables: history_entry (append-only, chained per case or subject), history_private (what erasure may
take), history_head (end of each chain), history_seal (daily head over all chains). Events: none.
"""
