"""Pure rules of evidence: admission, content signals, lifecycle, labels and keys."""
