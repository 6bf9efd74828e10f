"""The staff desk: list, workspace, decision, confirmation, letters, parked jobs; composes rooms for one audience."""
