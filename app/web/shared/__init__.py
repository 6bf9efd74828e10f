"""What every face shares: context, policy, session, tokens, limits, headers, errors, filters."""
