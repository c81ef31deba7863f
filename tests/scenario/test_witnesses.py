"""Every party's node is a witness: it cosigns, keeps receipts, and keeps what convicts."""

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import BUREAUS, CASE, LEGS, PARTIES, nothing_changes

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import HomewardError, InputError, TamperError
from homeward.handover.cosigning import policy_for
from homeward.ledger import evidence
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.note import NoteSigner
from homeward.ledger.proof import read_receipt, verify_receipt
from homeward.negotiation.quorums import needed, quorum_of
from homeward.node import book, receipts, witnessing
from homeward.node.actions import cases, handover, plans
from homeward.node.models import Cosignature, LogHead, Witnessed

TO_UA, TO_RU = LEGS


def standings(nodes, party):
    found = witnessing.standings(book.read_book(nodes.at(party)))
    return {each.party: each.size for each in found}


def refused(nodes, reader, data, code=None):
    """Import a bundle that must be refused; return the error and what was proved, judged."""
    with nothing_changes(nodes, reader), pytest.raises(HomewardError) as raised:
        nodes.give(reader, data)
    assert code is None or raised.value.code == code
    names = raised.value.facts.get("proofs", [])
    files = [(nodes.nodes[reader].home / name).read_bytes() for name in names]
    return raised.value, [evidence.judge(data, known_keys(nodes)) for data in files]


def known_keys(nodes):
    keys = {book.log_of(nodes.at("AE")).public}
    return keys | {
        public for node in nodes.nodes.values() for public in node.card.signing_keys.values()
    }


def two_histories(at_stage, stage="accepted"):
    """Return two worlds with one past, in which the mediator wrote different entries."""
    nodes, other = at_stage(stage), at_stage(stage, "other")
    ids = play.planned(nodes)[TO_UA]
    for world, yes in ((nodes, ids), (other, ids[1:])):
        world.do("AE", handover.record_wills, CASE, TO_UA, stage="before_departure", travelling=yes)
    return nodes, other


# -- cosigning --


