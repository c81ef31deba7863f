import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.unit.handover.logbook import ORIGIN, Logbook, key_of, member, whole_case
from tests.unit.negotiation.casebook import UA_HOME, Casebook, people

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import PeerError, TamperError
from homeward.handover import count_legs
from homeward.handover.replay import advance_replay, begin_replay, extend_replay, replay

OTHER = b64(hashlib.sha256(b"another key").digest())


@pytest.fixture
def log():
    log = Logbook()
    log.open()
    return log


def refused(log, kind=PeerError, code="replay.member"):
    """Check that the last entry is refused, and that those before it are not."""
    before = replay(ORIGIN, log.entries[:-1])
    with pytest.raises(kind) as caught:
        advance_replay(before, log.entries[-1])
    assert caught.value.code == code
    assert replay(ORIGIN, log.entries[:-1]).chain.heads == before.chain.heads
    return caught.value


def test_a_whole_log_tells_members_cases_and_where_everybody_is(log):
    log.play(whole_case())
    state = replay(ORIGIN, log.entries)
    assert list(state.members) == ["AE", "RU", "UA"]
    assert state.cases["c-1"].state == "closed"
    assert [legs.home for legs in count_legs(state.custodies["c-1"])] == [4, 4]
    assert state.custodies["c-1"].is_ended
    assert [each.entry for each in state.envelopes] == log.entries
    assert not state.is_simulation


def test_entries_added_one_by_one_give_what_the_whole_log_gives(log):
    log.play(whole_case())
    state = begin_replay(ORIGIN)
    for size, entry in enumerate(log.entries, 1):
        state = advance_replay(state, entry)
        whole = replay(ORIGIN, log.entries[:size])
        assert (state.members, state.cases, state.custodies, state.envelopes) == (
            whole.members,
            whole.cases,
            whole.custodies,
            whole.envelopes,
        )


def test_two_cases_of_one_log_are_told_apart(log):
    for name in ("c-1", "c-2"):
        body = Casebook().open().entry.body
        log.sign("case_opened", "AE", "mediator", body, case=name)
    state = replay(ORIGIN, log.entries)
    assert {name: case.state for name, case in state.cases.items()} == {
        "c-1": "opened",
        "c-2": "opened",
    }
    assert not state.custodies


def test_an_accepted_case_that_is_aborted_before_the_handover_stays_readable(log):
    book = Casebook()
    book.to_accepted()
    book.abort()
    log.play(book)
    assert replay(ORIGIN, log.entries).cases["c-1"].state == "aborted"


def test_one_member_of_a_simulation_makes_the_log_one():
    log = Logbook()
    log.open([member("AE", "mediator"), member("UA", "bureau", simulation=True)])
    assert replay(ORIGIN, log.entries).is_simulation


def test_an_empty_log_has_no_members():
    assert replay(ORIGIN, []).members == {}


def test_a_member_who_joins_later_may_write_from_then_on():
    log = Logbook()
    log.open([member("AE", "mediator"), member("UA", "bureau")])
    log.sign("member_joined", "AE", "mediator", member("RU", "bureau"))
    book = Casebook()
    book.to_answered()
    log.play(book)
    assert replay(ORIGIN, log.entries).cases["c-1"].state == "answered"


def test_nobody_writes_before_they_joined():
    log = Logbook()
    log.open([member("AE", "mediator"), member("UA", "bureau")])
    log.sign("terms_signed", "RU", "bureau", {}, case="c-1")
    assert refused(log, TamperError, "replay.stranger").facts["entry"] == 1


def test_nobody_signs_for_another(log):
    log.sign("terms_signed", "RU", "bureau", {}, case="c-1", signer=key_of("UA", "bureau"))
    assert refused(log, TamperError, "replay.stranger").facts["author"] == "RU"


def test_a_key_of_the_log_that_did_not_sign_is_found_out(log):
    forged = log.sign("terms_signed", "RU", "bureau", {}, case="c-1")
    at = forged.index(b'"sig":"') + 10
    other = b"A" if forged[at : at + 1] != b"A" else b"B"
    log.entries[-1] = forged[:at] + other + forged[at + 1 :]
    assert refused(log, TamperError, "crypto.signature").facts["entry"] == 1


def test_no_party_writes_the_will_of_a_captive(log):
    book = Casebook()
    book.to_accepted()
    log.play(book)
    body = book.will(UA_HOME, people(UA_HOME)).entry.body
    log.sign("will_recorded", "RU", "officer", body, case="c-1")
    refused(log, PeerError, "case.author")


def test_a_step_of_the_handover_that_does_not_fit_is_refused_whole(log):
    book = Casebook()
    book.to_accepted()
    book.depart(UA_HOME, people(UA_HOME))
    log.play(book)
    refused(log, PeerError, "handover.custody")


def test_an_entry_of_an_unknown_type_is_refused(log):
    log.sign("gossip", "UA", "bureau", {}, case="c-1")
    refused(log, PeerError, "case.type")


def test_a_log_is_opened_once(log):
    log.open()
    refused(log, PeerError, "case.type")


@pytest.mark.parametrize(("author", "role"), [("UA", "bureau"), ("AE", "interviewer")])
def test_only_the_mediators_own_key_lets_a_member_join(log, author, role):
    log.sign("member_joined", author, role, member("XA", "observer"))
    refused(log)


