"""`/api/v1` for programs: JSON, bearer tokens, the same services as the pages. One file a resource; `shapes` says what travels."""
