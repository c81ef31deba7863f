import dataclasses

import pytest
from tests.unit.handover.logbook import ORIGIN, Logbook, member
from tests.unit.ledger.keybook import devices, ids, key, officers, revocation, root, sign
from tests.unit.negotiation.casebook import UA_HOME, Casebook, people

from homeward.foundation.errors import PeerError, TamperError
from homeward.handover.replay import advance_replay, replay
from homeward.ledger.envelope import entry_sha256
from homeward.ledger.key_documents import signed_body

ROOTS = ("root 1", "root 2", "root 3")
OWN = ("UA/bureau", "UA/officer")


@pytest.fixture
def log():
    log = Logbook()
    log.open()
    return log


def now(log, party="UA"):
    return replay(ORIGIN, log.entries).keyrings[party]


def carry(log, document, by, author="UA"):
    return log.sign("keys_changed", author, "", signed_body(document), signer=key(by))


def named(*names, **other):
    return officers(names, **other) + officers(["UA/officer"], role="officer")


def rooted(log, *names, by="UA/bureau", **change):
    """Give UA a root document that names its card's keys and others."""
    new = [name for name in names if name not in OWN]
    carried = root(now(log), ROOTS, named(*names), **change)
    return carry(log, sign(carried, "root 1", "root 2", *new), by)


def refused(log, code, kind=PeerError):
    before = replay(ORIGIN, log.entries[:-1])
    with pytest.raises(kind) as caught:
        advance_replay(before, log.entries[-1])
    assert caught.value.code == code
    return caught.value


def opened(log, signer, case="c-1"):
    log.sign("case_opened", "AE", "mediator", Casebook().open().entry.body, case=case)
    body = Casebook().sign("UA").entry.body
    return log.sign("terms_signed", "UA", "bureau", body, case=case, signer=key(signer))


def played(log, book, second=None):
    """Sign a casebook; UA signs plans with another key if one is given."""
    signed = {}
    for recorded in book.entries:
        entry, body = recorded.entry, dict(recorded.entry.body)
        if "in_reply_to" in body:
            body["in_reply_to"] = signed[body["in_reply_to"]]
        is_other = second and entry.author == "UA" and entry.type == "plan_accepted"
        name = second if is_other else f"{entry.author}/{recorded.role}"
        made = log.sign(entry.type, entry.author, "", body, case=entry.case, signer=key(name))
        signed[entry.entry_sha256] = entry_sha256(made)


def test_every_node_computes_one_key_for_a_party_a_role_and_a_number(log):
    rooted(log, "UA/bureau", "anna")
    opened(log, "anna")
    whole = replay(ORIGIN, log.entries).keyrings["UA"]
    assert whole.keys_of("bureau", 0) == (key("UA/bureau").public,)
    assert set(whole.keys_of("bureau", 1)) == {key("UA/bureau").public, key("anna").public}
    assert replay(ORIGIN, log.entries).grants[3].public == key("anna").public


def test_a_log_without_documents_of_keys_is_read_as_before(log):
    opened(log, "UA/bureau")
    state = replay(ORIGIN, log.entries)
    assert {party: each.epoch for party, each in state.keyrings.items()} == {
        "AE": 0,
        "RU": 0,
        "UA": 0,
    }


def test_a_revoked_key_signs_nothing_from_the_entry_that_ends_it(log):
    rooted(log, "UA/bureau", "anna")
    opened(log, "UA/bureau")
    ended = sign(revocation(now(log), "UA/bureau"), "root 1", "root 2")
    carry(log, ended, "UA/bureau")
    refused(log, "keys.signer")
    log.entries.pop()
    log.heads["UA"] = (2, entry_sha256(log.entries[-1]))
    carry(log, ended, "anna")
    assert replay(ORIGIN, log.entries).cases["c-1"].signed == {"UA"}
    opened(log, "UA/bureau", case="c-2")
    error = refused(log, "keys.revoked")
    assert error.facts == {"entry": 6, "author": "UA", "key": ids("UA/bureau")[0]}


def test_who_lost_every_key_comes_back_by_the_roots_alone(log):
    rooted(log, "UA/bureau")
    new = officers(["boris"]) + officers(["gate 2"], role="officer")
    document = sign(root(now(log), ROOTS, new), "root 2", "root 3", "boris", "gate 2")
    carry(log, document, "boris")
    opened(log, "boris")
    assert replay(ORIGIN, log.entries).cases["c-1"].signed == {"UA"}


def test_a_first_document_stands_on_the_first_key_of_the_card(log):
    rooted(log, "UA/bureau", "anna", by="anna")
    refused(log, "keys.first")


def test_a_stranger_carries_no_document(log):
    document = sign(root(now(log), ROOTS, named("anna")), "root 1", "root 2", "anna")
    carry(log, document, "stranger")
    refused(log, "replay.stranger", TamperError)


def test_nobody_changes_the_keys_of_another(log):
    document = sign(root(now(log), ROOTS, named("UA/bureau")), "root 1", "root 2")
    carry(log, document, "RU/bureau", author="RU")
    refused(log, "keys.other")


