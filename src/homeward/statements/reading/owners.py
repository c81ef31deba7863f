"""Whose an office is that a text names without its country.

Rules of this file, in this order:
- Of the rebels and the government of one state each has its own.
- "Its" and "whose" offices, and those of "that country", belong to who is named before; "in Vale
  the ministry" to that place's.
- Else to the party that had the office before, to the side whose language the text is in, to who
  spoke last; a deputy behind a comma to who acts in the sentence.
"""

from __future__ import annotations

from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.spoken import NARRATOR, State
from homeward.statements.reading.voices import BESIDE

_OF_STATES = frozenset(
    {
        *("defence_ministry", "mfa", "ombudsman", "president", "prime_minister", "ministry"),
        *("parliament", "governor", "interior_minister", "deputy_pm", "king"),
    }
)


def settle_offices(marked: Marked, state: State) -> None:
    """Give every office of a sentence without a party the party whose it is.

    Args:
        marked: The sentence; its mentions are changed.
        state: What went before; the offices named are remembered.
    """
    _read_dateline(marked, state)
    for mention in marked.mentions:
        if mention.office in {"movement", "government", "army"} and not mention.party:
            mention.party = _state_or_movement(mention.office, state.sides)
        if mention.party:
            if mention.office:
                state.offices[mention.office] = mention.party
            continue
        party = (
            _owner_before(marked, mention, state)
            or _channel_of(marked, mention)
            or _seat_before(marked, mention)
            or state.offices.get(mention.office)
            or _only_owner(mention.office, state)
            or _opening_place(marked, mention, state)
            or state.dateline
            or _aside_owner(marked, mention, state)
            or (state.home_party if state.home_party in state.sides else "")
        )
        if not party:
            named = [
                m.party
                for m in marked.mentions
                if m.party
                and m.form in {"name", "seat", "actor"}
                and m.end <= mention.start
                and m.prep == ""
            ]
            last = state.speaker.partition(".")[0]
            tail = any(
                t.norm in ",،" for t in marked.tokens[max(0, mention.start - 2) : mention.start]
            )
            acting = [
                m for m in marked.mentions if m.party and m.end < mention.start and not m.prep
            ]
            person = mention.office in {"parliament", "governor"}
            if person and tail and acting and acting[0].form not in {"adj", "people"}:
                last = acting[0].party  # "Vale received 89, a deputy said"
            named = [p for p in named if p in state.sides] or named
            party = last if last not in {NARRATOR, "both", ""} else (named or [state.actor])[-1]
        party = party or (state.sides[0] if state.sides else "")
        mention.party = _state_of(party, state.sides) if mention.office in _OF_STATES else party


def _only_owner(office: str, state: State) -> str:
    """Return the side that alone has an office of a name, or alone speaks through it."""
    party = state.owners.get(office, "")
    return party if not state.sides or party in state.sides else ""


def _state_of(party: str, sides: tuple[str, ...]) -> str:
    """Return the state that a movement fights, which alone has a ministry that needs no name."""
    state = party.partition("-")[0]
    return state if state != party and state in sides else party


def _read_dateline(marked: Marked, state: State) -> None:
    """Remember the place with which a text begins: "ABU DHABI - …"."""
    first = next(iter(marked.mentions), None)
    if marked.sentence.number or first is None or first.start or first.form != "seat":
        return
    after = marked.tokens[first.end : first.end + 1]
    if after and after[0].norm in "-–—(":
        state.dateline = first.party


