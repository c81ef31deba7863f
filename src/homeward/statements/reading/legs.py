"""Quantities to legs: who goes home, from whom, as told by whom.

Rules of this file:
- What `parts` gives a role is no leg; where people go is decided in `direction`.
- "Each", "N from each side" are two legs; "the same number" is a leg the other way; a number
  that both sides share "equally" is halved.
- "N for M" without a party: whoever acts gives the first and gets the second.
- A number of both directions at once is pooled, never a leg; so is a total that a third party
  tells without saying whose people they are.
- What is denied was claimed by somebody else. "Not one" is a leg of nobody. Who confirms a
  figure tells the leg too.
"""

from __future__ import annotations

from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.direction import direction
from homeward.statements.reading.drafts import Draft, other, told_by
from homeward.statements.reading.numbers import Number
from homeward.statements.reading.parts import for_each, role_of
from homeward.statements.reading.quantity import Quantity

_WEAK = frozenset(
    {"lets go", "list", "speaker", "guess", "returns", "receives", "recent", "place", "same fact"}
)


def drafts_of(clauses: list[Clause], sides: tuple[str, ...], earlier: list[Draft]) -> list[Draft]:
    """Build the legs of one sentence.

    Args:
        clauses: Of the sentence, with sources and roles.
        sides: The two sides of the text.
        earlier: Legs of the sentences before.

    Returns:
        New legs; the roles of quantities that are none are filled in.
    """
    found: list[Draft] = []
    for at, clause in enumerate(clauses):
        for quantity in clause.quantities:
            if quantity.role != "candidate":
                continue
            before = clauses[:at] if clause.frame is None else [clause.frame, *clauses[:at]]
            role = "" if quantity.summand else role_of(quantity, clause, before, found, earlier)
            if role:
                quantity.role = role
                continue
            found += _place(quantity, clause, before, sides, [*earlier, *found], found)
        found += _same_number(clause, sides, [*earlier, *found])
        found += _nobody(clause, [*earlier, *found])
        found += _confirmed(clause, [*earlier, *found])
    return found


def _place(
    quantity: Quantity,
    clause: Clause,
    before: list[Clause],
    sides: tuple[str, ...],
    known: list[Draft],
    here: list[Draft],
) -> list[Draft]:
    """Return the legs that a quantity is: none if it is pooled, two if it is "each"."""
    local = _local_sides(clause, sides)
    if quantity.own and told_by(quantity, clause) == "both" and len(local) == 2:
        return _each_of_its_own(quantity, clause, local)
    if for_each(quantity, clause) and len(local) == 2:
        quantity.role = "leg"
        if any(d.how == "each" and d.count == quantity.count for d in here):
            return []
        return [_draft(quantity, clause, home, other(home, local), "each") for home in local]
    home, holder, how = direction(quantity, clause, before, local, known, here)
    if not home:
        return _undirected(quantity, clause, local)
    both = clause.marked.any("both_sides", "between") and not clause.own_actor
    shared = both and how in {"lets go", "guess"}
    if shared or (how in _WEAK and _third_total(quantity, clause, sides)):
        quantity.role = "pooled"
        return []
    quantity.role = "leg"
    how = "a third" if how == "people" and len(sides) == 2 and home not in local else how
    dead = [d.unit == "remains" for d in known if d.clause.role == clause.role]
    if quantity.what == "bare" and dead and all(dead):
        quantity.unit = "remains"  # "it had received a thousand", told of before as bodies
    return [_draft(quantity, clause, home, holder or other(home, local), how)]


def _each_of_its_own(quantity: Quantity, clause: Clause, sides: tuple[str, ...]) -> list[Draft]:
    """Return a leg for each side, told by itself: "both said 40 of their soldiers were back"."""
    quantity.role = "leg"
    legs = [_draft(quantity, clause, side, other(side, sides), "own") for side in sides]
    for leg in legs:
        leg.source = leg.home
    return legs


def _undirected(quantity: Quantity, clause: Clause, sides: tuple[str, ...]) -> list[Draft]:
    """Return the legs of "N for M", the halves of a number shared equally, else none."""
    pair = _n_for_n(quantity, clause, sides)
    if pair:
        quantity.role = "leg"
        return [_draft(quantity, clause, *pair, "n for n")]
    quantity.role = "pooled"
    equal = clause.marked.any("equal", start=clause.start)
    if not equal or len(sides) != 2 or not quantity.count or quantity.count % 2:
        return []
    legs = [_draft(quantity, clause, side, other(side, sides), "equal") for side in sides]
    for leg in legs:
        leg.count = quantity.count // 2
    return legs


def _third_total(quantity: Quantity, clause: Clause, sides: tuple[str, ...]) -> bool:
    """Return whether a third party speaks of a total without saying whose people they are."""
    source = told_by(quantity, clause).partition(".")[0]
    near = clause.marked.any(
        "total", start=max(clause.start, quantity.start - 5), end=quantity.end + 3
    )
    return near and source not in {*sides, "narrator"}


