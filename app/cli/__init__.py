"""The console face: `redress …`, one file per room; each command resolves settings, calls a service, prints.

Exit codes: 0 done, 1 a bug, 2 wrong input or settings, 3 refused, 4 not found, 5 forbidden, 6 changed
meanwhile, 7 a service is away, 8 a check found something.
"""
