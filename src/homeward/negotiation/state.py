"""The state of a case: one table, and what each entry adds.

Rules of this file:
- `TRANSITIONS` is all there is: an entry without a row in the present state is refused.
- A step that every party must take ends when the last has taken it; a party that takes
  it twice is refused.
- Remarks are open to whoever asked, and nobody owes any: a case without them goes from its
  answers to its final lists. With them, every remark has its reply before any final list.
- Captives are notified in every state that is not the end: that changes no state. Nor do lines of
  a communiqué, agreed from the acceptance of the plan until the case is closed.
- A step that lapsed ends as if its last party had taken it. Nobody owes it any more.
- Entries come in ledger order, each once. The order of the ledger is the only clock:
  an agreement exists if the last acceptance stands before any abort.
- Where a party asked for two officers, an entry waits: it adds nothing until another key of
  its author has `confirmed` it, and then counts as if it stood there. One that waits is
  overtaken by a later one of the same author and kind (and recipient), and by the next state.
- What a mediator received on paper is judged and counts as the part of the party that it came
  from; it stays marked, and its acceptance of a plan waits for a second officer.
- Where a captive is, this file does not know. It keeps the entries of the handover in
  order, `homeward.handover` judges them. Closing and aborting a handover need both.

Source: the steps follow the executive mechanism of the Stockholm agreement on Yemen
(13 December 2018): lists, statements on each name, remarks with evidence, replies, final
lists, then the exchange.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from homeward.foundation.errors import PeerError
from homeward.foundation.values import replace
from homeward.negotiation.case import NEW_CASE, CaseState
from homeward.negotiation.entries import (
    HANDOVER_TYPES,
    KINDS,
    PAPER_TYPES,
    RECEIVED_UNSIGNED,
    SEALABLE,
    Recorded,
    refusal,
    verify_shape,
)
from homeward.negotiation.list_steps import has_sent, owing
from homeward.negotiation.on_paper import part_of
from homeward.negotiation.sealing import may_commit, may_open
from homeward.negotiation.steps import STEPS, common_seed

BY_EVERY_PARTY = (
    "terms_signed",
    "wanted_list",
    "answers",
    "final_list",
    "seed_revealed",
    "plan_accepted",
)
CONFIRMED, NOTIFIED, LINES_AGREED = "confirmed", "notified", "lines_agreed"
UNFINISHED = (
    "opened",
    "terms_signed",
    "wanted",
    "answered",
    "remarked",
    "replied",
    "listed",
    "seeded",
    "proposed",
    "accepted",
    "handover",
)
"""States of a case that is not over."""

_WITH_LISTS = (
    "terms_signed",
    "wanted",
    "answered",
    "remarked",
    "replied",
    "listed",
    "seeded",
    "proposed",
)
_CHANGES = ("line_withdrawn", "list_replaced")

TRANSITIONS: dict[tuple[str, str], str] = {
    ("unopened", "case_opened"): "opened",
    ("opened", "terms_signed"): "terms_signed",
    ("terms_signed", "list_committed"): "terms_signed",
    ("terms_signed", "wanted_list"): "wanted",
    ("terms_signed", "lapsed"): "wanted",
    ("wanted", "list_committed"): "wanted",
    ("wanted", "answers"): "answered",
    ("wanted", "lapsed"): "answered",
    ("answered", "remarks"): "remarked",
    ("answered", "list_committed"): "answered",
    ("answered", "final_list"): "listed",
    ("remarked", "remarks"): "remarked",
    ("remarked", "replies"): "replied",
    ("remarked", "lapsed"): "replied",
    ("replied", "remarks"): "remarked",
    ("replied", "list_committed"): "replied",
    ("replied", "final_list"): "listed",
    ("listed", "seed_revealed"): "seeded",
    ("seeded", "plan_proposed"): "proposed",
    ("proposed", "plan_accepted"): "accepted",
    ("proposed", "plan_rejected"): "seeded",
    **{("accepted", kind): "handover" for kind in HANDOVER_TYPES},
    **{("handover", kind): "handover" for kind in HANDOVER_TYPES},
    ("handover", "case_closed"): "closed",
    **{
        (state, kind): "seeded" if state == "proposed" else state
        for state in _WITH_LISTS
        for kind in _CHANGES
    },
    ("opened", "confirmed"): "terms_signed",
    ("terms_signed", "confirmed"): "wanted",
    ("wanted", "confirmed"): "answered",
    ("answered", "confirmed"): "listed",
    ("replied", "confirmed"): "listed",
    ("proposed", "confirmed"): "accepted",
    ("opened", RECEIVED_UNSIGNED): "terms_signed",
    ("terms_signed", RECEIVED_UNSIGNED): "wanted",
    ("wanted", RECEIVED_UNSIGNED): "answered",
    ("remarked", RECEIVED_UNSIGNED): "replied",
    **{(state, RECEIVED_UNSIGNED): "listed" for state in ("answered", "replied")},
    ("listed", RECEIVED_UNSIGNED): "seeded",
    ("proposed", RECEIVED_UNSIGNED): "accepted",
    **{(state, RECEIVED_UNSIGNED): "handover" for state in ("accepted", "handover")},
    **{(state, NOTIFIED): state for state in UNFINISHED},
    **{(state, LINES_AGREED): state for state in ("accepted", "handover")},
    **{(state, "aborted"): "aborted" for state in UNFINISHED},
}
"""Every state and entry that fit, and the state they lead to."""

_ROLES = {"party": ("bureau", "officer"), "mediator": ("mediator", "interviewer")}
_NEVER_A_TURN = ("aborted", NOTIFIED, LINES_AGREED, RECEIVED_UNSIGNED, *_CHANGES)
_NOBODY_OWES = (*_NEVER_A_TURN, "plan_rejected", "remarks", "lapsed")


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
    if recorded.entry.type == RECEIVED_UNSIGNED:
        recorded = part_of(state, recorded)
        verify_shape(recorded)
        _verify_place(state, recorded)
    if recorded.entry.type == CONFIRMED:
        after = _confirm(state, recorded)
    elif recorded.needs_second:
        STEPS[recorded.entry.type](state, recorded)  # what does not fit need not wait
        after = replace(state, waiting=(*_others_waiting(state, recorded), recorded))
    else:
        after = _count(state, recorded, at=recorded.index)
    return replace(
        after,
        last_index=recorded.index,
        entry_hashes=state.entry_hashes | {recorded.entry.entry_sha256},
    )


def _count(state: CaseState, recorded: Recorded, *, at: int) -> CaseState:
    """Let an entry count: alone, or together with its confirmation, which is number `at`."""
    kind = recorded.entry.type
    after = STEPS[kind](state, recorded)
    if after.waiting:
        after = replace(after, waiting=_others_waiting(after, recorded))
    if recorded.paper is not None:
        after = replace(after, papers=(*after.papers, recorded))
    if not _is_step_over(after, kind):
        return after
    if kind == "seed_revealed":
        after = replace(after, seed=common_seed(after.nonces))
    reached = TRANSITIONS[state.state, kind]
    waiting = after.waiting if reached == state.state else ()
    return replace(after, state=reached, waiting=waiting, reached={**state.reached, reached: at})


def _is_step_over(after: CaseState, kind: str) -> bool:
    """Tell whether nobody is left to take the step that an entry took."""
    # The first binds its author; none of them ends a step.
    if kind in {"list_committed", NOTIFIED, LINES_AGREED}:
        return False
    if kind in _CHANGES:
        return after.state == "proposed"
    if kind in {"replies", "lapsed"}:
        return not owing(after)
    if kind in BY_EVERY_PARTY:
        return all(has_acted(after, kind, each) for each in after.parties)
    return True


def _confirm(state: CaseState, recorded: Recorded) -> CaseState:
    """Let the entry count that a second officer confirms."""
    waiting = waiting_entry(state, recorded.entry.body["entry"])
    if waiting is None or waiting.signer != recorded.entry.author:
        raise refusal(
            recorded,
            "case.nothing_waits",
            expected="an entry of the same party that waits for its second officer",
            found="none of that hash",
        )
    if waiting.entry.key == recorded.entry.key:
        raise refusal(
            recorded,
            "case.same_officer",
            expected="the key of another officer than the one that signed it",
            found="the same key",
            hint="Let a second officer confirm it, with a key of their own.",
        )
    if has_acted(state, waiting.entry.type, waiting.entry.author):
        raise refusal(recorded, "case.twice", expected="one per party", found="a second")
    return _count(state, waiting, at=recorded.index)


def waiting_entry(state: CaseState, entry_sha256: object) -> Recorded | None:
    """Return the entry of that hash that waits for a second officer, if there is one."""
    return next((each for each in state.waiting if each.entry.entry_sha256 == entry_sha256), None)


def _others_waiting(state: CaseState, recorded: Recorded) -> tuple[Recorded, ...]:
    return tuple(each for each in state.waiting if _same_step(each) != _same_step(recorded))


def _same_step(recorded: Recorded) -> tuple[str, str, object]:
    return recorded.entry.author, recorded.entry.type, recorded.entry.body.get("to")


def has_acted(state: CaseState, kind: str, party: str) -> bool:
    """Tell whether a party has done its part of a step that every party must take.

    Args:
        state: The case.
        kind: One of `BY_EVERY_PARTY`; of any other kind nobody has a part.
        party: One of the case's parties.

    Returns:
        True if nothing of that kind is left for this party to record.
    """
    if kind in {"wanted_list", "answers", "final_list"}:
        return has_sent(state, kind, party)
    if kind == "terms_signed":
        return party in state.signed
    if kind == "seed_revealed":
        return party in state.nonces
    return kind == "plan_accepted" and party in state.accepted


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
    ahead = _as_if_confirmed(state)
    waits = any(each.signer == party for each in state.waiting)
    return tuple(
        kind
        for kind, rules in KINDS.items()
        if (state.state, kind) in TRANSITIONS
        and (side, role) in rules.authors
        and not has_acted(ahead, kind, party)
        and (kind != CONFIRMED or waits)
        and _has_reason(state, kind, party)
    )


def _as_if_confirmed(state: CaseState) -> CaseState:
    for each in state.waiting:
        with contextlib.suppress(PeerError):  # it no longer fits, and will never count
            state = STEPS[each.entry.type](state, each)
    return state


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
                turn[member] = tuple(k for k in KINDS if k in allowed and k not in _NEVER_A_TURN)
    return turn


def _side(state: CaseState, party: str) -> str:
    if state.state == "unopened" or party in state.mediators:
        return "mediator"
    return "party" if party in state.parties else "nobody"


def _has_reason(state: CaseState, kind: str, party: str) -> bool:
    """Tell whether there is something left to remark on, or to reply to."""
    if kind == RECEIVED_UNSIGNED:
        return any(
            may in PAPER_TYPES for each in state.on_paper for may in moves(state, each, "bureau")
        )
    if kind == "remarks":
        asked = [pair for pair, claim in state.answers.items() if pair[1] == party and claim.count]
        left = [pair for pair in asked if pair[::-1] not in state.remarks]
        is_bound = party in state.final_lists or ("final_list", party, "") in state.seals
        return bool(left) and not is_bound
    if kind == "replies":
        return any(to == party for _, to in state.open_remarks)
    if kind == "lapsed":
        return state.timetable is not None
    if kind == "list_committed":
        return may_commit(state, party)
    if kind in _CHANGES:
        return _may_change(state, kind, party)
    if kind in SEALABLE:
        return may_open(state, kind)
    return True


def _may_change(state: CaseState, kind: str, party: str) -> bool:
    """Tell whether a party has a list that it may still change."""
    asked = [to for author, to in state.wanted if author == party]
    if kind == "line_withdrawn":
        return bool(asked) or party in state.final_lists
    is_unanswered = any((to, party) not in state.answers for to in asked)
    is_undrawn = party in state.final_lists and not state.nonces
    return not state.is_sealed and (is_unanswered or is_undrawn)


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
        allowed = [
            kind
            for before, kind in TRANSITIONS
            if before == state.state
            and (kind != CONFIRMED or state.waiting)
            and (kind != RECEIVED_UNSIGNED or state.on_paper)
        ]
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