def _owner_before(marked: Marked, office: Mention, state: State) -> str:
    """Return whose an office is behind "its": "Vale got 63 back, its ministry said"."""
    if marked.any("which", start=office.start - 1, end=office.start):
        ahead = [m for m in marked.mentions if m.end < office.start and m.party]
        return ahead[-1].party if ahead else ""  # "Vale, whose ministry"
    if _of_that_country(marked, office):
        ahead = [m for m in marked.mentions if m.end < office.start and m.party]
        return ahead[-1].party if ahead else _party_of(state.subject)
    for mention in marked.mentions:
        beside = mention.form == "adj" and 0 < office.start - mention.end <= BESIDE + 2
        if beside and marked.any("press", start=mention.end, end=mention.end + 2):
            return mention.party  # "Dornish agencies quoted the defence ministry"
    if not marked.any("own", start=office.start - 2, end=office.start):
        return ""
    free = [m for m in marked.mentions if m.end <= office.start and m.party and not m.prep]
    free = [m for m in free if m.form not in {"adj", "people"}] or free
    free = [m for m in free if not _owns_next(marked, m)] or free
    return free[0].party if free else _party_of(state.subject)


def _of_that_country(marked: Marked, office: Mention) -> bool:
    """Return whether an office is one of a country named before: "the kingdom's ministry"."""
    led = marked.any("country", start=office.start - BESIDE, end=office.start)
    owned = office.start > 0 and marked.tokens[office.start - 1].norm == "s"
    return (led and owned) or marked.any("country", start=office.end, end=office.end + 2)


def _party_of(source: str) -> str:
    return source.partition(".")[0].replace(NARRATOR, "").replace("both", "")


def _owns_next(marked: Marked, mention: Mention) -> bool:
    """Return whether a party only says whose the next one is: "Vale's Liberation Army"."""
    genitive = any(t.norm == "'" for t in marked.tokens[mention.end : mention.end + 1])
    return genitive and any(0 < m.start - mention.end <= 2 for m in marked.mentions)


def _opening_place(marked: Marked, office: Mention, state: State) -> str:
    """Return the side at whose place a sentence begins: "In Vale City it is 38, the ministry said"."""
    first = marked.mentions[0]
    opens = first.prep == "in" and first.start <= 1 and first.end < office.start
    placed = opens and first.form in {"seat", "name"} and first.party in state.sides
    return first.party if placed else ""


def _channel_of(marked: Marked, office: Mention) -> str:
    """Return who speaks through an office: "Vale, stating through the defence ministry"."""
    if not marked.any("through", start=office.start - 2, end=office.start):
        return ""
    acting = [m for m in marked.mentions if m.end < office.start and m.party and not m.prep]
    return acting[0].party if acting and acting[0].form in {"name", "seat", "actor"} else ""


def _seat_before(marked: Marked, office: Mention) -> str:
    """Return the side in whose capital an office is: "in Vale City the ministry said"."""
    for mention in marked.mentions:
        gap = min(abs(office.start - mention.end), abs(mention.start - office.end))
        placed = mention.prep in {"in", "to", "from"} and mention.form in {"seat", "name"}
        placed = placed and mention.case != "dative"
        low, high = (
            sorted((mention.end, office.start))
            if mention.start < office.start
            else (
                office.end,
                mention.start,
            )
        )
        opens = mention.start > office.start or mention.start <= 2
        marks = any(t.kind == "mark" or t.has("that") for t in marked.tokens[low:high])
        if placed and mention.party and opens and gap <= BESIDE and not marks:
            return mention.party
    return ""


def _state_or_movement(office: str, sides: tuple[str, ...]) -> str:
    """Return which side "the rebels" or "the government" is, where one side is no state."""
    movements = [s for s in sides if "-" in s and not s.endswith("-GOV")]
    if len(sides) != 2 or len(movements) != 1:
        return ""
    if office == "movement":
        return movements[0]
    return next(s for s in sides if s != movements[0])


def _aside_owner(marked: Marked, office: Mention, state: State) -> str:
    """Return who acts around an aside: "Vale, according to the ministry, got 63 back"."""
    near = marked.tagged("according", start=office.start - 4, end=office.start)
    if not near or near[0] == 0 or marked.tokens[near[0] - 1].norm not in ",،":
        return ""
    acting = [m for m in marked.mentions if m.end == near[0] - 1 and m.start <= 1 and not m.prep]
    named = [m.party for m in acting if m.form in {"name", "seat", "actor"}]
    return named[0] if named and named[0] in state.sides else ""
