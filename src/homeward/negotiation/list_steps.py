"""Lists between two parties: wanted, answered, remarked on, replied to, and final.

Rules of this file:
- Every line of a wanted list gets one answer, and the answers are counted by code.
- Whoever asked may remark on lines of the answers, once for each party, before it signs its
  own final list. Remarks are counted by code; their evidence is not here.
- Every remark gets one reply: another answer, or `upheld` (the answer stands).
- Remarks undo the final list of whom they are about: it is signed anew after the replies.
- A mediator may record that a step lapsed which a party still owes, if the terms have a
  timetable. The case goes on without that part: lines that nobody answered are "no answer",
  remarks without a reply leave the answer as it was. The order of the log decides, no clock.
- With its final list each party binds itself to its half of the seed, and no two to one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from homeward.foundation.values import replace
from homeward.negotiation.case import OWED_IN, CaseState
from homeward.negotiation.checks import claim_of, refuse_unless, to_another
from homeward.negotiation.entries import Recorded
from homeward.negotiation.sealing import list_committed, verify_opening, without_final


def _wanted_list(state: CaseState, recorded: Recorded) -> CaseState:
    pair = to_another(state, recorded)
    refuse_unless(
        pair not in state.wanted, recorded, "case.twice", expected="one list to each", found="two"
    )
    verify_opening(state, recorded, to=pair[1])
    return replace(state, wanted={**state.wanted, pair: claim_of(recorded)})


def _answers(state: CaseState, recorded: Recorded) -> CaseState:
    pair, body = to_another(state, recorded), recorded.entry.body
    refuse_unless(
        pair not in state.answers,
        recorded,
        "case.twice",
        expected="one answer to each",
        found="two",
    )
    asked = state.wanted.get(pair[::-1])
    refuse_unless(
        asked is not None and body["in_reply_to"] == asked.entry_sha256,
        recorded,
        "case.in_reply_to",
        expected="a reply to the wanted list of that party",
        found="a reply to another entry",
    )
    assert asked is not None, "required above"
    verify_opening(state, recorded, to=pair[1])
    answered = sum(body["counts"].values())
    refuse_unless(
        body["count"] == asked.count == answered,
        recorded,
        "case.unanswered",
        expected=f"one answer to each of {asked.count} lines",
        found=f"{body['count']} lines and {answered} answers",
    )
    return replace(
        state,
        answers={**state.answers, pair: claim_of(recorded)},
        answer_counts={**state.answer_counts, pair: dict(body["counts"])},
    )


def _remarks(state: CaseState, recorded: Recorded) -> CaseState:
    pair, body = to_another(state, recorded), recorded.entry.body
    author, answerer = pair
    refuse_unless(
        pair not in state.remarks, recorded, "case.twice", expected="one to each", found="a second"
    )
    refuse_unless(
        author not in state.final_lists and ("final_list", author, "") not in state.seals,
        recorded,
        "case.remarks_late",
        expected="remarks before the final list of their author",
        found="some after it",
    )
    answered = state.answers.get((answerer, author))
    refuse_unless(
        answered is not None and body["in_reply_to"] == answered.entry_sha256,
        recorded,
        "case.in_reply_to",
        expected="remarks on the answers of that party",
        found="remarks on another entry",
    )
    assert answered is not None, "required above"
    refuse_unless(
        body["count"] == sum(body["counts"].values()) <= answered.count,
        recorded,
        "case.remarks",
        expected=f"one code for each remark, on at most {answered.count} lines",
        found=f"{body['count']} lines and {sum(body['counts'].values())} codes",
    )
    # What its author signed before it heard the remarks, it signs anew after its replies.
    return replace(
        without_final(state, answerer),
        remarks={**state.remarks, pair: claim_of(recorded)},
        remark_counts={**state.remark_counts, pair: dict(body["counts"])},
    )


def _replies(state: CaseState, recorded: Recorded) -> CaseState:
    pair, body = to_another(state, recorded), recorded.entry.body
    refuse_unless(
        pair not in state.replies, recorded, "case.twice", expected="one to each", found="a second"
    )
    remarked = state.remarks.get((pair[1], pair[0]))
    refuse_unless(
        remarked is not None and body["in_reply_to"] == remarked.entry_sha256,
        recorded,
        "case.in_reply_to",
        expected="replies to the remarks of that party",
        found="replies to another entry",
    )
    assert remarked is not None, "required above"
    refuse_unless(
        (pair[1], pair[0]) not in state.unreplied,
        recorded,
        "case.not_owed",
        expected="replies that are still owed",
        found="ones that lapsed",
    )
    replied = sum(body["counts"].values())
    refuse_unless(
        body["count"] == remarked.count == replied,
        recorded,
        "case.unanswered",
        expected=f"one reply to each of {remarked.count} remarks",
        found=f"{body['count']} lines and {replied} replies",
    )
    return replace(
        state,
        replies={**state.replies, pair: claim_of(recorded)},
        reply_counts={**state.reply_counts, pair: dict(body["counts"])},
    )


def _final_list(state: CaseState, recorded: Recorded) -> CaseState:
    verify_opening(state, recorded)
    author, commitment = recorded.entry.author, recorded.entry.body["seed_commitment"]
    # A copied commitment can be opened by copying the nonce as well.
    theirs = {each for party, each in state.commitments.items() if party != author}
    refuse_unless(
        commitment not in theirs,
        recorded,
        "case.seed",
        expected="a commitment of its own",
        found="another party's",
    )
    return replace(
        state,
        final_lists={**state.final_lists, author: claim_of(recorded)},
        commitments={**state.commitments, author: commitment},
    )


def _lapsed(state: CaseState, recorded: Recorded) -> CaseState:
    step, party = recorded.entry.body["step"], recorded.entry.body["party"]
    refuse_unless(
        state.timetable is not None,
        recorded,
        "case.no_timetable",
        expected="terms with a timetable",
        found="terms without",
    )
    refuse_unless(
        OWED_IN.get(state.state) == step and party in owing(state),
        recorded,
        "case.not_owed",
        expected="a step that this party still owes",
        found="one that it does not owe",
    )
    lapsed = state.lapsed | {(step, party)}
    everybody = {("wanted_list", each) for each in state.parties}
    refuse_unless(
        bool(state.wanted) or not everybody <= lapsed,
        recorded,
        "case.nobody_asks",
        expected="a wanted list of somebody",
        found="none that is left to come",
    )
    unreplied = frozenset(
        pair for pair in state.open_remarks if step == "replies" and pair[1] == party
    )
    return replace(state, lapsed=lapsed, unreplied=state.unreplied | unreplied)


def owing(state: CaseState) -> tuple[str, ...]:
    """Return the parties that owe the lists of the present step."""
    step = OWED_IN.get(state.state)
    return tuple(party for party in state.parties if step and not has_sent(state, step, party))


def has_sent(state: CaseState, step: str, party: str) -> bool:
    """Tell whether a party owes no list of a step any more.

    Args:
        state: The case.
        step: `wanted_list`, `answers`, `replies` or `final_list`.
        party: One of the case's parties.
    """
    others = [other for other in state.parties if other != party]
    if step == "wanted_list":
        has_lapsed = (step, party) in state.lapsed
        return has_lapsed or all((party, other) in state.wanted for other in others)
    if step == "answers":
        # Before the last wanted list nobody knows what is to be answered.
        is_asked = all(has_sent(state, "wanted_list", each) for each in state.parties)
        asked = [other for other in others if (other, party) in state.wanted]
        has_lapsed = (step, party) in state.lapsed
        return is_asked and (has_lapsed or all((party, other) in state.answers for other in asked))
    if step == "replies":
        return all(to != party for _, to in state.open_remarks)
    return party in state.final_lists


STEPS: Mapping[str, Callable[[CaseState, Recorded], CaseState]] = {
    "list_committed": list_committed,
    "wanted_list": _wanted_list,
    "answers": _answers,
    "remarks": _remarks,
    "replies": _replies,
    "lapsed": _lapsed,
    "final_list": _final_list,
}
"""Kind of list -> what it adds to a case."""
