"""Case files: everything one reader may see of a case in one ZIP, packed as a bag whose manifest anybody can check.

Decides: what belongs in it for whom, how it is laid out, how long it may be fetched, and that it is not handed out
once something in it is no longer theirs to read.
Does not decide: who sees what (every part is read by the scoped queries of its own room).
Table: case_file. Events: CaseFileReady.
"""
