"""What governs a number in its clause: the verb, who acts, the parties behind "to", "from" and "by".

Rules of this file:
- The nearest verb of movement governs; one behind the number or a mere "swap" is farther.
- A name right before a number acts on it, of several in a row the first; else whoever acts in the clause.
- A name behind an earlier number belongs to that one, and so does one right before the next number.
- Where people are jailed is no place that they come from or go to.
"""

from __future__ import annotations

from homeward.statements.reading.clauses import MOVES, Clause, owned
from homeward.statements.reading.drafts import told_by
from homeward.statements.reading.marked import Mention
from homeward.statements.reading.quantity import Quantity

_GAP = 3
_JAILED = 6  # tokens between a word of jailing and its place
_TAKING = ("bring", "jailed", "located", "taken")
_PLACES = frozenset({"army", "movement", "delegation"})  # offices that people may come from
_ACTING = frozenset({"government", "army", "movement"})
_ORDER = ("receive", "release", "return", "exchange")


def verb_of(quantity: Quantity, clause: Clause, before: list[Clause]) -> str:
    """Return which movement governs a quantity: the nearest in its clause, else the last one.

    Args:
        quantity: In the clause.
        clause: Whose verbs are looked at first.
        before: Clauses before it.
    """
    tokens = clause.marked.tokens
    if clause.moves:
        at = min(clause.moves, key=lambda verb: _distance(quantity, clause, verb))
        if tokens[at].has("send"):
            return "release"
        return next((tag for tag in _ORDER if tokens[at].has(tag)), "return")
    for earlier in reversed(before):
        if earlier.moves:
            token = earlier.marked.tokens[earlier.moves[-1]]
            return next((tag for tag in _ORDER if token.has(tag)), "return")
    after = clause.marked.tagged(*MOVES, start=clause.end)
    return next((tag for tag in _ORDER if after and tokens[after[0]].has(tag)), "exchange")


def _distance(quantity: Quantity, clause: Clause, verb: int) -> int:
    """Return how far a verb is from a number; behind it or only "swap" counts as farther."""
    swap = clause.marked.tokens[verb].has("exchange")
    far = abs(verb - quantity.number.start) + 4 * swap + 3 * (verb > quantity.number.start)
    participle = verb == quantity.end and not swap
    named = any(verb < mention.start <= verb + 2 for mention in clause.mentions)
    return far - 6 * (participle and not named)


def actor_of(clause: Clause, quantity: Quantity, sides: tuple[str, ...]) -> str:
    """Return who acts on a quantity: named right before it, else in the clause, else speaking.

    Args:
        clause: With its actors.
        quantity: In it.
        sides: The two sides.
    """
    at = quantity.number.start
    if clause.any("respectively"):
        counted = [q.number.start for q in clause.quantities if q.role in {"candidate", "leg"}]
        if len(counted) == len(clause.actors):
            return clause.actors[counted.index(at)]
    for mention in clause.mentions:
        if (
            (mention.end <= at <= mention.end + 1 or mention.end == quantity.start)
            and mention.prep == ""
            and (mention.form in {"name", "seat", "actor"} or mention.office in _ACTING)
            and not owned([q for q in clause.quantities if q is not quantity], mention)
            and not (mention.party in clause.actors and len(set(clause.actors)) > 1)
        ):
            giver = [m for m in clause.mentions if m.end == mention.start and not m.prep]
            return (giver or [mention])[0].party  # "Vale to Orland two", where case says "to"
        if (
            mention.form == "adj"
            and mention.end + 1 == at
            and clause.marked.tokens[mention.end].has("side_word", "body_word")
        ):
            return mention.party  # "and its Dornish counterparts 248"
    gapped = _gapped(clause, at)
    if gapped:
        return gapped
    speaker = told_by(quantity, clause).partition(".")[0]
    if clause.any("we") and not clause.own_actor and speaker in sides:
        return speaker
    if len(set(clause.actors)) == 1:
        return clause.actors[0]
    if not clause.actors and speaker in sides:
        return speaker
    return ""


