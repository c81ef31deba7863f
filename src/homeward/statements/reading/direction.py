"""Where people go home to, and who let them go.

Rules of this file: a table, `RULES`, in order; the first rule that answers decides.
- Whose people they are, unless somebody receives them or they go "to X".
- The other way round behind "in exchange for", and with "in the other direction".
- "Our" and "its own"; where they arrive; "to X"; whoever receives; "from X", "in X's captivity".
- Weaker: "by X", whoever lets go, the home of the number before in a list, whoever returns,
  the speaker's own, a place, whose people were last spoken of.
- Where no rule answers, the number is of both directions at once, or of none.
"""

from __future__ import annotations

from collections.abc import Callable

from homeward.statements.reading.asked import (
    LIST_GAP,
    NEAR,
    Answer,
    Case,
    is_fronted,
    is_listed,
    is_nominal,
    is_object,
    is_origin,
    is_passive,
    is_voice,
    opens_with_return,
)
from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.drafts import Draft, other, told_by
from homeward.statements.reading.governing import (
    actor_of,
    behind_return,
    gives_back,
    of_two_origins,
    origin_of,
    party_by,
    verb_of,
)
from homeward.statements.reading.quantity import Quantity


def direction(
    quantity: Quantity,
    clause: Clause,
    before: list[Clause],
    sides: tuple[str, ...],
    known: list[Draft],
    here: list[Draft],
) -> Answer:
    """Decide where people go home to, and who let them go.

    Args:
        quantity: In the clause.
        clause: Whose verb moves them.
        before: Clauses before it in the sentence.
        sides: The two sides.
        known: Legs of the text so far.
        here: Legs of this sentence so far.

    Returns:
        Home, holder and the rule that decided; empty texts where it stays open.
    """
    case = Case(
        quantity=quantity,
        clause=clause,
        sides=sides,
        known=known,
        here=here,
        verb=verb_of(quantity, clause, before),
        actor=actor_of(clause, quantity, sides),
        target=party_by(clause, quantity, "to"),
        source=origin_of(clause, quantity, sides),
        reverse=behind_return(quantity, clause),
        speaker=told_by(quantity, clause).partition(".")[0],
        before=next((c.actors[0] for c in reversed(before) if len(c.actors) == 1), ""),
    )
    for rule in RULES if not quantity.joint else ():
        answer = rule(case)
        if answer is not None:
            return answer
    return "", "", ""


def _nation(case: Case) -> Answer | None:
    nation = case.quantity.nation
    if not nation or not (case.reverse or case.clause.moves or nation in case.sides):
        return None
    gets = case.verb == "receive" and case.actor and case.clause.moves and not case.reverse
    if gets and ("-" in nation or not {nation, case.actor} <= set(case.sides)):
        return None
    moved_to = case.target if not case.reverse and case.verb in {"release", "return"} else ""
    if moved_to and moved_to != nation and moved_to in case.sides:
        return moved_to, case.source or other(moved_to, case.sides), "to"
    giver = case.actor if case.verb == "release" and not case.reverse else ""
    return case.to(nation, "people", giver)


def _in_return(case: Case) -> Answer | None:
    if not case.reverse or (case.quantity.own and case.clause.own_actor):
        return None
    same = [d for d in case.here if d.clause.marked is case.clause.marked]
    first = same[-1] if same else None
    if first is None and is_fronted(case):
        return case.actor, other(case.actor, case.sides), "in return"
    if first is None and case.known and opens_with_return(case.clause):
        first = case.known[-1]
    if first is None or first.home == (case.quantity.nation or None):
        return None
    return first.holder, first.home, "in return"


def _other_way(case: Case) -> Answer | None:
    """Answer "in the other direction went 40" by the number before."""
    if not case.known or not case.clause.any("opposite") or case.quantity.nation:
        return None
    return case.known[-1].holder, case.known[-1].home, "in return"


