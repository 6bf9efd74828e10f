"""Notices to people outside the page: mail kinds, one message per recipient, claimed before it is sent.

Decides: what a mail of a kind may say (reference and what to do, no case content), when it is tried again.
Does not decide: what happened (rooms say so by events), how bytes travel (infra.mail).
Tables: outgoing_mail. Events: MailSent, MailFailed. Terms: unknown = it may have arrived; a person looks.
"""
