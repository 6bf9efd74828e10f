"""Pure rules of letters, one topic a file: kinds, context, readiness, numbers, samples."""
