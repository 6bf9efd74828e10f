"""The catalogue: artists, releases, recordings, works, and who has which of them.

Decides: what a search means, how an import file is read, how a cover without a picture is drawn.
Does not decide: who owns which share (rights), what was earned (statements), what is disputed (cases).
Tables: artist, artist_name, catalogue_holder, release, recording, release_recording, work,
recording_work, catalogue_import. A party sees what they hold, or what somebody holds for whom they act.
Events: none; the house imports, nobody waits for it. Terms: holder = the account that has an artist.
"""