def _gapped(clause: Clause, number: int) -> str:
    """Return who acts where a comma stands for the verb: "Vale got 212 back and Orland, 45"."""
    tokens = clause.marked.tokens
    for mention in clause.mentions:
        at = mention.end
        joint = mention.start > 0 and tokens[mention.start - 1].has("and", "while")
        if (
            mention.prep
            or not joint
            or mention.form not in {"name", "seat", "actor"}
            or at >= number
        ):
            continue
        between = tokens[at + 1 : number]
        if (
            tokens[at].norm in ",،"
            and len(between) <= _GAP
            and all(t.has("of", "small", "article", "definite", "to") for t in between)
        ):
            return mention.party
    return ""


def party_by(clause: Clause, quantity: Quantity, prep: str) -> str:
    """Return the party behind a preposition in the clause that is nearest to the number.

    Args:
        clause: With its mentions.
        quantity: In it.
        prep: `to`, `from` or `by`.
    """
    rivals = [
        q.number.start
        for q in clause.quantities
        if q is not quantity and q.role in {"candidate", "leg"}
    ]
    at = quantity.number.start
    first = min([at, *rivals])
    opening = _opening(clause, prep) if prep in {"to", "from"} else ""
    fronted = any(m.prep == prep and m.start < first for m in clause.mentions)
    near: list[tuple[int, str]] = []
    led_ones: set[str] = set()
    for mention in clause.mentions:
        if mention.prep != prep or not _may_be_place(mention, prep):
            continue
        if owned([quantity], mention) and mention.party != quantity.holder:
            continue
        if _is_elsewhere(clause, quantity, mention):
            continue
        low, high = sorted((mention.start, at))
        between = sum(1 for rival in rivals if low < rival < high)
        taken = mention.start < at and any(rival < mention.start for rival in rivals)
        if taken and quantity.nation:
            continue
        led = (
            (fronted or opening != "")
            and mention.start > at
            and any(0 <= r - mention.end <= 2 for r in rivals)
        )
        taken = taken or led  # "to Vale 44, to Orland 12"
        if led:
            led_ones.add(mention.party)
        # A name behind an earlier number already belongs to that one.
        near.append((high - low + 8 * between + 5 * taken, mention.party))
    if opening and all(pair[1] in led_ones for pair in near):
        return opening
    return min(near, key=lambda pair: pair[0])[1] if near else ""


def origin_of(clause: Clause, quantity: Quantity, sides: tuple[str, ...]) -> str:
    """Return who let people go: named behind "from", holding them, or speaking of its own jails.

    Args:
        clause: With its mentions.
        quantity: In it.
        sides: The two sides.
    """
    named = party_by(clause, quantity, "from") or quantity.holder
    speaker = told_by(quantity, clause).partition(".")[0]
    if named or speaker not in sides:
        return named
    jails = clause.marked.tagged("captivity", start=quantity.end, end=clause.end)
    tokens = clause.marked.tokens
    own = bool(jails) and jails[0] > 1 and tokens[jails[0] - 1].has("own")
    return speaker if own and tokens[jails[0] - 2].has("from") else ""  # "freed from its jails"


def _is_taken_there(clause: Clause, quantity: Quantity, mention: Mention) -> bool:
    """Return whether people were only held where "to" tells: "40 men taken to Vale came home"."""
    tokens = clause.marked.tokens
    gap = tokens[quantity.end : mention.start]
    later = any(at > mention.end for at in clause.moves)
    which = clause.marked.tagged("which", start=quantity.start, end=mention.start)
    if which and clause.moves and not any(which[-1] < at < mention.start for at in clause.moves):
        # "two children who had been taken to Vale were home"
        return any(t.has(*_TAKING) for t in tokens[which[-1] : mention.start])
    return bool(gap) and gap[0].has(*_TAKING) and len(gap) <= _GAP and later


def _is_elsewhere(clause: Clause, quantity: Quantity, mention: Mention) -> bool:
    """Return whether a place is one of jail, of care, of a relative clause, or of who speaks."""
    if mention.prep == "to" and _is_taken_there(clause, quantity, mention):
        return True
    if mention.prep == "from" and _in_relative(clause, quantity, mention):
        return True
    led = clause.marked.any("led", start=mention.start - 4, end=mention.start)
    if mention.prep == "by" and led:
        return True  # "a mission led by Vale"
    at = quantity.number.start  # "the office for captives of Vale said"
    speaks = any(mention.start < start <= at < end for start, end, _ in clause.told)
    return speaks or _is_jailed_there(clause, mention)


