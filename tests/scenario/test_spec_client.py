"""Whoever writes a client from the specifications alone verifies what a node exports."""

import ast
import base64
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import DecryptError
from tests.scenario import nodes as play
from tests.scenario import spec_client

from homeward.foundation.crypto import b64
from homeward.node import book, home, witnessing
from homeward.node.actions import cases, ledger


@pytest.fixture(scope="module", name="exported")
def fixture_exported(tmp_path_factory):
    """Export the ledger of an exchange up to its final lists, and hand out its members' keys."""
    folder = tmp_path_factory.mktemp("specs")
    world = play.begin(folder / "live")
    play.play_to_final_lists(world)
    node = world.at("AE")
    members = book.read_book(node).members
    keys = {
        party: {mark: key.public for mark, key in member.keys.items()}
        for party, member in members.items()
    }
    with zipfile.ZipFile(io.BytesIO(ledger.zip_ledger(node))) as packed:
        packed.extractall(folder / "ledger")
    types = [envelope.type for envelope in book.read_book(node).envelopes]
    home.close_node()
    (vkey,) = folder.rglob("vkey")
    return vkey.parent, keys, types


def test_a_client_that_imports_nothing_of_ours_reads_the_whole_ledger(exported):
    folder, keys, types = exported
    tree = ast.parse(Path(spec_client.__file__).read_text("utf-8"))
    named = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    named += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in named if name.startswith("homeward")]
    payloads = spec_client.read_ledger(folder, keys)
    assert [payload["type"] for payload in payloads] == types


def test_the_client_refuses_what_was_changed(exported, tmp_path):
    folder, keys, _ = exported
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(paths) >= 4
    for path in paths:
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 7)):
            changed = bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
            path.write_bytes(changed)
            with pytest.raises(
                (spec_client.RefusedError, ValueError, KeyError, IndexError, OSError)
            ):
                spec_client.read_ledger(folder, keys)
            path.write_bytes(data)


# -- bundles --


class OfTheClient:
    """What a client of UA has: its own keys, everybody's cards, and no node."""

    def __init__(self, world):
        self.node = world.nodes["UA"]
        self.secret = Ed25519PrivateKey.from_private_bytes(self.node.keys.signing["bureau"].secret)
        self.identity = self.node.keys.sealing.secret
        self.cards = {
            party: spec_client.read_card(node.card.data) for party, node in world.nodes.items()
        }
        self.keys = {
            party: {sha256_of(public)[:16]: public for public in node.card.signing_keys.values()}
            for party, node in world.nodes.items()
        }

    def open(self, data):
        return spec_client.open_bundle(data, self.identity, "UA", self.cards)

    def take(self, data, own=()):
        vkey = self.cards["AE"]["log_vkey"]
        return spec_client.take_entries(self.open(data), list(own), vkey, self.cards, self.keys)


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


def test_the_client_reads_a_bundle_of_a_node(at_stage):
    world = at_stage("wanted")
    world.carry()
    client = OfTheClient(world)
    whole = world.export("AE", "UA")
    again = play.signed_anew(
        world.nodes["AE"], whole, first=0, entries=[b64(entry) for entry in world.log("AE")]
    )
    entries = client.take(again)
    assert entries == world.log("UA")
    assert client.open(again)["cosigned"], "it verified the other bureau's cosignature"
    assert client.take(whole, entries) == entries
    with pytest.raises(spec_client.RefusedError):
        client.take(whole, [])  # a gap


def test_the_client_opens_a_list_that_a_node_sealed_to_it(at_stage):
    world = at_stage("opened")
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    world.do("RU", cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.send("RU", "AE")
    client = OfTheClient(world)
    (blob,) = client.open(world.export("AE", "UA"))["blobs"]
    rows = spec_client.open_rows(blob["sealed"], client.identity, blob["key"])
    assert len(rows) == len(play.small_lists()["RU", "wanted"])
    assert blob["key"] == world.state("AE").wanted["RU", "UA"].root
    with pytest.raises(spec_client.RefusedError):
        spec_client.open_rows(blob["sealed"], client.identity, "0" * 64)


def test_the_client_refuses_every_change_of_a_bundle(at_stage):
    world = at_stage("wanted")
    client, own = OfTheClient(world), world.log("UA")
    data = world.export("AE", "UA")
    refused = (spec_client.RefusedError, ValueError, KeyError, DecryptError)
    for content in (data, play.opened(data)):
        for place in range(0, len(content), max(1, len(content) // 60)):
            changed = bytes([*content[:place], content[place] ^ 1, *content[place + 1 :]])
            with pytest.raises(refused):
                client.take(changed, own)
    log = [b64(entry) for entry in own]
    for change in (
        {"to": "RU"}, {"log": "homeward/xx"}, {"number": 0}, {"have": True}, {"more": 1},
        {"first": len(own) + 1}, {"first": 0, "entries": [*log, log[-1]]},
        {"first": 0, "entries": [*log[:-2], log[-1]]}, {"cosigned": ["x"] * 65},
    ):  # fmt: skip
        with pytest.raises(refused):
            client.take(play.signed_anew(world.nodes["AE"], data, **change), own)


def test_a_node_takes_the_bundle_that_the_client_writes(at_stage):
    """An entry, a cosignature and a bundle, each signed and sealed as the pages say."""
    world = at_stage("opened")
    client, log = OfTheClient(world), world.log("UA")
    body = client.open(world.export("AE", "UA"))
    size, root = spec_client.read_checkpoint(
        body["checkpoint"], "homeward/ae", base64.b64decode(client.cards["AE"]["log_vkey"].split("+", 2)[2])
    )  # fmt: skip
    said = {"terms_sha256": world.state("UA").terms_sha256}
    entry = spec_client.write_entry(
        client.secret,
        {
            "log": "homeward/ae", "case": play.CASE, "type": "terms_signed", "version": 1,
            "author": "UA", "seq": 1, "prev": None, "seen": {"root": root.hex(), "size": size},
            "at": "2025-02-05T09:00:00Z", "in_reply_to": None, "body": said,
        },
    )  # fmt: skip
    noted = spec_client.cosign(body["checkpoint"], "UA", client.secret, 1_738_749_600)
    data = spec_client.write_bundle(
        client.secret,
        {
            "from": "UA", "to": "AE", "log": "homeward/ae", "have": len(log), "holds": [],
            "first": 0, "entries": [], "checkpoint": None, "blobs": [], "number": 9,
            "drafts": [base64.b64encode(entry).decode()], "cosigned": [noted],
        },
        client.cards["AE"]["sealing_key"],
    )  # fmt: skip
    assert world.give("AE", data).entry_count == 1
    assert world.log("AE") == [*log, entry]
    found = witnessing.standings(book.read_book(world.at("AE")))
    assert next(each.time for each in found if each.party == "UA") == 1_738_749_600
    assert world.give("AE", data).entry_count == 0
