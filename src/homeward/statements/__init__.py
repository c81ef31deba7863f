"""Statements: what each side says about an exchange, beside what the record shows.

Decides what a public text says, and whose word it is (`reading`); and, fact by fact, whether
the sides and the mediator agree, who left a fact out, and whether a claim agrees with the
record of who went home. It judges claims that a person transcribed or that were read in a text, each
with the words it was made in.
It refuses to call two claims contradictory unless both are exact, count the same unit of
the same flow, and no category explains the difference.

Entry functions: `reading.read_statement`, `heard.exchanges_in`, `reconcile`, `write_communique` and
`neutral_statement`; `as_json` and `claim_reviews` write verdicts for programs.
"""

from homeward.statements.claim_review import claim_reviews
from homeward.statements.communique import write_communique
from homeward.statements.model import Claim, Record, Statement
from homeward.statements.reconcile import FactVerdict, reconcile
from homeward.statements.verdicts_json import as_json
from homeward.statements.write import neutral_statement

__all__ = [
    "Claim",
    "FactVerdict",
    "Record",
    "Statement",
    "as_json",
    "claim_reviews",
    "neutral_statement",
    "reconcile",
    "write_communique",
]
