"""Bundles between nodes: what the mediator's node takes, from whom, and what it answers."""

import hashlib

import pytest
from django.test import Client
from tests.postgresql import copy_node
from tests.scenario import nodes as play

from homeward.foundation.crypto import SigningKey, seal
from homeward.node import book, bundles, home, receiving, sending, ticket
from homeward.node.actions import handover
from homeward.node.models import Job
from homeward.node.web.api import bundles as api

ADDRESS = "/api/bundles"
CARDS = {}
"""Party → the card of its node."""


@pytest.fixture(name="wire")
def fixture_wire(world, tmp_path):
    """Serve the mediator's node; give it, a client without any cookie, and UA with a bundle."""
    from django.core.cache import caches

    from homeward.node.web.current import serve_node

    home.close_node()
    CARDS.update({party: node.card for party, node in world.nodes.items()})
    ua, ae = (copy_node(world.nodes[party], tmp_path / party) for party in ("UA", "AE"))
    home.reopen_node(ua)
    gone = handover.on_leg(ua, play.CASE, play.LEGS[0], "departed")
    handover.check_in(ua, play.CASE, play.LEGS[0], present=sorted(gone), now=world.now)
    data = bundles.export_bundle(ua, "AE")
    home.close_node()
    home.reopen_node(ae)
    serve_node(ae)
    caches["process"].clear()
    yield ae, Client(SERVER_NAME="localhost", enforce_csrf_checks=True), ua, data
    home.close_node()


def headers(sender, data, to="AE"):
    return {ticket.HEADER: written(sender, to, data)}


def written(sender, to, data):
    """Write a ticket with the card of its reader, whichever node is open."""
    return ticket.write_ticket(sender, CARDS[to], data)


def post(client, sender, data, **changes):
    shown = changes.pop("headers", None) or headers(sender, data)
    return client.post(ADDRESS, data, content_type="application/octet-stream", headers=shown)


def put(client, sender, data, part, offset, size=None):
    place = f"{ADDRESS}/{hashlib.sha256(data).hexdigest()}"
    size = len(data) if size is None else size
    return client.put(
        f"{place}?offset={offset}&size={size}", part,
        content_type="application/octet-stream", headers=headers(sender, data),
        CONTENT_LENGTH=str(len(part)),
    )  # fmt: skip


def size(node):
    return book.read_book(node).chain.tree.size


def test_a_bundle_is_taken_and_answered_with_the_one_for_its_sender(wire):
    node, client, ua, data = wire
    before = size(node)
    answer = post(client, ua, data)
    assert (answer.status_code, size(node)) == (200, before + 1)
    body = play.read(answer.content)
    assert (body["from"], body["to"], len(body["entries"])) == ("AE", "UA", 1)
    assert not answer.cookies
    assert post(client, ua, data).status_code == 200, "the same one again changes nothing"
    assert size(node) == before + 1
    home.close_node()
    home.reopen_node(ua)
    assert bundles.import_bundle(ua, answer.content, now=play.START).entry_count == 1
    confirming = bundles.export_bundle(ua, "AE")
    home.close_node()
    home.reopen_node(node)
    answer = post(client, ua, confirming)
    assert (answer.status_code, answer.content) == (204, b""), "both have everything: silence"


def test_without_a_ticket_that_holds_everybody_is_answered_alike(wire, world):
    node, client, ua, data = wire
    before, good = size(node), written(ua, "AE", data)
    party, sha256, signature = good.split()
    tried = (
        *("", "x", good[:-4], f"XX {sha256} {signature}", f"RU {sha256} {signature}"),
        f"{party} {'0' * 64} {signature}",
        written(ua, "RU", data),
        written(world.nodes["RU"], "AE", data).replace("RU", "UA"),
    )
    answers = {post(client, ua, data, headers={ticket.HEADER: each}).content for each in tried}
    assert len(answers) == 1
    assert b"ticket.none" in answers.pop()
    place = f"{ADDRESS}/{sha256}"
    assert {client.head(place).status_code, client.put(place).status_code} == {404}
    assert not list((node.home / "inbox").iterdir())
    assert size(node) == before


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_there_is_one_way_to_give_a_whole_bundle(wire, method):
    assert getattr(wire[1], method)(ADDRESS).status_code == 405


def test_a_bundle_whose_ticket_names_another_file_is_refused(wire):
    _node, client, ua, data = wire
    answer = post(client, ua, data + b"x", headers=headers(ua, data))
    assert (answer.status_code, answer.json()["code"]) == (422, "receiving.hash")


def test_a_bundle_that_is_refused_is_shown_as_work_that_failed(wire):
    node, client, ua, data = wire
    wrong = play.sealed_again(data, play.opened(data).replace(b'"have":', b'"havE":'))
    answer = post(client, ua, wrong)
    assert (answer.status_code, answer.json()["code"]) == (409, "bundles.form")
    job = Job.objects.get(actor="network")
    assert (job.act, job.state) == ("bundle.import", "failed")
    assert len(list((node.home / "evidence").glob("*.hwb"))) == 1


@pytest.mark.parametrize("length", ["", "x", "-1", str(bundles.BUNDLE_MAX_BYTES + 1)])
def test_what_is_too_large_or_of_no_known_length_is_refused_unread(wire, length):
    _node, client, ua, data = wire
    answer = client.generic(
        "POST", ADDRESS, data, content_type="application/octet-stream",
        CONTENT_LENGTH=length, headers=headers(ua, data),
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "bundles.size")


