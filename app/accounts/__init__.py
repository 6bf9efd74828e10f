"""People, what they may do, for whom they act, and how they prove who they are.

Decides: the permission matrix, password and code rules, session limits, delegation dates.
Does not decide: which side of a case somebody is on (cases writes case_member).
Tables: person, role_grant, credential, totp_secret, recovery_code, sign_in_code, invitation,
session, api_token, delegation, rate_bucket, idempotency_key, csp_report.
Events: SignInCodeIssued, PersonInvited, AccountNoticeRaised.
"""
