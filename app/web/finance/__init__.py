"""Finance: corrections that wait, batches, exports, held money."""