def test_a_large_bundle_comes_in_parts_and_goes_on_where_it_broke_off(wire):
    node, client, ua, data = wire
    before, third = size(node), len(data) // 3
    place = f"{ADDRESS}/{hashlib.sha256(data).hexdigest()}"
    shown = headers(ua, data)
    assert client.head(place, headers=shown)[sending.HAVE] == "0"
    assert put(client, ua, data, data[:third], 0).status_code == 202
    # The answer was lost, and the same part comes again; another one comes too early.
    again, early = put(client, ua, data, data[:third], 0), put(client, ua, data, b"x", third + 1)
    assert (again.status_code, again[sending.HAVE]) == (202, str(third))
    assert (early.status_code, early[sending.HAVE]) == (409, str(third))
    assert client.head(place, headers=shown)[sending.HAVE] == str(third)
    assert size(node) == before
    answer = put(client, ua, data, data[third:], third)
    assert (answer.status_code, size(node)) == (200, before + 1)
    again = put(client, ua, data, b"", len(data))
    assert play.read(again.content) == play.read(answer.content), "the answer was lost"
    other = seal(b"{}", node.card.sealing_key)
    assert put(client, ua, other, other[:9], 0).status_code == 202
    assert [path.name.split(".")[0] for path in (node.home / "inbox").iterdir()] == ["UA"]


def test_parts_that_make_another_file_are_dropped(wire):
    node, client, ua, data = wire
    answer = put(client, ua, data, b"x" * len(data), 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "receiving.hash")
    assert not list((node.home / "inbox").iterdir())


@pytest.mark.parametrize(
    ("offset", "length"), [(bundles.BUNDLE_MAX_BYTES, 1), (0, sending.PART_BYTES + 1)]
)
def test_a_part_beyond_a_bundle_or_too_large_is_refused(wire, offset, length):
    node, client, ua, data = wire
    answer = put(client, ua, data, b"x" * length, offset)
    assert (answer.status_code, answer.json()["code"]) == (422, "bundles.size")
    assert not list((node.home / "inbox").iterdir())


@pytest.mark.parametrize("query", ["", "?offset=0", "?offset=-1&size=1", "?offset=0&size=9e9"])
def test_a_part_says_where_it_begins(wire, query):
    _node, client, ua, data = wire
    place = f"{ADDRESS}/{hashlib.sha256(data).hexdigest()}{query}"
    answer = client.put(place, b"x", headers=headers(ua, data))
    assert (answer.status_code, answer.json()["code"]) == (422, "receiving.request")
    other = f"{ADDRESS}/{'0' * 64}?offset=0&size=1"
    assert client.put(other, b"x", headers=headers(ua, data)).status_code == 422


def test_who_asks_too_often_is_told_to_wait_and_nobody_else(wire, world, monkeypatch):
    _node, client, ua, data = wire
    monkeypatch.setattr(api, "REQUESTS_A_MINUTE", 2)
    monkeypatch.setattr(api.time, "monotonic", lambda: 60.0)
    place = f"{ADDRESS}/{hashlib.sha256(data).hexdigest()}"
    found = [client.head(place, headers=headers(ua, data)).status_code for _ in range(4)]
    assert found == [204, 204, 429, 429]
    shown = headers(world.nodes["RU"], data)
    assert client.head(place, headers=shown).status_code == 204


def test_a_node_that_is_no_mediators_takes_none(wire):
    node, client, ua, data = wire
    home.close_node()
    home.reopen_node(ua)
    from homeward.node.web.current import serve_node

    serve_node(ua)
    answer = post(client, node, data, headers=headers(node, data, to="UA"))
    assert (answer.status_code, answer.json()["code"]) == (422, "receiving.role")


def test_a_signed_ticket_of_an_earlier_version_is_taken_from_the_key_on_the_card(wire):
    from homeward.foundation.crypto import b64

    _node, client, ua, data = wire
    sha256 = written(ua, "AE", data).split()[1]
    for key, status in ((SigningKey(b"s" * 32), 404), (ua.keys.signing["bureau"], 200)):
        signature = key.sign(ticket._message("UA", "AE", sha256))
        shown = {ticket.HEADER: f"UA {sha256} {b64(signature)}"}
        assert post(client, ua, data, headers=shown).status_code == status


def test_the_reader_of_a_ticket_could_have_written_it_so_that_it_proves_nothing(wire, world):
    node, _client, ua, data = wire
    from homeward.foundation.crypto import authenticate, b64, shared_key

    shown = written(ua, "AE", data)
    key = shared_key(node.keys.sealing, ua.card.sealing_key, label=ticket._CONTEXT)
    forged = authenticate(key, ticket._message("UA", "AE", shown.split()[1]))
    assert shown.endswith(b64(forged))


def test_two_writers_of_one_part_do_not_mix(wire):
    import fcntl

    from homeward.foundation.errors import EngineError

    node, _client, _ua, _data = wire
    receiving.add(node, "UA", "0" * 64, 0, b"abc")
    with receiving._path(node, "UA", "0" * 64).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(EngineError):
            receiving.add(node, "UA", "0" * 64, 3, b"def")
    assert receiving.have(node, "UA", "0" * 64) == 3
