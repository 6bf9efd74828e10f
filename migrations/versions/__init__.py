"""One numbered line of migrations; the name of the file is the revision."""