def _own(case: Case) -> Answer | None:
    quantity = case.quantity
    tokens = case.clause.marked.tokens[quantity.number.end : quantity.end + 2]
    if any(token.has("theirs") for token in tokens) and (case.actor or case.speaker) in case.sides:
        return case.away(case.actor or case.speaker, "own")
    if quantity.ours and case.speaker in case.sides:
        return case.to(case.speaker, "own")
    if not quantity.own:
        return None
    head = case.clause.marked.tokens[quantity.head] if quantity.head >= 0 else None
    if (
        head is not None
        and head.has("captive")
        and case.verb == "release"
        and case.clause.own_actor
    ):
        return case.away(case.actor, "lets go") if case.actor else None  # "frees its prisoners"
    if case.target and case.clause.marked.any("whose", start=quantity.start, end=quantity.end):
        return case.to(case.target, "own")  # "handed Vale 18 of its men"
    if case.actor:
        return case.actor, case.source or other(case.actor, case.sides), "own"
    recent = case.before or case.clause.recent
    return (recent, other(recent, case.sides), "recent") if recent in case.sides else None


def _arrives(case: Case) -> Answer | None:
    """Answer "had arrived in Doria", "reached Doria" by the side whose place it is."""
    marked = case.clause.marked
    for at in marked.tagged("arrive", "reach", start=case.clause.start, end=case.clause.end):
        preps = {"in", "to", ""} if marked.tokens[at].has("reach") else {"in", "to"}
        for mention in case.clause.mentions:
            near = at < mention.start <= at + 4 and mention.prep in preps
            if near and mention.party in case.sides and mention.form in {"name", "seat"}:
                return case.to(mention.party, "to")
    return None


def _to(case: Case) -> Answer | None:
    if case.target and case.verb != "receive" and case.target != case.source:
        # Whoever hands people to a third party may not send them home.
        return case.to(case.target, "to" if case.target in case.sides else "to a third")
    return None


def _receives(case: Case) -> Answer | None:
    counts = not (case.clause.moves or case.here) and is_voice(case)
    if case.verb != "receive" or not case.actor or counts:
        return None
    if case.actor in case.sides or not case.clause.any("mediate", "facilitate"):
        return case.to(case.actor, "receives")
    return None


def _whose(case: Case) -> Answer | None:
    return case.to(case.quantity.nation, "people") if case.quantity.nation else None


def _against(case: Case) -> Answer | None:
    """Answer with the opposite of the number behind "in exchange for", if that tells whose."""
    after = [q for q in case.clause.quantities if q.number.start > case.quantity.number.start]
    if not after or not after[0].nation or not other(after[0].nation, case.sides):
        return None
    gap = case.clause.marked.tokens[case.quantity.end : after[0].number.start]
    lead = case.clause.marked.tokens[max(0, case.quantity.start - 1) : case.quantity.start]
    if any(token.has("for", "in_return") for token in lead) and case.verb == "release":
        return case.away(after[0].nation, "in return")  # "for five men Vale gave 55 Orlanders"
    behind = any(token.has("in_return", "for") for token in gap)
    return case.away(after[0].nation, "in return") if behind else None


def _captor(case: Case) -> Answer | None:
    """Answer "90 men, whom Dornish captivity had threatened" by who held them."""
    marked, quantity = case.clause.marked, case.quantity
    rivals = [q.number.start for q in case.clause.quantities if q.number.start > quantity.end]
    for mention in case.clause.mentions:
        beside = marked.any("captivity", start=mention.start - 1, end=mention.start)
        beside = beside or marked.any("captivity", start=mention.end, end=mention.end + 1)
        named = mention.form == "adj" and beside
        if named and quantity.end <= mention.start < min([*rivals, quantity.end + LIST_GAP]):
            return case.away(mention.party, "from") if other(mention.party, case.sides) else None
    return None


