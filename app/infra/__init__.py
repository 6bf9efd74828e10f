"""Plumbing: database, storage, jobs, mail, render, clock, embedded servers. Vendor SDKs live here alone."""
