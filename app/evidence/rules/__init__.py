"""Pure rules of evidence: admission, content signals, names, lifecycle, labels and keys."""
