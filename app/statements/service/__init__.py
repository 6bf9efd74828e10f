"""A statement is read into a folder, its bytes go into the store, its rows appear: in this order, so that a crash leaves nothing."""
