"""What the rules of direction look at: one number with its surroundings, and what can be asked of it.

Rules of this file:
- A case holds what was found before; nothing here decides where people go.
- Each question is about the words between the number, the verb that moves people, and who acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.drafts import Draft, other, told_by
from homeward.statements.reading.parts import new_voice
from homeward.statements.reading.quantity import Quantity

LIST_GAP = 8
NEAR = 4
_SHORT_PASSIVE = re.compile(r"[а-яії]{3,}([ае]н[ыоаі]?|т[ыо]|уті)$")  # "освобождены", "звільнено"
_NOUNS = ("ние", "нии", "ния", "нию", "ння", "нні", "нню")  # of Slavic verbs

Answer = tuple[str, str, str]


@dataclass(slots=True)
class Case:
    """What the rules look at: a quantity, its clause, and what was told before.

    `known` are the legs of the text so far, `here` those of the sentence. `target` and
    `source` are the parties behind "to" and "from"; `reverse` tells that the number stands
    behind "in exchange for"; `before` acts in the clause before.
    """

    quantity: Quantity
    clause: Clause
    sides: tuple[str, ...]
    known: Sequence[Draft]
    here: Sequence[Draft]
    verb: str
    actor: str
    target: str
    source: str
    reverse: bool
    speaker: str
    before: str

    def to(self, home: str, how: str, holder: str = "") -> Answer:
        """Answer with a home; who let go is `holder`, else "from", else the other side.

        Args:
            home: Where they go.
            how: The rule that answers.
            holder: Who let them go, if the rule knows.
        """
        for party in (self.source, holder):
            if party and party != home:
                return home, party, how
        return home, other(home, self.sides), how

    def to_people(self, home: str) -> Answer:
        """Answer with whose people they are, though "from" names them.

        Args:
            home: Where they go.
        """
        return home, other(home, self.sides), "people"

    def away(self, holder: str, how: str) -> Answer:
        """Answer with who let them go; their home is the other side.

        Args:
            holder: Who let them go.
            how: The rule that answers.
        """
        return other(holder, self.sides), holder, how


def is_origin(case: Case) -> bool:
    """Return whether "from" says whose people they are: "Vale freed 64 soldiers from Orland"."""
    before = any(at < case.quantity.number.start for at in case.clause.moves)
    return (
        before
        and case.actor not in {"", case.source}
        and any(
            m.party == case.source and m.form == "name" and 0 <= m.start - case.quantity.end <= 2
            for m in case.clause.mentions
            if m.prep == "from"
        )
    )


def is_passive(case: Case) -> bool:
    """Return whether people are let go, not whoever stands before the verb lets go."""
    marked = case.clause.marked
    before = any(at > case.quantity.number.start for at in case.clause.moves)
    return before or any(
        marked.any("passive", start=at - 3, end=at) or _SHORT_PASSIVE.search(marked.tokens[at].norm)
        for at in case.clause.moves
    )


def is_object(case: Case) -> bool:
    """Return whether people are whom a relative clause tells somebody returned: "40, whom Vale returned"."""
    start, moves = case.quantity.end, case.clause.moves
    which = case.clause.marked.tagged("which", start=start, end=start + NEAR)
    return bool(which and moves) and which[0] < moves[-1] and case.clause.own_actor


def opens_with_return(clause: Clause) -> bool:
    """Return whether a clause begins with "in return"."""
    return clause.marked.any("in_return", start=clause.start, end=clause.start + 4)


def is_listed(case: Case) -> bool:
    """Return whether only "and", a comma or "along with" parts two numbers of one list."""
    last = case.here[-1]
    between = last.clause.marked.tokens[last.quantity.end : case.quantity.start]
    if any(t.norm in ";؛:" for t in between) or last.source != told_by(case.quantity, case.clause):
        return False
    more = any(t.has("also", "move_with") for t in between)  # "45 men, and two children besides"
    parted = any(
        t.has(*MOVES, "in_return", "for") or (t.has("while") and not more) for t in between
    )
    return len(between) <= LIST_GAP and not parted


def is_nominal(case: Case) -> bool:
    """Return whether a noun of letting go stands before the number: "reported the release of 144"."""
    tokens = case.clause.marked.tokens
    ahead = [at for at in case.clause.moves if at < case.quantity.number.start]
    if not ahead or not tokens[ahead[-1]].has("release") or ahead[-1] + 1 >= len(tokens):
        return False
    return tokens[ahead[-1] + 1].has("of") or tokens[ahead[-1]].norm.endswith(_NOUNS)


def is_voice(case: Case) -> bool:
    """Return whether a source that gave no number yet gives its own."""
    return new_voice(case.clause, case.quantity, list(case.known))


def is_fronted(case: Case) -> bool:
    """Return whether what is got stands first: "for five men Vale let 55 go"."""
    after = [q for q in case.clause.quantities if q.number.start > case.quantity.number.start]
    paid = case.verb == "release" and case.clause.own_actor and case.actor in case.sides
    return bool(after) and paid and case.clause.moves[0] > case.quantity.end