def test_a_second_mediator_lets_nobody_join():
    log = Logbook()
    log.open([member("AE", "mediator"), member("CH", "mediator")])
    log.sign("member_joined", "CH", "mediator", member("XA", "observer"))
    assert "AE" in refused(log).message


@pytest.mark.parametrize(
    "body",
    [
        member("UA", "bureau"),  # a member already
        {**member("XA", "bureau"), "keys": member("UA", "bureau")["keys"]},
        member("XA", "bureau", note="free text"),
        {**member("XA", "bureau"), "role": "king"},
        {**member("XA", "bureau"), "role": ["bureau"]},
        member("XA", "bureau", simulation=1),
        member("XA", "bureau", name=""),
        member("XA", "bureau", name="Office\nSIMULATION"),
        member("XA", "bureau", sealing_key="age1short"),
        member("xa", "bureau"),
        member("XA", "bureau", keys=[]),
        member("XA", "bureau", keys="bureau officer"),
        member("XA", "bureau", keys=member("XA", "mediator")["keys"]),
        member("XA", "bureau", keys=[{"role": r, "public": OTHER} for r in ("bureau", "officer")]),
        member("XA", "observer", keys=[{"role": "observer", "public": "AAAA"}]),
        member("XA", "observer", keys=[{"role": "observer", "public": "?"}]),
        member("XA", "observer", keys=[{"role": "observer", "public": OTHER, "more": 1}]),
        member("XA", "observer", keys=[{"role": "observer"}]),
        {},
    ],
)
def test_a_member_of_another_form_is_refused(log, body):
    log.sign("member_joined", "AE", "mediator", body)
    assert refused(log).facts == {"entry": 1}


@pytest.mark.parametrize(
    "members",
    [
        [],
        "AE",
        [member("UA", "bureau")],  # without its author
        [member("AE", "bureau")],  # whose author is no mediator
        [member("AE", "mediator"), member("AE", "mediator")],
        [member("AE", "mediator")] * 65,
        [member("AE", "mediator"), member("UA", "bureau", keys=member("RU", "bureau")["keys"]),
         member("RU", "bureau")],
    ],
)  # fmt: skip
def test_a_log_of_another_beginning_is_refused(members):
    log = Logbook()
    log.open(members)
    with pytest.raises(PeerError, match="entry 0"):
        replay(ORIGIN, log.entries)


def test_a_log_begins_with_its_members():
    log = Logbook()
    log.sign("terms_signed", "UA", "bureau", {}, case="c-1")
    with pytest.raises(PeerError, match="log_opened"):
        replay(ORIGIN, log.entries)


def test_an_entry_that_is_none_is_named_by_its_number():
    with pytest.raises(TamperError, match="Entry 0"):
        replay(ORIGIN, [b"no entry"])


def side_by_side(check, parts):
    """Check parts in two threads."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(check, parts)


def spoilt(entry):
    """Return an entry whose signature does not hold, and nothing else."""
    document = json.loads(entry)
    signature = bytearray(unb64(document["signatures"][0]["sig"], what="signature"))
    signature[0] ^= 1
    document["signatures"][0]["sig"] = b64(bytes(signature))
    return canonical_bytes(document)


@pytest.mark.parametrize("apply", [map, side_by_side])
def test_signatures_may_be_checked_side_by_side(log, apply):
    for number in range(150):  # several parts
        log.sign("case_opened", "AE", "mediator", Casebook().open().entry.body, case=f"c-{number}")
        log.sign("aborted", "RU", "bureau", {"reason": "no_agreement"}, case=f"c-{number}")
    state = extend_replay(begin_replay(ORIGIN), log.entries, apply=apply)
    whole = replay(ORIGIN, log.entries)
    assert state.chain.tree.root() == whole.chain.tree.root()
    assert (state.cases, state.envelopes) == (whole.cases, whole.envelopes)
    assert {each.state for each in state.cases.values()} == {"aborted"}


@pytest.mark.parametrize("apply", [map, side_by_side])
@pytest.mark.parametrize("place", [0, 1, 256, 257, 300])
def test_no_entry_is_believed_behind_a_signature_that_does_not_hold(log, apply, place):
    for number in range(300):
        log.sign("case_opened", "AE", "mediator", Casebook().open().entry.body, case=f"c-{number}")
    body = {"reason": "no_agreement"}
    log.sign("aborted", "RU", "bureau", body, case="c-unknown")  # what stands last never fits
    entries = [*log.entries[:place], spoilt(log.entries[place]), *log.entries[place + 1 :]]
    with pytest.raises(TamperError) as caught:
        extend_replay(begin_replay(ORIGIN), entries, apply=apply)
    # From there on also the chain of its author is broken: the signature is said first.
    assert (caught.value.code, caught.value.facts["entry"]) == ("crypto.signature", place)


@pytest.mark.parametrize("apply", [map, side_by_side])
def test_the_first_entry_that_does_not_fit_is_refused_before_a_later_signature(log, apply):
    log.sign("aborted", "RU", "bureau", {"reason": "no_agreement"}, case="c-unknown")
    log.sign("case_opened", "AE", "mediator", Casebook().open().entry.body, case="c-1")
    entries = [*log.entries[:-1], spoilt(log.entries[-1])]
    with pytest.raises(PeerError) as caught:
        extend_replay(begin_replay(ORIGIN), entries, apply=apply)
    assert caught.value.facts["entry"] == 1
