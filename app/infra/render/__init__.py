"""Plain data in, PDF/A bytes out: sandboxed templates, and a limited child that can reach nothing."""
