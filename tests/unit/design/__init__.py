"""The design system's own laws: contrast, logical properties, size, words."""
