"""I15: the record is complete and its links follow each other (the hashes are recomputed by `verify`)."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I15",
        "history chains have no gap and each entry follows the one before",
        """
        select chain, n from (
          select chain, n, prev_hash,
                 lag(hash, 1, repeat('0', 64)) over (partition by chain order by n) as before,
                 row_number() over (partition by chain order by n) as should
          from history_entry) as link
        where n <> should or prev_hash <> before
        """,
    ),
    Check(
        "I15",
        "each chain ends where its head says",
        """
        select head.chain from history_head as head
        left join history_entry as entry on entry.chain = head.chain and entry.n = head.n
        where entry.hash is distinct from head.hash
        """,
    ),
)
