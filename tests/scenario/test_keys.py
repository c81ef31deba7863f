"""Two officers, a limit, a lost key and a thief, at three nodes and through their bundles."""

import os
import shutil

import pytest
from tests.scenario import nodes as play
from tests.unit.ledger.keybook import ids, key, sign

from homeward.foundation.crypto import b64
from homeward.foundation.errors import InputError, PeerError, RuleError, TamperError, TurnError
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import Officer, RootDocument, unsigned
from homeward.ledger.key_files import KeyFile
from homeward.node import book, cosigned, home, witnessing
from homeward.node.actions import keys, plans
from homeward.node.actions.overview import overview
from homeward.node.bundles import export_bundle
from homeward.node.models import Blob

ROOTS = ("root 1", "root 2", "root 3")


@pytest.fixture
def world(tmp_path):
    """A case with a plan, in which UA has roots and asks for two officers to accept it."""
    world = play.begin(tmp_path / "live")
    play.play_to_final_lists(world)
    document = unsigned(
        RootDocument(
            log="homeward/ae",
            party="UA",
            epoch=1,
            previous=None,
            threshold=2,
            roots=tuple(key(name).public for name in ROOTS),
            officers=(
                *(Officer(role=r, public=p) for r, p in world.at("UA").card.signing_keys.items()),
                Officer(role="bureau", public=key("anna").public),
                Officer(role="bureau", public=key("boris").public, limits={"accept_at_most": 3}),
            ),
            two_officers=("plan_accepted",),
        )
    )
    signed = sign(document, "root 1", "root 3", "anna", "boris")
    assert world.do("UA", keys.record_document, signed) is None
    world.carry()
    world.do("AE", plans.propose_plan, play.CASE, lists=play.blocked(world))
    world.carry()
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def accept(world, party):
    findings = world.look(party, plans.findings_in, play.CASE)
    world.do(party, plans.accept_plan, play.CASE, acknowledge=findings, actor=play.ACTOR)


def steps(world, party):
    return {step.kind for step in overview(world.at(party)).steps}


def identities(world):
    return Blob.objects.filter(purpose="identities", sender="UA", sealed=True, recipient="RU")


def test_one_officer_alone_accepts_nothing_and_shows_nobody(world):
    accept(world, "RU")
    accept(world, "UA")
    world.carry()
    for party in ("UA", "RU", "AE"):
        assert world.state(party).accepted == {"RU"}
    assert "case.second" in steps(world, "UA")
    assert "case.accept" not in steps(world, "UA")
    world.at("AE")
    assert not identities(world).exists(), "who comes is shown with the second signature"
    with pytest.raises(RuleError) as refused:
        world.do("UA", keys.confirm, play.CASE, signer=key("boris"))
    assert refused.value.code == "keys.limit"
    own = world.at("UA").keys.signing["bureau"]
    with pytest.raises(TurnError) as refused:
        world.do("UA", keys.confirm, play.CASE, signer=own)
    assert refused.value.code == "case.same_officer"
    assert world.do("UA", keys.confirm, play.CASE, signer=key("anna")) == 1
    world.carry()
    for party in ("UA", "RU", "AE"):
        assert world.state(party).state == "accepted"
    world.at("AE")
    assert identities(world).exists()
    with pytest.raises(TurnError):
        world.do("UA", keys.confirm, play.CASE, signer=key("anna"))


def test_a_revoked_key_is_refused_by_the_mediator_with_its_evidence(world):
    accept(world, "UA")
    world.carry()
    ended = world.look("UA", keys.revocation, list(ids("anna")), reason="compromised")
    world.do("UA", keys.record_document, sign(ended, "root 1", "root 2"))
    with pytest.raises((RuleError, TurnError)):
        world.do("UA", keys.confirm, play.CASE, signer=key("anna"))
    world.carry()
    body = {"entry": world.state("UA").waiting[0].entry.entry_sha256}
    thief = stolen(world, body)
    before = world.size("AE")
    with pytest.raises(PeerError) as refused:
        world.give("AE", thief)
    assert refused.value.code == "keys.revoked"
    assert world.size("AE") == before
    assert world.evidence("AE")


def stolen(world, body):
    """Return UA's bundle with a confirmation that the ended key signed, as a thief would."""
    node = world.at("UA")
    entry = play.signed_entry(
        node,
        case=play.CASE,
        kind="confirmed",
        body=body,
        role="bureau",
        now=world.tick(),
        signer=key("anna"),
    )
    return play.signed_anew(node, export_bundle(node, "AE"), drafts=[b64(entry)])