def _is_jailed_there(clause: Clause, mention: Mention) -> bool:
    """Return whether people are only held at a place: "a worker jailed by rebels in Vale"."""
    marked, start = clause.marked, mention.start
    held = marked.tagged("jailed", "held", start=max(clause.start, start - _JAILED), end=start)
    if not held:
        return False
    near = start - held[-1] <= _GAP
    gap = marked.tokens[held[-1] : start]
    by = held[-1] - 1 in held or any(token.has("by") for token in gap)
    by = by and not any(token.has(*MOVES) for token in gap[1:])
    return near or by


def _in_relative(clause: Clause, quantity: Quantity, mention: Mention) -> bool:
    """Return whether a relative clause behind a comma only describes those counted."""
    tokens = clause.marked.tokens
    for at in range(quantity.end, mention.start):
        if tokens[at].has("which") and tokens[at - 1].norm in ",،":
            return not any(token.has(*MOVES) for token in tokens[at : mention.start])
    return False


def of_two_origins(clause: Clause) -> bool:
    """Return whether each number has its own "from": "40 from Vale and 38 from Orland were swapped".

    Args:
        clause: With its quantities and mentions.

    Returns:
        True if every number counted comes from another party.
    """
    counted = [q for q in clause.quantities if q.role in {"candidate", "leg"}]
    origins = {party_by(clause, q, "from") or q.holder for q in counted}
    return len(counted) == len(origins) > 1 and "" not in origins


def _opening(clause: Clause, prep: str) -> str:
    """Return the place that opens a sentence before an aside: "To Vale, he said, 44 were flown"."""
    for mention in clause.marked.mentions[:1]:
        opens = mention.start <= 1 and mention.end < clause.start and mention.prep == prep
        aside = opens and clause.marked.tokens[mention.end].norm in ",،"
        counted = any(n.start < clause.start for n in clause.marked.numbers)
        if aside and not counted and mention.form in {"name", "seat"}:
            return mention.party
    return ""


def _may_be_place(mention: Mention, prep: str) -> bool:
    """Return whether people can go to, or come from, what is mentioned."""
    if mention.organisation or not mention.party:
        return False
    if mention.form not in {"office", "alias"} or prep not in {"to", "from"}:
        return True
    named = mention.case == "dative" or mention.end - mention.start > 1  # "to the Dornish side"
    side = mention.office == "delegation" and prep == "to" and named
    return side or mention.office == "government" or (prep == "from" and mention.office in _PLACES)


def behind_return(quantity: Quantity, clause: Clause) -> bool:
    """Return whether "in exchange for", "for", "in return" stands before a quantity.

    Args:
        quantity: In the clause.
        clause: Up to whose number before the quantity is looked.
    """
    marked = clause.marked
    rivals = [q.number.start for q in clause.quantities if q.number.start < quantity.number.start]
    low = max([clause.start, *rivals])
    for at in range(low, quantity.number.start):
        token = marked.tokens[at]
        if token.has("in_return"):
            return True
        if token.has("for") and rivals and at >= quantity.start - 4:
            return True
    return False


def _goes_on_behind(clause: Clause, verb: int, quantity: Quantity) -> bool:
    """Return whether a number only goes on with others: "175 had returned, and seven children too"."""
    tokens = clause.marked.tokens
    before = [q for q in clause.quantities if q.number.start < verb]
    between = [q for q in clause.quantities if verb < q.number.start < quantity.number.start]
    gap = tokens[verb + 1 : quantity.number.start]
    joined = any(t.has("and", "move_with") or t.norm in ",،" for t in gap)
    return joined and bool(before) and not between


def gives_back(clause: Clause, quantity: Quantity) -> bool:
    """Return whether a verb of return has its people behind it and means giving back.

    Args:
        clause: With its verbs.
        quantity: In it.
    """
    marked = clause.marked
    return any(
        marked.tokens[at].has("give_back")
        and at < quantity.number.start <= at + 6
        and not marked.any("passive", start=at - 3, end=at)
        and not _goes_on_behind(clause, at, quantity)
        for at in clause.moves
    )
