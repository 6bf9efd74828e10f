"""The reasoned result of a round: issues, findings on exhibits, outcome, remedies, texts per side.

Decides: what a decision must hold before it may be proposed, who may confirm it, when it is frozen.
Does not decide: when a case moves (cases, workflows), what money is owed (corrections), what letters say.
Tables: decision (desk only), decision_notice (what one side may read, written once at confirmation).
Events: DecisionProposed, DecisionConfirmed, DecisionReturned. Terms: confirmation = four eyes.
"""
