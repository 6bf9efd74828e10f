"""Downloads for every face: one function hands out files, whoever asks and whatever they are."""
