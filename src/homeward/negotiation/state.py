"""The state of a case: one table, and what each entry adds.

Rules of this file:
- `TRANSITIONS` is all there is: an entry without a row in the present state is refused.
- A step that every party must take ends when the last has taken it; a party that takes
  it twice is refused.
- Entries come in ledger order, each once. The order of the ledger is the only clock:
  an agreement exists if the last acceptance stands before any abort.
- Where a captive is, this file does not know. It keeps the entries of the handover in
  order, `homeward.handover` judges them. Closing and aborting a handover need both.

Source: the steps follow the executive mechanism of the Stockholm agreement on Yemen
(13 December 2018): lists, statements on each name, final lists, then the exchange.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from homeward.negotiation.case import NEW_CASE, CaseState
from homeward.negotiation.entries import (
    HANDOVER_TYPES,
    KINDS,
    Recorded,
    refusal,
    verify_shape,
)
from homeward.negotiation.steps import STEPS, common_seed

BY_EVERY_PARTY = (
    "terms_signed",
    "wanted_list",
    "answers",
    "final_list",
    "seed_revealed",
    "plan_accepted",
)
_UNFINISHED = (
    "opened",
    "terms_signed",
    "wanted",
    "answered",
    "listed",
    "seeded",
    "proposed",
    "accepted",
    "handover",
)

TRANSITIONS: dict[tuple[str, str], str] = {
    ("unopened", "case_opened"): "opened",
    ("opened", "terms_signed"): "terms_signed",
    ("terms_signed", "wanted_list"): "wanted",
    ("wanted", "answers"): "answered",
    ("answered", "final_list"): "listed",
    ("listed", "seed_revealed"): "seeded",
    ("seeded", "plan_proposed"): "proposed",
    ("proposed", "plan_accepted"): "accepted",
    ("proposed", "plan_rejected"): "seeded",
    **{("accepted", kind): "handover" for kind in HANDOVER_TYPES},
    **{("handover", kind): "handover" for kind in HANDOVER_TYPES},
    ("handover", "case_closed"): "closed",
    **{(state, "aborted"): "aborted" for state in _UNFINISHED},
}
"""Every state and entry that fit, and the state they lead to."""

_ROLES = {"party": ("bureau", "officer"), "mediator": ("mediator", "interviewer")}
_NOBODY_OWES = ("aborted", "plan_rejected")


def fold(entries: Iterable[Recorded]) -> CaseState:
    """Read a case from its entries.

    Args:
        entries: All entries of one case, in ledger order.

    Returns:
        The state after the last of them.

    Raises:
        PeerError: As `advance`, for the first entry that does not fit.
    """
    state = NEW_CASE
    for recorded in entries:
        state = advance(state, recorded)
    return state


def advance(state: CaseState, recorded: Recorded) -> CaseState:
    """Add one entry to a case.

    Args:
        state: The case before the entry; it is not changed.
        recorded: The entry, its number and the role of its key; its signature holds.

    Returns:
        The case after the entry.

    Raises:
        PeerError: The entry does not fit. The error names its number, type and author,
            and what the state allows.
    """
    verify_shape(recorded)
    _verify_place(state, recorded)
    kind = recorded.entry.type
    after = STEPS[kind](state, recorded)
    after = replace(
        after,
        last_index=recorded.index,
        entry_hashes=state.entry_hashes | {recorded.entry.entry_sha256},
    )
    if kind in BY_EVERY_PARTY and not all(has_acted(after, kind, each) for each in after.parties):
        return after
    if kind == "seed_revealed":
        after = replace(after, seed=common_seed(after.nonces))
    return replace(after, state=TRANSITIONS[state.state, kind])


def has_acted(state: CaseState, kind: str, party: str) -> bool:
    """Tell whether a party has done its part of a step that every party must take.

    Args:
        state: The case.
        kind: One of `BY_EVERY_PARTY`; of any other kind nobody has a part.
        party: One of the case's parties.

    Returns:
        True if nothing of that kind is left for this party to record.
    """
    others = [(party, other) for other in state.parties if other != party]
    done = {
        "terms_signed": party in state.signed,
        "wanted_list": all(pair in state.wanted for pair in others),
        "answers": all(pair in state.answers for pair in others),
        "final_list": party in state.final_lists,
        "seed_revealed": party in state.nonces,
        "plan_accepted": party in state.accepted,
    }
    return done.get(kind, False)


def moves(state: CaseState, party: str, role: str) -> tuple[str, ...]:
    """List what an author may record now.

    Args:
        state: The case.
        party: Code of the author.
        role: Role of the author's key.

    Returns:
        Types of entries, in the order of the flow; empty if it is not this author's move.
        In a handover they also have to fit where each captive is.
    """
    side = _side(state, party)
    return tuple(
        kind
        for kind, rules in KINDS.items()
        if (state.state, kind) in TRANSITIONS
        and (side, role) in rules.authors
        and not has_acted(state, kind, party)
    )


def whose_turn(state: CaseState) -> dict[str, tuple[str, ...]]:
    """List who owes the next move.

    Args:
        state: The case.

    Returns:
        By party or mediator, the types it may record now, in the order of the flow.
        Whoever could only reject or abort owes nothing and is left out. Empty in a case
        that is unopened, closed or aborted.
    """
    turn: dict[str, tuple[str, ...]] = {}
    for side, members in (("party", state.parties), ("mediator", state.mediators)):
        for member in members:
            allowed = {kind for role in _ROLES[side] for kind in moves(state, member, role)}
            if allowed.difference(_NOBODY_OWES):
                turn[member] = tuple(k for k in KINDS if k in allowed and k != "aborted")
    return turn


def table_markdown() -> str:
    """Draw the reference page of a case's states from `TRANSITIONS`.

    Returns:
        A Markdown page that ends with a newline.
    """
    lines = [
        "# States of a case",
        "",
        "Drawn from the table `TRANSITIONS` in `homeward.negotiation.state`. An entry that has",
        "no row in the present state is refused. Where every party must act, the case moves on",
        "when the last has.",
        "",
        "| state | entry | signed by | leads to |",
        "| --- | --- | --- | --- |",
    ]
    for (state, kind), after in TRANSITIONS.items():
        roles = " or ".join(role for _, role in KINDS[kind].authors)
        by = f"{roles}, every party" if kind in BY_EVERY_PARTY else roles
        lines.append(f"| {state} | `{kind}` | {by} | {after} |")
    return "\n".join(lines) + "\n"


def _side(state: CaseState, party: str) -> str:
    if state.state == "unopened" or party in state.mediators:
        return "mediator"
    return "party" if party in state.parties else "nobody"


def _verify_place(state: CaseState, recorded: Recorded) -> None:
    entry = recorded.entry
    if state.state != "unopened" and entry.case != state.case:
        raise refusal(recorded, "case.other_case", expected="this case", found="another case")
    if recorded.index <= state.last_index:
        raise refusal(
            recorded,
            "case.order",
            expected=f"an entry after number {state.last_index}",
            found="one before it",
            hint="Read the entries in ledger order.",
        )
    if entry.entry_sha256 in state.entry_hashes:
        raise refusal(recorded, "case.repeated", expected="each entry once", found="a repetition")
    if (state.state, entry.type) not in TRANSITIONS:
        allowed = [kind for before, kind in TRANSITIONS if before == state.state]
        raise refusal(
            recorded,
            "case.turn",
            expected=f"{' or '.join(allowed) or 'nothing more'} while the case is {state.state}",
            found=entry.type,
            facts={"state": state.state, "allowed": allowed},
        )
    authors = KINDS[entry.type].authors
    if (_side(state, entry.author), recorded.role) not in authors:
        raise refusal(
            recorded,
            "case.author",
            expected=" or ".join(f"a key of role {role} of a {side}" for side, role in authors),
            found="another author",
        )
    if has_acted(state, entry.type, entry.author):
        raise refusal(recorded, "case.twice", expected="one per party", found="a second")
