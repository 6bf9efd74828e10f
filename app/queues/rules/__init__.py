"""What a list may be asked for: filters, orders, columns, bulk acts. Pure."""
