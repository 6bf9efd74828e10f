"""Mail without a network."""
