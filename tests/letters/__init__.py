"""Letters as people get them: text, files, limits; WeasyPrint runs, no server does."""
