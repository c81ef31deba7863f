"""A side on paper beside its twin that signs: the same case, whatever order entries come in."""

import dataclasses

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.unit.negotiation.casebook import PLANNED, PaperBook, sha

from homeward.foundation.errors import PeerError
from homeward.handover import follow
from homeward.negotiation import NEW_CASE, advance, fold
from homeward.negotiation.entries import RECEIVED_UNSIGNED


def _script(signs):
    book = PaperBook(signs=signs)
    book.to_seeded()
    book.propose()
    book.second(book.accept("RU"))
    book.reject("UA")
    book.propose()
    book.accept("RU")
    book.accept("UA")
    book.second(book.accept("RU"))
    for leg in sorted(PLANNED):
        book.leg_home(leg)
    book.close()
    return book.entries


PAPER, SIGNED = _script(signs=False), _script(signs=True)
LEGAL = len(PAPER)
STEPS = st.lists(
    st.one_of(
        *[st.just(None)] * 4,
        st.tuples(st.integers(0, LEGAL - 1), st.booleans()),
    ),
    max_size=2 * LEGAL,
)


def _at(recorded, index, anew):
    entry = recorded.entry
    digest = sha(f"anew {index}") if anew else sha(f"{recorded.index}")
    body = dict(entry.body)
    if "entry" in body:  # the entry that is confirmed has the same hash in both
        body["entry"] = HASHES[body["entry"]]
    if "in_reply_to" in body:
        body["in_reply_to"] = HASHES[body["in_reply_to"]]
    if entry.type == RECEIVED_UNSIGNED and "in_reply_to" in body["body"]:
        inner = {**body["body"], "in_reply_to": HASHES[body["body"]["in_reply_to"]]}
        body["body"] = inner
    entry = dataclasses.replace(entry, entry_sha256=digest, body=body)
    return dataclasses.replace(recorded, index=index, entry=entry)


HASHES = {
    each.entry.entry_sha256: sha(f"{each.index}") for script in (PAPER, SIGNED) for each in script
}


def _tried(state, custody, recorded):
    """Return the case and the handover after an entry, or as they were and why."""
    try:
        after = advance(state, recorded)
        if after.state == "accepted" and state.state != "accepted":
            custody = follow.begin(after, None)
        elif len(after.handover) > len(state.handover):
            custody = follow.advance(custody, after.handover[-1])
    except PeerError as error:
        return state, custody, error.code
    return after, custody, ""


def _unmarked(state):
    """Return a case without what marks paper."""

    def said(entries):
        return tuple(
            (each.index, each.entry.type, each.entry.author, each.entry.entry_sha256)
            for each in entries
        )

    return dataclasses.replace(
        state, papers=(), waiting=said(state.waiting), handover=said(state.handover)
    )


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_case_on_paper_is_the_case_that_the_party_would_have_signed(steps):
    (paper, there), (signed, here) = (NEW_CASE, None), (NEW_CASE, None)
    entered, position = [], 0
    for index, step in enumerate(steps):
        number, anew = (position, False) if step is None else step
        position += step is None
        if number >= LEGAL:
            continue
        ours, theirs = _at(PAPER[number], index, anew), _at(SIGNED[number], index, anew)
        was = paper
        paper, there, refused = _tried(paper, there, ours)
        signed, here, refused_too = _tried(signed, here, theirs)
        assert refused == refused_too
        assert _unmarked(paper) == _unmarked(signed)
        assert there == here
        if paper is not was:
            entered.append(ours)
    event(paper.state)
    assert fold(entered) == paper
    assert {each.entry.author for each in paper.papers} <= {"RU"}
    counted = {each.entry.entry_sha256 for each in paper.papers}
    waiting = {each.entry.entry_sha256 for each in paper.waiting}
    received = {e.entry.entry_sha256 for e in entered if e.entry.type == RECEIVED_UNSIGNED}
    assert counted <= received
    assert not counted & waiting
    assert signed.papers == ()


def test_the_whole_script_is_a_case_that_ends_with_everybody_home():
    state, custody = NEW_CASE, None
    for index, recorded in enumerate(PAPER):
        state, custody, refused = _tried(state, custody, _at(recorded, index, anew=False))
        assert refused == "", recorded.entry.type
    assert state.state == "closed"
    assert {captive.state for captive in custody.captives.values()} == {"home"}
