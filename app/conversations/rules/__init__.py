"""Pure rules of conversations: audiences and the life of a request item."""
