"""The servers a stranger's machine does not have: PostgreSQL and an S3 store, started from locked wheels.

They exist so that one command is enough to see and test the product. Production gives addresses instead
(`DATABASE_URL`, `S3_ENDPOINT_URL`) and nothing here runs.
"""
