"""The two sides of a war inside one state: its rebels and its government.

Rules of this file:
- Where a text names a movement without a name beside its state, the movement is the state's rebels.
- Where a movement has a code of its own and its foe is a government inside the same state, the
  offices of that state, and the state itself where it acts, are that government.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homeward.statements.reading.marked import Marked, Mention

_OF_STATE = ("government", "army", "defence_ministry")


def part_movements(sentences: Sequence[Marked], adversaries: Mapping[str, str]) -> None:
    """Tell a state's rebels from the state, where a text names both.

    Args:
        sentences: Of one text; the parties of mentions are changed.
        adversaries: The usual other side of a party.
    """
    mentions = [m for marked in sentences for m in marked.mentions]
    _name_governments(mentions, adversaries)
    for state in _torn_states(sentences, mentions):
        for mention in mentions:
            if mention.office == "movement" and mention.party in {state, ""}:
                mention.party, mention.office, mention.form = f"{state}-REBELS", "", "actor"
            elif mention.office in _OF_STATE and not mention.party:
                mention.party = state


def _torn_states(sentences: Sequence[Marked], mentions: Sequence[Mention]) -> set[str]:
    """Return the states of which a text names the rebels only by that word."""
    states = {
        m.party
        for marked in sentences
        for m in marked.mentions
        if m.office == "movement" and m.party and "-" not in m.party and not _in_seat(marked, m)
    }
    named = {m.party for m in mentions if m.party and not m.organisation and m.form != "adj"}
    nameless = any(m.office == "movement" and not m.party for m in mentions)
    alone = len(named) == 1 and nameless and not any("-" in party for party in named)
    if not states and alone:
        return named
    return {
        state
        for state in states
        if any(m.office in _OF_STATE and m.party in {state, ""} for m in mentions)
    }


def _in_seat(marked: Marked, mention: Mention) -> bool:
    """Return whether "in" joins a movement to its seat: it governs there."""
    return marked.any("in", start=mention.start, end=mention.end)


def _name_governments(mentions: Sequence[Mention], adversaries: Mapping[str, str]) -> None:
    """Let a state at war with a movement of its own be the government's side."""
    for party in {m.party for m in mentions if "-" in m.party}:
        state, foe = party.partition("-")[0], adversaries.get(party, "")
        if foe != f"{state}-GOV":
            continue
        for mention in mentions:
            acts = mention.form in {"office", "alias"} or (
                mention.form in {"name", "seat"} and mention.prep != "in"
            )
            if mention.party == state and acts:
                mention.party = foe