def test_a_document_takes_no_key_of_another_party(log):
    rooted(log, "UA/bureau", "RU/bureau")
    refused(log, "keys.taken")
    log.entries.pop()
    log.heads.pop("UA")
    rooted(log, "UA/bureau")
    keys = [{"role": "observer", "public": member("UA", "bureau")["keys"][0]["public"]}]
    log.sign("member_joined", "AE", "mediator", member("CH", "observer", keys=keys))
    refused(log, "replay.member")


def test_a_mediator_that_rotates_still_admits_members(log):
    document = root(now(log, "AE"), ROOTS, officers(["m 2"], role="mediator"))
    carry(log, sign(document, "root 1", "root 2", "m 2"), "m 2", author="AE")
    refused(log, "keys.first")
    log.entries.pop()
    log.heads["AE"] = (1, entry_sha256(log.entries[0]))
    both = officers(["m 2", "AE/mediator"], role="mediator")
    carry(log, sign(root(now(log, "AE"), ROOTS, both), *ROOTS, "m 2"), "AE/mediator", author="AE")
    log.sign("member_joined", "AE", "", member("CH", "observer"), signer=key("m 2"))
    assert "CH" in replay(ORIGIN, log.entries).members


def test_a_device_counts_people_and_does_nothing_else(log):
    book = Casebook()
    book.to_accepted()
    book.will(UA_HOME, people(UA_HOME))
    book.manifest(UA_HOME, people(UA_HOME))
    book.depart(UA_HOME, people(UA_HOME))
    played(log, book)
    rooted(log, "UA/bureau")
    carry(
        log, sign(devices(now(log), "UA/officer", ["phone"]), "UA/officer", "phone"), "UA/officer"
    )
    body = {"leg": UA_HOME, "captives": people(UA_HOME), "missing": []}
    log.sign("checked_in", "UA", "", body, case="c-1", signer=key("phone"))
    replay(ORIGIN, log.entries)
    log.sign("aborted", "UA", "", {"reason": "no_agreement"}, case="c-1", signer=key("phone"))
    refused(log, "case.author")


def test_a_device_of_the_first_officer_accepts_nothing(log):
    rooted(log, "UA/bureau")
    carry(log, sign(devices(now(log), "UA/bureau", ["phone"]), "UA/bureau", "phone"), "UA/bureau")
    opened(log, "phone")
    refused(log, "keys.device")
    log.entries.pop()
    log.heads["UA"] = (2, entry_sha256(log.entries[2]))
    carry(log, sign(revocation(now(log), "UA/officer"), "root 1", "root 2"), "phone")
    refused(log, "keys.signer")


def test_an_officer_accepts_no_plan_beyond_the_limit(log):
    limited = officers(["UA/bureau"]) + officers(["anna"], limits={"accept_at_most": 7})
    document = root(now(log), ROOTS, limited)
    carry(log, sign(document, "root 1", "root 2", "anna"), "UA/bureau")
    book = Casebook()
    book.to_seeded()
    book.propose()
    book.accept("UA")
    played(log, book, second="anna")
    error = refused(log, "keys.limit")
    assert (error.facts["max_people"], error.facts["people"]) == (7, 8)


def test_an_officer_signs_the_kinds_that_the_document_names(log):
    limited = officers(["UA/bureau"]) + officers(["anna"], kinds=("wanted_list",))
    carry(log, sign(root(now(log), ROOTS, limited), "root 1", "root 2", "anna"), "UA/bureau")
    opened(log, "anna")
    refused(log, "keys.kind")


@pytest.mark.parametrize(
    ("most", "by", "code"),
    [(8, "anna", None), (7, "anna", "keys.limit"), (8, "UA/bureau", "case.same_officer")],
)
def test_two_officers_accept_a_plan_and_both_are_bound_by_their_limits(log, most, by, code):
    two = officers(["UA/bureau"]) + officers(["anna"], limits={"accept_at_most": most})
    document = root(now(log), ROOTS, two, two_officers=("plan_accepted",))
    carry(log, sign(document, "root 1", "root 2", "anna"), "UA/bureau")
    book = Casebook()
    book.to_seeded()
    book.propose()
    book.accept("RU")
    book.accept("UA")
    played(log, book)
    state = replay(ORIGIN, log.entries)
    assert (state.cases["c-1"].state, not state.custodies) == ("proposed", True)
    body = {"entry": entry_sha256(log.entries[-1])}
    log.sign("confirmed", "UA", "", body, case="c-1", signer=key(by))
    if code is None:
        state = replay(ORIGIN, log.entries)
        assert (state.cases["c-1"].state, "c-1" in state.custodies) == ("accepted", True)
    else:
        refused(log, code)


def test_an_unknown_version_and_a_broken_document_are_refused(log):
    document = sign(root(now(log), ROOTS, named("UA/bureau")), "root 1", "root 2")
    body = signed_body(document)
    log.sign("keys_changed", "UA", "bureau", body, version=2)
    refused(log, "keys.form")
    log.entries.pop()
    log.heads.pop("UA")
    log.sign("keys_changed", "UA", "bureau", {"document": {}})
    refused(log, "keys.form")
    log.entries.pop()
    log.heads.pop("UA")
    other = root(now(log), ROOTS, named("UA/bureau"), threshold=1)
    carry(log, dataclasses.replace(other, signatures=document.signatures), "UA/bureau")
    refused(log, "crypto.signature", TamperError)
