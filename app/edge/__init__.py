"""What pages and API share about HTTP: who may use a route, the status of each error, once per key (ADR 0035)."""