def _from(case: Case) -> Answer | None:
    if not case.source:
        return None
    if case.verb == "release" and is_origin(case):
        return case.to_people(case.source)
    if case.verb != "exchange":
        return case.away(case.source, "from")
    # Who is swapped "from the Dornish side" is a Dorn; of both sides it is one of two numbers.
    swapped = case.quantity.summand or of_two_origins(case.clause)
    return case.to_people(case.source) if swapped else None


def _to_the_teller(case: Case) -> Answer | None:
    """Answer "handed over to it 40" by who tells it."""
    if case.verb != "release" or case.speaker not in case.sides or case.clause.own_actor:
        return None
    told = case.clause.any("to_pronoun") and not case.target
    return case.to(case.speaker, "to") if told else None


def _same_fact(case: Case) -> Answer | None:
    if case.clause.moves or not is_voice(case):
        return None
    own = [d for d in case.known if d.home == case.speaker]
    first = case.known[-1].source.partition(".")[0]
    start = case.quantity.number.start
    too = case.clause.marked.any("also", start=start - 1, end=start)  # "sixty too"
    if too and not own and case.speaker in case.sides and first != case.speaker:
        return case.speaker, other(case.speaker, case.sides), "same fact"
    marked = case.clause.marked
    owns = marked.tagged("own", start=start - NEAR, end=start + NEAR)
    shares = any(not marked.any("figure", start=at + 1, end=at + 2) for at in owns)
    if shares and not own and case.speaker in case.sides:
        return case.to(case.speaker, "speaker")  # "put its share at 303"
    same = [d for d in own or case.known if d.count == case.quantity.count]
    fact = (same or own or [case.known[-1]])[-1]
    theirs = not own and all(d.home == d.source.partition(".")[0] for d in same)
    if theirs and case.speaker in case.sides and case.quantity.what == "people":
        return case.to(case.speaker, "speaker")  # a side tells of its own
    return fact.home, fact.holder, "same fact"


def _lets_go(case: Case) -> Answer | None:
    if case.verb != "release":
        return None
    rival = case.clause.own_actor and case.here and case.actor == case.here[-1].home
    if case.here and not case.clause.moves and is_listed(case) and not rival:
        return None
    agent = party_by(case.clause, case.quantity, "by")
    if agent:
        return case.away(agent, "by")
    end = case.quantity.number.end
    last = max(end + 1, min(case.quantity.end, end + 2))
    freed = all(end <= at < last for at in case.clause.moves)  # "counted 52 freed men"
    told = case.speaker == case.actor and bool(case.clause.moves)
    if told and (freed or is_nominal(case)):
        return _let_go_by_nobody(case)
    if not case.clause.own_actor and is_passive(case):
        listed = case.here and case.here[-1].how != "each" and is_listed(case)
        return None if listed else _let_go_by_nobody(case)
    own = tuple(f"{side}-" for side in case.sides)
    foreign = len(case.sides) == 2 and case.actor not in case.sides
    foreign = foreign and not case.actor.startswith(own)
    if case.actor and other(case.actor, case.sides) and not foreign:
        return case.away(case.actor, "lets go")
    return None


def _let_go_by_nobody(case: Case) -> Answer | None:
    """Answer a passive without an agent by who tells it: mostly of its own people."""
    if case.speaker not in case.sides:
        return None
    same = [d for d in case.known if d.count == case.quantity.count]
    theirs = bool(same) and same[-1].holder == case.speaker
    theirs = theirs and all(draft.home != case.speaker for draft in same)
    if theirs and case.clause.marked.any("confirmed_too"):
        return same[-1].home, case.speaker, "same fact"
    handed = any(case.clause.marked.tokens[at].has("handing") for at in case.clause.moves)
    if handed and not case.clause.any("to_pronoun"):
        return case.away(case.speaker, "speaker")
    if any(draft.home == case.speaker for draft in case.here):
        return case.away(case.speaker, "speaker")
    if case.clause.any("each", "both_sides"):
        return None
    return case.speaker, other(case.speaker, case.sides), "speaker"


