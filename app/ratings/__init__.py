"""How a side found a round of its case: how we handled it, and the result, apart.

Decides: which rounds can be rated, until when a rating may change, who reads the words.
Does not decide: how a case ended (decisions, cases); it counts nothing together.
Tables: rating (one a side and round; its words are that side's and the leads').
Events: CaseRated.
"""
