"""Use-cases of letters, one topic a file: drafts, numbers, results, decided; rows is shared by them."""
