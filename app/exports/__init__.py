"""Finance formats: rows in, bytes out. Decides how a cell, a number and a file are written for the
programs finance imports into; knows no batch, no case and no database. No tables, no events.
"""
