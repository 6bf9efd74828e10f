"""The desk's lists: which cases stand in a list, in which order, and what people keep about lists
and about the keys of the staff pages.

Decides what a list's address means, who may share a view, what a bulk act may touch and undo. Does not move cases
(`workflows.bulk` asks the rooms that do). Tables: saved_view, tag, case_tag, list_preference,
shortcut_preference, bulk_run, bulk_row.
Events: BulkStarted. Nothing here is ever shown to a party.
"""
