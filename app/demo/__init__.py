"""The demo desk: a small, believable distributor that builds itself through the same services as the pages."""
