"""Pure rules of the audit, one topic a file: inputs, findings."""
