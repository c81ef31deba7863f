"""Node: one party's own installation.

Decides where a party's data and keys lie (one folder, one encrypted file, one set of
keys), who may read a person (`access`), and what a user's intent does (`actions`, one
function each; web pages, the API and the commands call those and nothing deeper).
It refuses a second party in the same folder, and a person read without a trace.

Entry functions: `home.init_node` and `home.open_node`. Django lives here and nowhere else.
"""
