"""Statements: what stores, distributors and societies report of sales, read line by line, each line as its source wrote it.

Decides: which format a file is (by its set of columns, never by its name), what each column means, whether a file may
be applied: the whole of it or nothing, and what a person said that lines without a recording mean. Does not decide: who
is entitled to what (terms, rights), what should have been paid (recompute). Tables: statement_import, statement_part,
statement_upload, statement_unmatched, statement_match, statement_profile; the lines lie as Parquet in the store, one object a source and
statement month. Events: none. Terms: statement month = the month that is settled, sale month = the month in which people
listened or bought.
"""