def _draft(quantity: Quantity, clause: Clause, home: str, holder: str, how: str) -> Draft:
    source = told_by(quantity, clause)
    if clause.denied and how != "nobody":
        source = _claimant(clause, source, (home, holder))
    return Draft(
        quantity=quantity,
        clause=clause,
        home=home,
        holder=holder,
        count=quantity.count,
        source=source,
        how=how,
        qualifier=quantity.qualifier,
        unit=quantity.unit,
    )


def _claimant(clause: Clause, denier: str, pair: tuple[str, str]) -> str:
    """Return who claimed what is denied: whoever is named for it, else the other side."""
    party = denier.partition(".")[0]
    for mention in clause.mentions:
        claims = clause.marked.any("say", "figure", start=mention.end, end=mention.end + 4)
        if mention.party != party and (mention.prep == "by" or claims):
            return mention.source
    return other(party, pair) or denier


def _local_sides(clause: Clause, sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return the two parties between whom a clause says it happens, else those of the text."""
    between = [m.party for m in clause.mentions if m.prep == "between" and m.party]
    if len(between) == 1:
        first = next(m for m in clause.mentions if m.prep == "between")
        follows = [
            m.party
            for m in clause.mentions
            if m.start > first.start and m.party != between[0] and m.prep != "in"
        ]
        between += follows[:1]
    if len(set(between)) >= 2:
        return tuple(dict.fromkeys(between))[:2]
    return sides


def _n_for_n(quantity: Quantity, clause: Clause, sides: tuple[str, ...]) -> tuple[str, str] | None:
    """Return home and holder of one number of "N for M", told without any party."""
    marked = clause.marked
    rivals = [q for q in clause.quantities if q is not quantity and q.what in {"bare", "people"}]
    for rival in rivals:
        low, high = sorted((quantity, rival), key=lambda q: q.number.start)
        gap = marked.tokens[low.number.end : high.number.start]
        if len(gap) <= 6 and any(t.has("for", "in_return") for t in gap) and len(sides) == 2:
            actor = next((p for p in clause.actors if p in sides), sides[0])
            gives = quantity is low  # who acts gives the first number for the second
            home = other(actor, sides) if gives else actor
            return home, other(home, sides)
    return None


def _nobody(clause: Clause, known: list[Draft]) -> list[Draft]:
    """Return the leg of nobody that "not one" tells beside a number that is denied."""
    marked = clause.marked
    cues = marked.tagged("none", start=clause.start, end=clause.end)
    if not cues or not known or not clause.moves:
        return []
    nobody = Quantity(Number(cues[0], cues[0] + 1, 0.0, digits=False), cues[0], cues[0] + 1, "bare")
    nobody.role = "leg"
    last = known[-1]
    if any(m.prep == "to" and m.party == last.holder for m in clause.mentions):
        return [_draft(nobody, clause, last.holder, last.home, "nobody")]
    return [_draft(nobody, clause, last.home, last.holder, "nobody")]


def _confirmed(clause: Clause, known: list[Draft]) -> list[Draft]:
    """Return the leg that somebody else confirms or insists on without its number."""
    marked = clause.marked
    if not known or any(q.role in {"candidate", "leg"} for q in clause.quantities) or clause.denied:
        return []
    cue = next(
        iter(marked.tagged("confirmed_too", "insist", start=clause.start, end=clause.end)), None
    )
    if cue is None or not marked.any("figure", start=cue, end=clause.end):
        return []
    if marked.any("negation", start=clause.start, end=clause.end):
        return []
    told = [d for d in known if d.count and d.source != clause.source and d.clause.role == "main"]
    every = marked.any("both_figures", start=cue, end=clause.end)
    if marked.any("first", start=cue, end=clause.end):  # "confirmed the first figure"
        told = told[-2:-1] or told
    found = []
    for last in told[-2:] if every else told[-1:]:
        draft = _draft(last.quantity, clause, last.home, last.holder, "confirmed")
        draft.count, draft.source, draft.unit = last.count, clause.source, last.unit
        found.append(draft)
    return found


def _same_number(clause: Clause, sides: tuple[str, ...], known: list[Draft]) -> list[Draft]:
    """Return the leg the other way that "the same number" tells."""
    marked = clause.marked
    cues = marked.tagged("same_number", start=clause.start, end=clause.end)
    if not cues or not known or clause.any("held", "remain", "at_least", "casualty"):
        return []
    last = known[-1]
    if last.count is None or last.how == "each":
        return []
    named = next(
        (m.party for m in clause.mentions if m.start > cues[0] and m.form in {"adj", "people"}), ""
    )
    home = named or last.holder
    if home == last.home or any(
        d.home == home and d.count == last.count and d.source == clause.source for d in known
    ):
        return []
    draft = _draft(last.quantity, clause, home, other(home, sides) or last.home, "same number")
    spoken = (source for start, end, source in clause.told if start <= cues[0] < end)
    draft.count, draft.source = last.count, next(spoken, clause.source)
    return [draft]
