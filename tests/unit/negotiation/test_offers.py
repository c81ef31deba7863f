"""Offers: genuine to both ends, provable by neither, and the same states at both."""

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.crypto import new_sealing_key
from homeward.foundation.errors import InputError, TamperError, TurnError
from homeward.negotiation.offers import (
    NOTE_MAX_CHARS,
    STATES,
    Message,
    as_json,
    fold,
    key_between,
    open_message,
    seal_message,
    verify_act,
)

UA, RU, AE = (new_sealing_key() for _ in range(3))
KEY = key_between(UA, RU.public)


def at(minute):
    return f"2025-02-05T08:{minute:02}:00Z"


def offer(number=1, **other):
    said = {
        "id": f"{number:032x}",
        "kind": "offer",
        "case": "first",
        "author": "UA",
        "to": "RU",
        "at": at(number),
        "terms": "count = 150",
        "note": "as we said",
        "expires_at": at(50),
    }
    return Message(**{**said, **other})


def answer(kind, number, about, author="RU", **other):
    return offer(
        number,
        kind=kind,
        about=about.id,
        author=author,
        to="UA" if author == "RU" else "RU",
        **{"terms": "", "note": "", "expires_at": "", **other},
    )


def states(*messages, now="2025-02-05T08:40:00Z"):
    return {each.id: each.state for each in fold(messages, now=now)}


# -- who can have written it --


def test_the_other_end_forges_the_same_bytes_so_that_nobody_can_tell_who_wrote_them():
    """A third party has both transcripts, both cards and all of one end's keys: it learns nothing."""
    for message in (offer(), answer("accept", 2, offer()), answer("withdraw", 2, offer(), "UA")):
        by_ua = seal_message(message, key_between(UA, RU.public))
        by_ru = seal_message(message, key_between(RU, UA.public))
        assert json.dumps(by_ua, sort_keys=True) == json.dumps(by_ru, sort_keys=True)
        # With one end's keys alone a judge can make what the other is said to have written.
        assert open_message(by_ru, KEY, author=message.author, to=message.to) == message


def test_whoever_is_neither_end_cannot_write_and_nothing_changed_is_believed():
    sealed = seal_message(offer(), KEY)
    stranger = key_between(AE, RU.public)
    for content in (
        seal_message(offer(), stranger),
        {**sealed, "note": "as you said"},
        {**sealed, "mac": "0" * 64},
        {**sealed, "mac": "no"},
        {**sealed, "more": ""},
        {**sealed, "note": 1},
        {name: text for name, text in sealed.items() if name != "note"},
        [sealed],
        None,
    ):
        with pytest.raises(TamperError) as caught:
            open_message(content, KEY, author="UA", to="RU")
        assert caught.value.code == "offers.mark"
    with pytest.raises(TamperError):
        open_message(sealed, KEY, author="RU", to="UA")


def test_each_pair_of_ends_has_a_key_of_its_own():
    assert key_between(UA, RU.public) == key_between(RU, UA.public)
    assert len({key_between(UA, RU.public), key_between(UA, AE.public), KEY}) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"id": "1"},
        {"kind": "order"},
        {"case": "two words"},
        {"case": ""},
        {"to": "UA"},
        {"at": "yesterday"},
        {"at": "2025-02-31T08:00:00Z"},
        {"about": "the last one"},
        {"terms": ""},
        {"terms": "x" * 48_001},
        {"note": "x" * (NOTE_MAX_CHARS + 1)},
        {"note": "150\u202e051"},
        {"expires_at": at(1)},
        {"expires_at": ""},
        {"expires_at": "2027-02-05T08:00:00Z"},
        {"kind": "accept", "about": "1" * 32},
        {"kind": "withdraw", "terms": "", "note": "", "expires_at": "", "about": ""},
    ],
)
def test_a_message_that_says_what_none_may_is_neither_written_nor_read(other):
    with pytest.raises(InputError) as caught:
        seal_message(offer(**other), KEY)
    assert caught.value.code == "offers.form"


# -- what becomes of an offer --


