"""Whose people a number counts, and who holds them, as its own noun phrase tells.

Rules of this file:
- A nationality inside the phrase is whose people they are; so is a land behind "of".
- Men of a government, an army or a movement are its own.
- "Held by" and an adjective of a captivity name the holder.
"""

from __future__ import annotations

import re

from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.quantity import Quantity

MEN = ("remains", "civilians", "soldiers", "people", "subkind")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_WITH_MEN = ("government", "army", "movement")


def take_mention(marked: Marked, quantity: Quantity, mention: Mention) -> bool:
    """Use a party inside the phrase; return whether the phrase may go on.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        mention: The party.

    Returns:
        True if it says so.
    """
    tokens, form = marked.tokens, mention.form
    after = tokens[mention.end : mention.end + 1]
    if form in {"adj", "people"} and after and after[0].has("captivity"):
        quantity.holder, quantity.end = mention.party, mention.end + 1
        return False
    if form == "adj" and mention.start and tokens[mention.start - 1].has("captivity"):
        quantity.holder, quantity.end = mention.party, mention.end
        return False
    if form in {"adj", "people"}:
        quantity.nation = quantity.nation or mention.party
        if form == "people" and quantity.head < 0:
            quantity.what, quantity.head = "people", mention.start
        quantity.end = mention.end
        return True
    own_men = form == "office" and mention.office in _WITH_MEN
    if own_men and quantity.head < 0 and _head_follows(marked, mention.end):
        quantity.owner, quantity.nation, quantity.end = mention, mention.party, mention.end
        return True
    if _says_whose(marked, quantity, mention):
        quantity.nation, quantity.end = mention.party, mention.end
        return True
    return False


def _says_whose(marked: Marked, quantity: Quantity, mention: Mention) -> bool:
    """Return whether a name in the phrase is whose people are counted."""
    noun, form = quantity.head >= 0, mention.form
    if form == "office":
        men = mention.prep == "of" or (mention.prep == "from" and mention.office in _WITH_MEN)
        men = men or (mention.case == "oblique" and mention.start == quantity.head + 1)
        men = men or (_is_construct(marked, quantity, mention) and mention.office in _WITH_MEN)
        if men and noun and mention.office in _WITH_MEN:
            quantity.owner = mention  # "400 men of the government"
        return men and noun and bool(mention.party)
    if form not in {"name", "actor", "seat"}:
        return False
    if not noun and form in {"name", "actor"} and mention.start == quantity.number.end:
        if form == "actor":
            quantity.what, quantity.head = "people", mention.start  # "706 Houthis"
        return True
    if not noun and form != "seat" and _head_follows(marked, mention.end):
        return True
    among = marked.any("among", start=quantity.number.end, end=quantity.number.end + 1)
    if not noun and form == "actor" and among and mention.start == quantity.number.end + 1:
        quantity.what, quantity.head = "people", mention.start  # "675 from among the Houthis"
        return True
    bare = not mention.prep and mention.case != "nominative"
    if mention.prep == "of" or (noun and bare) or _genitive(marked, quantity, mention):
        return not quantity.nation
    return not noun and form != "seat" and _possessive(marked, mention)


def _is_construct(marked: Marked, quantity: Quantity, mention: Mention) -> bool:
    """Return whether an Arabic noun right before a mention is owned by it: "the men of the army"."""
    beside = quantity.head >= 0 and mention.start == quantity.head + 1 and not mention.prep
    return beside and bool(_ARABIC.match(marked.tokens[mention.start].norm))


def _genitive(marked: Marked, quantity: Quantity, mention: Mention) -> bool:
    """Return whether a word that is "of" and "from" says whose: "quarante soldats du Val"."""
    before = marked.tokens[mention.start - 1]
    both = (
        before.has("of")
        and before.has("from")
        and quantity.head in range(mention.start - 3, mention.start)
    )
    return both and not marked.any("return", "receive", end=quantity.start)


def side_of(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Use "from the Dornish side" behind the noun, where one phrase says it, as whose they are.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Where the phrase "from the side" begins.

    Returns:
        True if it says so.
    """
    for mention in marked.mentions:
        between = marked.tokens[at : mention.start]
        if mention.form == "adj" and len(between) == 2 and all(t.has("by") for t in between):
            quantity.nation, quantity.end = mention.party, mention.end
            return True
    return False


def _head_follows(marked: Marked, at: int) -> bool:
    return marked.any(*MEN, start=at, end=at + 2)


def take_kind(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Use a movement or a people behind "from among" as whose people they are.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Where the kind begins.

    Returns:
        True if it says so.
    """
    mention = next((m for m in marked.mentions if m.start == at and _is_kind(m)), None)
    if mention is not None:
        quantity.nation, quantity.end = mention.party, mention.end
        quantity.owner = mention if mention.office else quantity.owner
    return mention is not None


def _is_kind(mention: Mention) -> bool:
    """Return whether a mention has people of its own: a nation, a movement, an army."""
    own_men = mention.office in _WITH_MEN
    return mention.form in {"people", "actor"} or own_men


def captivity(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Use "from X's captivity" behind the noun as who held them.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Behind "from".

    Returns:
        True if it says so.
    """
    if not marked.any("captivity", start=at, end=at + 3):
        return False
    mention = next((m for m in marked.mentions if at <= m.start <= at + 2), None)
    if mention is not None:
        quantity.holder, quantity.end = mention.party, mention.end
    return mention is not None


def citizens_of(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Use "citizens of Vale" as whose people they are, where one word is "of" and "from".

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Of "of".

    Returns:
        True if it says so.
    """
    citizens = marked.tokens[quantity.head].has("citizen") and quantity.head == at - 1
    if not citizens or not marked.tokens[at].has("of"):
        return False
    mention = next((m for m in marked.mentions if at < m.start <= at + 2), None)
    if mention is None or mention.form not in {"name", "seat"} or quantity.nation:
        return False
    quantity.nation, quantity.end = mention.party, mention.end
    return True


def men_of(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Use "prisioneros de las fuerzas armadas" as whose people they are, where one word is "of" and "from".

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Of "of".

    Returns:
        True if it says so; "rehenes de Vale" are those whom it holds.
    """
    if not (marked.tokens[at].has("of") and marked.tokens[at].has("from")):
        return False
    land = at + 1
    while land < len(marked.tokens) and (
        marked.tokens[land].has("small", "of") or marked.tokens[land].norm == "'"
    ):
        land += 1
    mention = next((m for m in marked.mentions if at < m.start <= land < m.end), None)
    captives = marked.tokens[quantity.head].has("captive")
    if mention is None or (captives and mention.office not in _WITH_MEN):
        return False
    return take_kind(marked, quantity, mention.start)


def _possessive(marked: Marked, mention: Mention) -> bool:
    return any(token.norm == "s" for token in marked.tokens[mention.end : mention.end + 2])


def take_holder(marked: Marked, quantity: Quantity, at: int) -> None:
    """Use "held by X" behind the noun.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Of "held".
    """
    holder = _held_by(marked, at)
    if holder and quantity.head >= 0:
        quantity.holder, quantity.end = holder.party, holder.end


def _held_by(marked: Marked, at: int) -> Mention | None:
    return next(
        (m for m in marked.mentions if at < m.start <= at + 3 and m.prep in {"by", "in", ""}), None
    )
