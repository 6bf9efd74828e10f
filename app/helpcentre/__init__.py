"""The help centre: articles that answer a question without a case.

Decides: what an article is, which ones fit a sub-kind or some words, what counts as a case avoided.
Does not decide: what is true of one artist's own cases and money (workflows find that fact).
Articles are files of `packs/<language>/`, versioned with the product.
Tables: help_feedback (did this answer it), help_offer (what a draft was shown, and what became of it).
Events: none.
"""