def test_an_offer_is_countered_accepted_withdrawn_or_runs_out():
    first = offer()
    counter = offer(2, author="RU", to="UA", about=first.id)
    assert states(first) == {first.id: "offered"}
    assert states(first, counter) == {first.id: "countered", counter.id: "offered"}
    assert states(first, answer("accept", 2, first)) == {first.id: "accepted"}
    assert states(first, answer("withdraw", 2, first, "UA")) == {first.id: "withdrawn"}
    assert states(first, now=at(51)) == {first.id: "expired"}
    taken = answer("accept", 3, counter, "UA")
    assert states(first, counter, taken)[counter.id] == "accepted"


def test_nobody_accepts_or_counters_their_own_and_nobody_withdraws_the_others():
    first = offer()
    assert states(first, answer("accept", 2, first, "UA")) == {first.id: "offered"}
    own = offer(2, about=first.id)
    assert states(first, own)[first.id] == "offered"
    assert states(first, answer("withdraw", 2, first, "RU")) == {first.id: "offered"}


def test_what_comes_after_the_end_of_an_offer_counts_for_nothing():
    first = offer(expires_at=at(10))
    late = answer("accept", 11, first)
    assert states(first, late) == {first.id: "expired"}
    assert states(first, answer("accept", 9, first)) == {first.id: "accepted"}
    assert states(first, answer("withdraw", 11, first, "UA")) == {first.id: "expired"}


def test_an_answer_in_another_case_or_between_other_ends_counts_for_nothing():
    first = offer()
    for stray in (
        answer("accept", 2, first, case="second"),
        replace(answer("accept", 2, first), to="AE"),
        answer("accept", 2, offer(9)),
    ):
        assert states(first, stray)[first.id] == "offered"


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("accept", "withdraw", "counter")),
        st.sampled_from(("UA", "RU")),
        st.integers(2, 45),
        st.integers(0, 3),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(acts=ACTS, data=st.data())
def test_both_ends_come_to_the_same_states_whatever_crossed_on_the_way(acts, data):
    said = [offer(expires_at=at(30))]
    for number, (act, author, minute, which) in enumerate(acts, start=2):
        about = said[which % len(said)]
        to = "UA" if author == "RU" else "RU"
        if act == "counter":
            said.append(offer(number, author=author, to=to, about=about.id, at=at(minute)))
        else:
            said.append(answer(act, number, about, author, at=at(minute)))
    other = data.draw(st.permutations(said + said[:1]))
    assert set(fold(said, now=at(40))) == set(fold(other, now=at(40)))
    found = states(*said)
    assert set(found.values()) <= {*STATES.values(), "offered"}


def test_every_row_of_the_table_is_reached_and_no_other_is():
    first = offer()
    done = {
        "counter": offer(2, author="RU", to="UA", about=first.id),
        "accept": answer("accept", 3, first),
        "withdraw": answer("withdraw", 4, first, "UA"),
        "expire": None,
    }
    for acts in itertools.permutations(done, 2):
        state = "offered"
        messages = [first]
        for minute, act in enumerate(acts, start=2):
            state = STATES.get((state, act), state)
            if done[act] is None:
                first = replace(first, expires_at=f"2025-02-05T08:{minute - 1:02}:30Z")
                messages[0] = first
            else:
                messages.append(replace(done[act], at=at(minute)))
        assert states(*messages)[first.id] == state, acts


def test_an_act_is_allowed_to_one_end_and_names_one_offer():
    first = offer()
    offers = fold([first], now=at(2))
    assert verify_act(offers, "accept", first.id, party="RU").id == first.id
    assert verify_act(offers, "withdraw", first.id[:31], party="UA").id == first.id
    for act, party in (("accept", "UA"), ("counter", "UA"), ("withdraw", "RU")):
        with pytest.raises(TurnError) as refused:
            verify_act(offers, act, first.id, party=party)
        assert refused.value.code == "offers.turn"
    for about in ("", "f", "0"):
        with pytest.raises(InputError) as unknown:
            verify_act(fold([first, offer(2)], now=at(3)), "accept", about, party="RU")
        assert unknown.value.code == "offers.unknown"


def test_an_offer_in_json_says_everything_but_its_terms():
    said = as_json(fold([offer()], now=at(2))[0])
    assert said["state"] == "offered"
    assert "terms" not in said
    assert said["note"] == "as we said"
