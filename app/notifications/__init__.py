"""Notices to people: a list each, one mail per recipient, what they chose; claimed before it is sent.

Decides: what a notice of a kind may say (reference and what to do, no case content), who of the desk hears of a case,
when a mail waits, is tried again or is dropped. Does not decide: what happened (rooms say so by events), how bytes
travel (infra.mail). Tables: outgoing_mail, notice, notice_choice, suppressed_address, mail_bounce. Events: MailSent, MailFailed.
Terms: unknown = it may have arrived; a person looks. suppressed = refused for good, nothing but codes goes there.
"""
