"""One module per format finance imports; each turns frozen rows into the same bytes every time."""
