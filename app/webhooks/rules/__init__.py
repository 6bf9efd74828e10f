"""Pure rules of webhooks: kinds, signatures, the plan of attempts."""
