"""Whatever order entries come in, the case keeps to its table."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.negotiation.casebook import Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import NEW_CASE, advance, fold, moves
from homeward.negotiation.state import TRANSITIONS


def _script():
    book = Casebook()
    book.to_seeded()
    book.propose()
    book.accept("UA")
    book.reject("RU")
    book.propose()
    book.accept("UA")
    book.accept("RU")
    book.abort("AE", "mediator")
    return book.entries


SCRIPT = _script()
LEGAL = len(SCRIPT)
# Mostly the next entry of the script; else any entry of it, as it is or signed anew.
STEPS = st.lists(
    st.one_of(
        st.just(None),
        st.just(None),
        st.tuples(st.integers(0, LEGAL - 1), st.booleans()),
    ),
    max_size=2 * LEGAL,
)


def _at(recorded, index, anew):
    entry = recorded.entry
    if anew:
        entry = dataclasses.replace(entry, entry_sha256=sha(f"anew {index}"))
    return dataclasses.replace(recorded, index=index, entry=entry)


def _play(steps):
    state, accepted, position = NEW_CASE, [], 0
    for index, step in enumerate(steps):
        if step is None and position == LEGAL:
            continue
        recorded = _at(SCRIPT[position if step is None else step[0]], index, step and step[1])
        try:
            after = advance(state, recorded)
        except PeerError:
            after = None
        if after is not None:
            accepted.append((state, recorded, after))
            state = after
        position += step is None
    return state, accepted


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_every_accepted_entry_was_a_move_of_its_author_and_leads_where_the_table_says(steps):
    _, accepted = _play(steps)
    for before, recorded, after in accepted:
        kind = recorded.entry.type
        assert kind in moves(before, recorded.entry.author, recorded.role)
        assert after.state in {before.state, TRANSITIONS[before.state, kind]}


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_what_was_accepted_folds_to_the_same_state_at_every_prefix(steps):
    state, accepted = _play(steps)
    entries = [recorded for _, recorded, _ in accepted]
    for size, (_, _, after) in enumerate(accepted, start=1):
        assert fold(entries[:size]) == after
    assert fold(entries) == state


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_a_plan_is_accepted_only_by_every_party_after_the_last_proposal(steps):
    for _, recorded, after in _play(steps)[1]:
        if after.state == "accepted":
            assert after.accepted == {"RU", "UA"} == after.signed == set(after.nonces)
            assert recorded.entry.body["plan_sha256"] == after.plan.plan_sha256


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("UA"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, LEGAL - 1), st.data(), JUNK)
def test_a_field_of_any_other_value_fits_or_is_a_peer_error_that_names_the_entry(
    number, data, junk
):
    state = fold(SCRIPT[:number])
    recorded = SCRIPT[number]
    name = data.draw(st.sampled_from(sorted(recorded.entry.body)))
    body = {**recorded.entry.body, name: junk}
    changed = dataclasses.replace(
        recorded, entry=dataclasses.replace(recorded.entry, body=body, entry_sha256=sha("x"))
    )
    try:
        advance(state, changed)
    except PeerError as error:
        refused = error.as_problem()
    else:
        refused = None
    assert refused is None or (
        refused["code"].startswith("case.") and refused["facts"]["entry"] == recorded.index
    )
    assert state == fold(SCRIPT[:number])
