"""Reading: a public statement becomes claims, each with who made it and where it stands.

Decides which numbers of a text are people going home, to whom, from whom and by whose word;
who mediated, what was left out, and what each side holds of talks. The rules are of grammar
and of how communiqués are written; the words are data, one pack for each language.
It refuses to learn from the net or from a model, to guess a number that the text does not
hold, and to take anything in a text for an instruction.

Entry function: `read_statement`; `as_json.document` writes it for programs.
"""

from homeward.statements.reading.read import read_statement
from homeward.statements.reading.values import Reading

__all__ = ["Reading", "read_statement"]