def test_every_bureau_cosigns_what_it_has_verified_and_the_mediator_carries_it(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    size = nodes.size("AE")
    assert standings(nodes, "AE") == {"RU": size, "UA": size}
    for party in BUREAUS:
        assert standings(nodes, party) == {"RU": size, "UA": size}
        assert Witnessed.objects.get().size == size


def test_a_witness_says_when_and_signs_nothing_twice(at_stage):
    nodes = at_stage("opened")
    nodes.at("UA")
    before = list(Cosignature.objects.filter(party="UA").order_by("size").values_list())
    nodes.send("AE", "UA")
    assert list(Cosignature.objects.filter(party="UA").order_by("size").values_list()) == before
    time = Cosignature.objects.filter(party="UA").latest("size").time
    assert play.START.timestamp() < time <= nodes.now.timestamp()


def test_the_mediator_gives_nobody_its_own_word_back(at_stage):
    nodes = at_stage("accepted")
    nodes.carry()
    for reader, other in (("UA", "ru"), ("RU", "ua")):
        notes = play.read(nodes.export("AE", reader))["cosigned"]
        assert len(notes) == 1
        assert f"— homeward/{other} " in notes[0]
        assert f"— homeward/{reader.lower()} " not in notes[0]


def test_a_bundle_of_an_earlier_version_is_read(at_stage):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    for sender, reader in (("UA", "AE"), ("AE", "UA")):
        body = play.read(nodes.export(sender, reader))
        old = without(nodes.nodes[sender], body, "cosigned")
        assert nodes.give(reader, old).entry_count == 1


def without(node, body, name):
    left = {key: value for key, value in body.items() if key not in (name, "signature")}
    role = "mediator" if node.about.role == "mediator" else "bureau"
    signed = node.keys.signing[role].sign(b"homeward-bundle-v1\n" + canonical_bytes(left))
    return canonical_bytes({**left, "signature": b64(signed)})


@pytest.mark.parametrize("cosigned", ["x", [7], ["x"], ["x"] * 65, ["x" * 100_000]])
def test_cosigned_checkpoints_of_another_form_are_refused(at_stage, cosigned):
    nodes = at_stage("opened")
    for sender, reader in (("UA", "AE"), ("AE", "UA")):
        data = nodes.export(sender, reader)
        data = play.signed_anew(nodes.nodes[sender], data, cosigned=cosigned)
        error, proved = refused(nodes, reader, data)
        assert (type(error), proved) == (TamperError, [])


def test_a_cosignature_under_a_changed_time_is_refused(at_stage):
    nodes = at_stage("accepted")
    data = nodes.export("UA", "AE")
    note = play.read(data)["cosigned"][0]
    head, line = note[:-1].rsplit(" ", 1)
    blob = bytearray(unb64(line, what="line"))
    blob[11] ^= 1
    changed = f"{head} {b64(bytes(blob))}\n"
    data = play.signed_anew(nodes.nodes["UA"], data, cosigned=[changed])
    refused(nodes, "AE", data, "crypto.signature")


@pytest.mark.parametrize(
    ("quorum", "expected"),
    [
        ("all", [0, 1, 2, 3, 4, 5]),
        ("any", [0, 1, 1, 1, 1, 1]),
        ("none", [0, 0, 0, 0, 0, 0]),
        ("2-of-3", [0, 1, 1, 2, 3, 4]),
        ("1-of-2", [0, 1, 1, 2, 2, 3]),
        ("3-of-3", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_quorum_asks_for_its_share_and_lets_no_single_witness_veto(quorum, expected):
    assert [needed(quorum, count) for count in range(6)] == expected


@pytest.mark.parametrize("quorum", ["", "most", "3-of-2", "0-of-2", "1-of-0", "all but one"])
def test_another_quorum_is_an_input_error(quorum):
    with pytest.raises(InputError):
        needed(quorum, 3)


def test_what_cannot_be_taken_back_needs_all_and_the_table_is_an_argument(at_stage):
    nodes = at_stage("opened")
    state, log = book.read_book(nodes.at("UA")), book.log_of(nodes.nodes["UA"])
    members = state.members.values()
    need = {
        kind: policy_for(kind, log, members).groups["quorum"].need
        for kind in ("seed_revealed", "plan_accepted", "terms_signed", "departed")
    }
    assert need == {"seed_revealed": 2, "plan_accepted": 2, "terms_signed": 2, "departed": 1}
    assert policy_for("departed", log, members, {"departed": "all"}).groups["quorum"].need == 2
    assert quorum_of("anything else") == "2-of-3"


# -- receipts --


def test_a_party_keeps_receipts_of_its_own_entries_that_need_no_node(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    nodes.carry()
    state, log = book.read_book(nodes.at("UA")), book.log_of(nodes.nodes["UA"])
    kept = receipts.kept(nodes.nodes["UA"])
    own = [n for n, each in enumerate(state.envelopes) if each.author == "UA"]
    assert [each.index for each in kept] == own
    assert not any(each.is_waiting for each in kept)
    for each in kept:
        got = read_receipt(each.path.read_text())
        assert each.path.stat().st_mode & 0o077 == 0
        assert got.entry == state.envelopes[each.index].entry
        policy = policy_for(state.envelopes[each.index].type, log, state.members.values())
        verify_receipt(got.entry, got, log, policy)
    assert not (nodes.nodes["AE"].home / "receipts").exists()


def test_a_receipt_waits_until_enough_have_cosigned(at_stage):
    """An acceptance needs both witnesses: what the other signed comes with the next round."""
    nodes = at_stage("proposed")
    findings = nodes.look("AE", plans.findings_in, CASE)
    nodes.do("UA", plans.accept_plan, CASE, acknowledge=findings, actor=play.ACTOR)
    nodes.carry()
    number = nodes.size("UA") - 1
    assert [each.is_waiting for each in receipts.kept(nodes.nodes["UA"])][-1]
    nodes.carry()
    last = receipts.kept(nodes.nodes["UA"])[-1]
    assert (last.index, last.is_waiting) == (number, False)
    assert sum(each.index == number for each in receipts.kept(nodes.nodes["UA"])) == 1


# -- evidence --


def test_two_checkpoints_of_two_histories_convict_the_mediator(at_stage):
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    error, proved = refused(nodes, "UA", other.export("AE", "UA"), "bundles.fork")
    # Its log signed two roots, and itself two entries with one number.
    found = {(each.kind, each.convicted) for each in proved}
    assert found == {("two_checkpoints", "homeward/ae"), ("two_entries", "AE")}
    assert "homeward ledger judge says: evidence/" in error.hint
    path = nodes.nodes["UA"].home / error.facts["proofs"][0]
    assert path.stat().st_mode & 0o077 == 0


def test_a_longer_history_with_another_past_convicts_the_mediator(at_stage):
    nodes, other = two_histories(at_stage)
    people = play.planned(other)[TO_RU]
    other.do("AE", handover.record_wills, CASE, TO_RU, stage="before_departure", travelling=people)
    nodes.send("AE", "UA")
    assert other.size("AE") > nodes.size("AE")
    _, proved = refused(nodes, "UA", other.export("AE", "UA"))
    assert "homeward/ae" in {each.convicted for each in proved}


def test_a_mediator_that_went_back_and_wrote_anew_is_convicted(at_stage):
    nodes, old = at_stage("departed"), at_stage("manifested", "old")
    nodes.restore("AE", old)
    ids = play.planned(nodes)[TO_UA]
    nodes.do("AE", handover.withdraw, CASE, TO_UA, ids[:1], reason="unfit")
    _, proved = refused(nodes, "UA", nodes.export("AE", "UA"), "bundles.fork")
    assert {each.convicted for each in proved} == {"homeward/ae"}


def test_a_bureau_shows_a_mediator_from_an_old_backup_what_it_signed(at_stage):
    """Before it writes other entries in the same places, and convicts itself."""
    nodes, old = at_stage("departed"), at_stage("manifested", "old")
    nodes.restore("AE", old)
    error, proved = refused(nodes, "AE", nodes.export("UA", "AE"), "witnessing.went_back")
    assert error.facts["size"] > error.facts["found"]
    assert proved == []


def test_what_the_other_bureau_cosigned_shows_the_fork_and_convicts(at_stage):
    """The mediator shows two histories; its own carrying of a cosignature gives it away."""
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    other.send("AE", "RU")
    note = play.read(other.export("RU", "AE"))["cosigned"][0]
    data = play.signed_anew(nodes.nodes["AE"], nodes.export("AE", "UA"), cosigned=[note])
    _, proved = refused(nodes, "UA", data, "witnessing.fork")
    assert [each.kind for each in proved] == ["two_checkpoints"]


def test_an_author_that_saw_another_history_is_named_and_can_clear_itself(at_stage):
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    other.send("AE", "RU")
    other.do("RU", cases.abort, CASE, reason="terms_not_kept")
    data = other.export("RU", "AE")
    _, proved = refused(nodes, "AE", data, "ledger.fork")
    kinds = {each.kind: each for each in proved}
    assert kinds["seen_another"].convicted == "RU"
    assert "holds a checkpoint of that root" in kinds["seen_another"].doubt
    # And RU can: its own bundle carries the checkpoint that the log signed.
    assert kinds["two_checkpoints"].convicted == "homeward/ae"


def test_an_author_with_two_entries_of_one_number_is_convicted(at_stage):
    nodes, other = at_stage("accepted"), at_stage("accepted", "other")
    nodes.do("UA", cases.abort, CASE, reason="terms_not_kept")
    nodes.carry()
    other.do("UA", cases.abort, CASE, reason="no_agreement")
    _, proved = refused(nodes, "AE", other.export("UA", "AE"))
    assert [(each.kind, each.convicted) for each in proved] == [("two_entries", "UA")]


def test_an_author_with_two_entries_of_one_number_is_convicted_in_one_bundle(at_stage):
    nodes, other = at_stage("accepted"), at_stage("accepted", "other")
    for world, reason in ((nodes, "terms_not_kept"), (other, "no_agreement")):
        world.do("UA", cases.abort, CASE, reason=reason)
    drafts = [play.read(world.export("UA", "AE"))["drafts"][0] for world in (nodes, other)]
    data = play.signed_anew(nodes.nodes["UA"], nodes.export("UA", "AE"), drafts=drafts)
    _, proved = refused(nodes, "AE", data, "ledger.sequence")
    assert [each.kind for each in proved] == ["two_entries"]


def test_a_dropped_entry_is_convicted_by_the_receipt_on_the_disk(at_stage):
    """The node's database went back; the receipts on its disk did not."""
    nodes, old = at_stage("departed"), at_stage("manifested", "old")
    nodes.carry()
    nodes.carry()
    assert any(each.index >= old.size("UA") for each in receipts.kept(nodes.nodes["RU"]))
    kept = {each.path.name: each.path.read_bytes() for each in receipts.kept(nodes.nodes["RU"])}
    nodes.restore("RU", old)
    nodes.restore("AE", old)
    folder = nodes.nodes["RU"].home / "receipts"
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    ids = play.planned(nodes)[TO_UA]
    for leg in LEGS:
        ids = play.planned(nodes)[leg]
        nodes.do("AE", handover.withdraw, CASE, leg, ids[:1], reason="unfit")
    _, proved = refused(nodes, "RU", nodes.export("AE", "RU"), "receipts.dropped")
    assert [(each.kind, each.convicted) for each in proved] == [("dropped_entry", "homeward/ae")]


def test_a_broken_bundle_convicts_nobody(at_stage):
    nodes = at_stage("accepted")
    node = nodes.at("AE")
    log = book.Log(book.log_of(node).name, nodes.log("AE")[:-1])
    signer = NoteSigner(log.origin, node.keys.signing["log"])
    old = sign_checkpoint(log.checkpoint(), signer)
    nodes.do("AE", cases.abort, CASE, reason="no_agreement")
    data = play.signed_anew(node, nodes.export("AE", "UA"), checkpoint=old)
    error, proved = refused(nodes, "UA", data)
    assert proved == []
    assert "judge" not in error.hint


def test_what_an_honest_exchange_holds_convicts_nobody(at_stage):
    """Every pair of checkpoints and every receipt of a whole exchange agree."""
    nodes = at_stage("closed")
    nodes.carry()
    for party in PARTIES:
        node = nodes.at(party)
        state, log = book.read_book(node), book.log_of(node)
        head = LogHead.objects.get().checkpoint
        for row in Cosignature.objects.all():
            with pytest.raises(TamperError):
                evidence.of_checkpoints(log, row.note, head, state.chain.tree)
            assert open_cosigned(row.note, log, log.name).checkpoint.size == row.size
        assert list(receipts.broken(node, state.chain.tree)) == []
        assert not list((node.home / "evidence").glob("*"))
