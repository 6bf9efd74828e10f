"""Articles as files: one folder a language, one file an article, front matter first."""
