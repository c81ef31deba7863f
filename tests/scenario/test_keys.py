"""Two officers, a limit, a lost key and a thief, at three nodes and through their bundles."""

import shutil

import pytest
from tests.scenario import nodes as play
from tests.unit.ledger.keybook import ids, key, sign

from homeward.foundation.crypto import b64
from homeward.foundation.errors import InputError, PeerError, RuleError, TurnError
from homeward.ledger.key_documents import Officer, RootDocument, unsigned
from homeward.ledger.key_files import KeyFile
from homeward.node import home
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
