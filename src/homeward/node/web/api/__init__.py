"""API: what the pages show, for programs.

Decides which operation asks the row of which page, and how a failure looks to a program.
It refuses to sign, send or release anything: that takes a person and a password. Names
stand in answers alone, never in an address.

Entry point: `app.PATTERNS`.
"""
