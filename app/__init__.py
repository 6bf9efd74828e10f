"""Redress: the dispute desk. The floor plan; a room imports only from lower floors.

14  web  api  cli  worker  demo      faces and entry points (factory wires them)
13+ edge                             what pages and API share about HTTP
13  workflows                        use-cases over several rooms; the reactions table
12  takedowns corrections offers conduct incidents ratings casefiles
11  letters ledger store_actions exports notifications
10  decisions recompute
 9  evidence conversations queues · references below them
 8  cases
 7  policies rights statements terms
 6  stores channels helpcentre webhooks
 5  catalogue
 4  accounts
 3  history search
 2  infra                            db, storage, jobs, mail, render, clock, embedded
 1  kernel                           money, share, period, territory, identifiers, errors

Where does a line belong?  It decides -> rules.  It writes -> service.  It asks -> queries.
This file never imports, so rules can be imported without Flask or SQLAlchemy.
"""