def test_documents_are_made_from_the_keys_of_the_ledger(world):
    node = world.at("UA")
    assert keys.keyring_of(node).epoch == 1
    with pytest.raises(InputError):
        keys.revocation(node, ["0" * 16], reason="lost")
    phone = KeyFile(party="UA", use="officer", public=key("phone").public)
    named = keys.devices(node, ids("anna")[0], [phone])
    world.do("UA", keys.record_document, sign(named, "anna", "phone"))
    vera = KeyFile(party="UA", use="bureau", public=key("vera").public)
    after = keys.rotation(
        node, added=[(vera, {"accept_at_most": 9})], ended=list(ids("anna")), two_officers=()
    )
    world.do("UA", keys.record_document, sign(after, "root 2", "root 3", "vera"))
    keyring = keys.keyring_of(node)
    assert keyring.epoch == 2
    assert set(ids("anna", "phone")) <= keyring.ended
    assert keyring.changes[-1].two_officers == frozenset()
    with pytest.raises(TurnError):
        keys.rotation(world.at("RU"))


def rotated(world, ended, new):
    """Record that UA ends a key and has another; the mediator has it, UA has read it back."""
    with_file = KeyFile(party="UA", use="bureau", public=key(new).public)
    document = world.look("UA", keys.rotation, added=[(with_file, {})], ended=[ended])
    world.do("UA", keys.record_document, sign(document, "root 1", "root 2", new), signer=key(new))


def own_id(world):
    return key_id(world.at("UA").keys.signing["bureau"].public)


def adopt(world, name):
    def act(node, *, now):
        return keys.adopt(node, key(name), passphrase=play.PASSPHRASE, entropy=os.urandom)

    role = world.do("UA", act)
    folder = world.nodes["UA"].home
    home.close_node()
    world.nodes["UA"] = home.open_node(folder, play.PASSPHRASE)
    return role


def test_a_node_goes_on_with_another_key_of_its_own_and_its_card_stays(world):
    card, old = world.at("UA").card.data, own_id(world)
    rotated(world, old, "new")
    with pytest.raises(InputError) as early:
        adopt(world, "new")
    assert early.value.code == "keys.not_adopted", "the ledger does not name it yet"
    late = world.export("UA", "AE")
    world.give("AE", late)
    world.send("AE", "UA")
    with pytest.raises(RuleError) as mute:
        world.export("UA", "AE")
    assert mute.value.code == "keys.node_ended"
    with pytest.raises(TamperError) as ended:
        world.give("AE", late)
    assert ended.value.code == "bundles.ended_key"
    assert adopt(world, "new") == "bureau"
    node = world.at("UA")
    assert node.card.data == card
    assert node.keys.signing["bureau"].public == key("new").public
    world.carry()
    accept(world, "UA")
    world.carry()
    assert world.size("RU") == world.size("AE") == world.size("UA")
    assert world.state("RU").waiting[0].entry.key == key_id(key("new").public)
    for name in ("root 1", "stranger"):
        with pytest.raises(InputError):
            adopt(world, name)


def test_an_ended_key_cosigns_nothing_and_nobody_waits_for_its_word(world):
    world.carry()
    rotated(world, own_id(world), "new")
    before = cosigned.sizes("homeward/ae")["UA"]
    world.send("UA", "AE")
    world.send("AE", "UA")
    log = book.read_book(world.at("UA"))
    assert cosigned.sizes("homeward/ae")["UA"] == before < world.size("UA")
    assert not cosigned.witnesses(log, "UA")
    assert cosigned.witnesses(log, "UA", before)
    assert list(witnessing.policy_of(world.at("UA"), log, "plan_accepted").witnesses) == [
        "homeward/ru"
    ]
    # Whoever stole it cosigns all the same: it is passed over.
    node = world.at("UA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cosigned, "witnesses", lambda *_: True)
        witnessing.cosign_head(node, log, now=world.now)
        forged = witnessing.outgoing(node, "AE")
    assert len(forged) == 1
    at_mediator = book.read_book(world.at("AE"))
    with world.at("AE").transaction():
        witnessing.take(world.at("AE"), forged, at_mediator, sender="UA")
    assert cosigned.sizes("homeward/ae")["UA"] == before


def test_the_others_learn_a_mediators_new_key_from_the_bundle_that_brings_it(world):
    mediator = world.at("AE")
    document = unsigned(
        RootDocument(
            log="homeward/ae",
            party="AE",
            epoch=1,
            previous=None,
            threshold=1,
            roots=(key("root of AE").public,),
            officers=(
                *(Officer(role=r, public=p) for r, p in mediator.card.signing_keys.items()),
                Officer(role="mediator", public=key("new of AE").public),
            ),
            two_officers=(),
        )
    )
    world.do("AE", keys.record_document, sign(document, "root of AE", "new of AE"))
    old = key_id(mediator.keys.signing["mediator"].public)
    follows = world.look("AE", keys.rotation, ended=[old])
    signed = sign(follows, "root of AE")
    world.do("AE", keys.record_document, signed, signer=key("new of AE"))
    with pytest.raises(RuleError):
        world.export("AE", "RU")

    def act(node, *, now):
        return keys.adopt(node, key("new of AE"), passphrase=play.PASSPHRASE, entropy=os.urandom)

    assert world.do("AE", act) == "mediator"
    folder = world.nodes["AE"].home
    home.close_node()
    world.nodes["AE"] = home.open_node(folder, play.PASSPHRASE)
    world.carry()
    assert world.size("RU") == world.size("UA") == world.size("AE")
