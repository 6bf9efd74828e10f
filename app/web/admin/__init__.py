"""Administration: people and roles, the record of what happened, the auditor's read view."""
