"""what this process counts, for Prometheus. Labels are routes, kinds and roles of ours, never what people type or are called"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

OWN = CollectorRegistry()
"""what this process counts"""
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "redress_requests", "requests answered", ["method", "route", "status"], registry=OWN
)
SECONDS = Histogram(
    "redress_request_seconds", "how long they took", ["route"], registry=OWN, buckets=BUCKETS
)
DENIALS = Counter("redress_denials", "refused by a policy, by role", ["role"], registry=OWN)
SIGN_INS_FAILED = Counter("redress_sign_ins_failed", "by way", ["way"], registry=OWN)
RENDERS_FAILED = Counter("redress_renders_failed", "letters not printed", ["fault"], registry=OWN)
STORE_ERRORS = Counter("redress_object_store_errors", "calls it failed", registry=OWN)
JOBS_ENDED = Counter("redress_jobs_ended", "runs of jobs", ["kind", "how"], registry=OWN)
