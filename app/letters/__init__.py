"""Outgoing letters: kinds, frozen contexts, gap-free numbers, bytes stored once, public verification.

Decides: what a letter of a kind must say before it may be issued, and which number it gets.
Does not decide: outcomes (decisions), who is mailed (notifications), when a case moves (cases).
Tables: letter, letter_series. Events: LetterNumbered, LetterIssued, LetterSent, LetterVoided.
Terms: series = prefix and year that share one counter; void = a number that was taken and not used.
"""