def _in_list(case: Case) -> Answer | None:
    if not case.here or case.here[-1].how == "each" or not is_listed(case):
        return None
    end = case.quantity.end
    for mention in case.clause.mentions:  # "250 were home in Vale City and 70 in Orland City"
        placed = end <= mention.start <= end + 2 and mention.prep in {"in", "to"}
        if placed and mention.form in {"name", "seat"} and mention.party in case.sides:
            return case.to(mention.party, "place")
    rival = case.actor in case.sides and case.actor not in case.clause.actors
    if rival and case.verb in {"return", "receive"}:
        return case.to(case.actor, "returns")  # "it has 230 back and its counterparts 248"
    return case.here[-1].home, case.here[-1].holder, "list"


def _of_both(case: Case) -> Answer | None:
    """Stop where both sides act, or a swap tells nothing of the direction."""
    both = case.clause.any("each", "both_sides", "equal") or len(set(case.clause.actors)) > 1
    if case.verb == "receive" and len(set(case.clause.actors)) > 1 and case.speaker in case.sides:
        return case.to(case.speaker, "speaker")  # "held a swap, bringing home 40, Vale said"
    return ("", "", "") if both or case.verb == "exchange" else None


def _exchanged(case: Case) -> Answer | None:
    """Answer "86 servicemen were exchanged" by the one side that tells it."""
    shared = case.clause.marked.any("both_sides", "each", "between", "equal", "total")
    if case.verb != "exchange" or shared or case.clause.own_actor or case.clause.actors:
        return None
    if case.speaker not in case.sides or case.quantity.what != "people":
        return None
    return case.speaker, other(case.speaker, case.sides), "speaker"


def _returns(case: Case) -> Answer | None:
    if case.verb != "return" or case.actor not in case.sides:
        return None
    remains = case.quantity.unit == "remains"
    opposite = case.clause.own_actor and any(
        d.clause is not case.clause
        and d.home == case.actor
        and (d.unit == "remains") == remains
        and d.source == told_by(case.quantity, case.clause)
        for d in case.here
    )
    told_by_the_other = case.speaker in case.sides and case.speaker != case.actor
    if (
        opposite
        or gives_back(case.clause, case.quantity)
        or (told_by_the_other and is_object(case))
    ):
        return case.away(case.actor, "lets go")
    return case.actor, other(case.actor, case.sides), "returns"


def _speakers_own(case: Case) -> Answer | None:
    moved_home = case.clause.marked.any("home_word", "return", "receive")
    if case.verb == "exchange" or case.speaker not in case.sides or not moved_home:
        return None
    return case.speaker, other(case.speaker, case.sides), "speaker"


def _place(case: Case) -> Answer | None:
    if case.verb not in {"return", "receive"}:
        return None
    end = case.quantity.end
    named = [
        m.party  # of two places the one behind the number
        for m in sorted(case.clause.mentions, key=lambda m: (m.start < end, m.start))
        if m.prep in {"to", "in"}
        and not case.clause.marked.any(
            "held", "captivity", "jailed", start=m.start - 4, end=m.start
        )
    ]
    place = next((party for party in named if party in case.sides), "")
    return (place, other(place, case.sides), "place") if place else None


def _recent(case: Case) -> Answer | None:
    recent = case.clause.recent
    if case.verb in {"return", "release"} and recent in case.sides and not case.clause.own_actor:
        return recent, other(recent, case.sides), "recent"
    return None


def _guess(case: Case) -> Answer | None:
    if case.verb in {"return", "receive"} and case.sides:
        return case.sides[0], other(case.sides[0], case.sides), "guess"
    return None


RULES: tuple[Callable[[Case], Answer | None], ...] = (
    _nation,
    _in_return,
    _other_way,
    _own,
    _arrives,
    _to,
    _receives,
    _whose,
    _against,
    _from,
    _captor,
    _to_the_teller,
    _same_fact,
    _lets_go,
    _in_list,
    _exchanged,
    _of_both,
    _returns,
    _speakers_own,
    _place,
    _recent,
    _guess,
)
