"""Counter-notices: the statement of the respondent that a removal was a mistake, 17 U.S.C. 512(g)(3).

Decides: what a counter-notice must contain, what is missing, when it is complete, who may read it.
Does not decide: the moves of a case and its statutory window (cases, policies), letters about it (letters).
Tables: counter_notice (drafts and what was sent; a sent one never changes).
Events: none; the move of the case is the event.
"""
