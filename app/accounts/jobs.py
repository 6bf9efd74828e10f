"""Background work of accounts: codes are made here so that asking costs the same for everybody."""

from __future__ import annotations

from uuid import UUID

from app.accounts.adapters.vault import keys_from
from app.accounts.service.keys import forget_old_keys
from app.accounts.service.limits import sweep_limits
from app.accounts.service.sessions import sweep_sessions
from app.accounts.service.signin import issue_code, sweep_codes
from app.infra.jobs import Run, job


@job("accounts.issue_code", queue="soon")
def issue_code_job(run: Run, code_id: str, sealed: str) -> None:
    """Make and mail a code when the address is known. Safe to repeat: keyed by the request's id."""
    with run.transaction() as tx:
        issue_code(tx, UUID(code_id), sealed, run.clock, keys_from(run.services.settings).links)


@job("accounts.sweep", queue="later", cron="17 * * * *")
def sweep_job(run: Run, timestamp: int = 0) -> None:
    """Forget what is over: codes, sessions, limits, keys. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        sweep_codes(tx, run.clock)
        sweep_sessions(tx, run.clock)
        sweep_limits(tx, run.clock)
        forget_old_keys(tx, run.clock)
