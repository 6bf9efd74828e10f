"""What every resource of the API has: who asks, what is documented, problems, cursors, versions, keys."""
