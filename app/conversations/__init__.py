"""Conversations: messages, internal notes, requests and their answers, each on one side of a case.

Decides: who reads which message, how a request item moves, what an answer needs.
Does not decide: case state, deadlines' clocks (cases), files behind an answer (evidence).
Tables: message, read_mark, draft_text, case_presence, macro, request, request_item, request_answer.
Events: MessageSent, NoteAdded, ItemsAsked, ItemAnswered, ItemJudged, RequestExtended, RequestLapsed.
Terms: audience = who a message is for; request = items asked at once with one deadline.
"""
