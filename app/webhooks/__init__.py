"""Webhooks: programs of others are told what happened, by the rules of Standard Webhooks.

Decides: which kinds there are, how a call is signed, when it is tried again, when an endpoint is given up.
Does not decide: who may see what (the rooms' scopes, asked by `workflows`), which hosts may be called (infra.egress).
Tables: webhook_endpoint, webhook_secret, webhook_delivery, webhook_attempt.
Terms: a *delivery* is one thing told to one endpoint; an *attempt* is one call of it.
"""
