"""The chain: canonical bytes of an entry, its hash, and what makes a link broken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
_SPELLED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of history as the verifier reads it; *n* counts from 1 within *chain*."""

    chain: str
    n: int
    at: datetime
    actor: str
    verb: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any]
    commitment: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link of a chain: where and why."""

    chain: str
    n: int
    reason: str


def canonical(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8: the same value always gives the same bytes."""
    return _SPELLED(value).encode()


def entry_hash(prev_hash: str, entry: Entry) -> str:
    """SHA-256 over the previous hash and the canonical entry (RELIABILITY B6.2)."""
    body = {
        "chain": entry.chain,
        "n": entry.n,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "verb": entry.verb,
        "subject": [entry.subject_kind, entry.subject_id],
        "data": entry.data,
        "commitment": entry.commitment,
    }
    return hashlib.sha256(prev_hash.encode() + canonical(body)).hexdigest()


def commitment(salt: bytes, private: dict[str, Any]) -> str:
    """Salted hash of personal data: without the salt nothing can be guessed back (RELIABILITY B6.5)."""
    return hashlib.sha256(salt + canonical(private)).hexdigest()


def first_break(entries: Iterable[Entry], heads: dict[str, tuple[int, str]]) -> Break | None:
    """The first broken link. *entries*: sorted by (chain, n). *heads*: chain -> (last n, last hash).

    A cut tail shows as a head beyond the last entry; a cut chain as a head without entries.
    """
    last: dict[str, tuple[int, str]] = {}
    for entry in entries:
        n, previous = last.get(entry.chain, (0, GENESIS))
        if entry.n != n + 1:
            return Break(entry.chain, n + 1, "missing")
        if entry.prev_hash != previous:
            return Break(entry.chain, entry.n, "does not follow the entry before it")
        if entry_hash(previous, entry) != entry.hash:
            return Break(entry.chain, entry.n, "was changed after it was written")
        last[entry.chain] = (entry.n, entry.hash)
    for chain in sorted(heads.keys() | last.keys()):
        n, _ = last.get(chain, (0, GENESIS))
        if last.get(chain) != heads.get(chain):
            return Break(chain, n + 1, "the end of the chain is missing")
    return None


def merkle_root(leaves: list[str]) -> str:
    """RFC 6962 root over *leaves* (hex digests, any order fixed by the caller); empty gives SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs
        ]
    return level[0].hex()
