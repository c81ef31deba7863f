"""Three nodes over HTTPS on this machine: the same exchange as by files, and a line that fails."""

import contextlib
import datetime as dt
import functools
import hashlib
import http.client
import ipaddress
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import ACTOR, CASE
from tests.scenario.test_courier import until_silent
from tests.unit.ledger.keybook import ids, key, sign

from homeward.demo.world import build_world
from homeward.foundation.errors import EngineError, InputError, TamperError
from homeward.ledger.key_documents import Officer, RootDocument, unsigned
from homeward.ledger.key_files import KeyFile
from homeward.node import book, bundles, case_secrets, courier, sending, ticket
from homeward.node.actions import cases, deadlines, keys, lists, remarks, versions
from homeward.node.actions.remarks import Remark, Reply
from homeward.node.models import LogHead
from homeward.node.route import Route, write_route
from homeward.records.write import write_csv

pytest.importorskip("granian", reason="needs the extra web")
SECONDS = 120
ROOTS = ("root 1", "root 2", "root 3")


def wait_until(is_so, what):
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail(what)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session", name="certificate")
def fixture_certificate(tmp_path_factory):
    """Make a certificate of this machine, signed by itself; give the files and its SHA-256."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)  # noqa: TID251
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mediator")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, secret, made.fingerprint(hashes.SHA256()).hex()


@contextlib.contextmanager
def served(world, party, folder, *words):
    """Serve a node by its command until the block ends; give its port."""
    home = world.nodes[party].home
    play.home.close_node()
    port = free_port()
    command = [sys.executable, "-m", "homeward", "serve", "--home", home, "--port", port, *words]
    with (folder / f"{party}.log").open("wb") as log:
        server = subprocess.Popen([*map(str, command)], stdout=log, stderr=log)
        try:
            yield port
        finally:
            server.terminate()
            server.wait(SECONDS)


@pytest.fixture(name="serve_mediator")
def fixture_serve_mediator(certificate, tmp_path):
    """Give a function that serves the mediator's node by TLS and gives the route to it."""

    @contextlib.contextmanager
    def serve(world):
        cert, key, pin = certificate
        with served(world, "AE", tmp_path, "--tls-cert", cert, "--tls-key", key) as port:
            wait_until(lambda: answers(port, cert), "the mediator's node is not served")
            yield Route(f"https://127.0.0.1:{port}", pin)

    return serve


def answers(port, cert):
    context = ssl.create_default_context(cafile=cert)
    line = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    try:
        line.request("GET", "/health")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


class OverNetwork(play.Nodes):
    """The story's nodes, of which the mediator's is served; bundles go by HTTPS."""

    route = None

    def carry(self):
        # In a folder the mediator takes by name. Who came first asks again for what came after.
        for party in ("RU", "UA", "RU"):
            sending.exchange(self.at(party), self.route, now=self.now)


class ByFolder(play.Nodes):
    """The same, with bundles as files in a folder."""

    folder_between = None

    def carry(self):
        for _ in range(20):
            count = 0
            for party in ("UA", "RU", "AE"):
                count += courier.take(self.at(party), self.folder_between, now=self.now)
                count += courier.post(self.at(party), self.folder_between)
            if not count:
                return
        pytest.fail("they never fall silent")


def as_story(kind, world):
    return kind(folder=world.folder, nodes=world.nodes, now=world.now)


WEEK = dt.timedelta(days=7, minutes=1)
TIMED = play.terms() + "\n[timetable]\nanswers_days = 7\n"
ASKED_COUNT = 640
"""Names of a list whose people are none of the category that was agreed (June 2025)."""


@functools.cache
def outside_the_category():
    """Return invented people whom one side asks for, and of whom no line fits the agreement."""
    people = build_world(seed=6, people=3_000).wanted_by_ru[:ASKED_COUNT]
    return tuple(replace(each, ref=f"N-{number}") for number, each in enumerate(people))


def play_to_answers(story):
    """A list of 640 names is answered line by line, and whoever misses the deadline is passed over."""
    more = write_csv(outside_the_category(), "wanted")
    story.do("RU", lists.import_list, kind="wanted", data=more, file_name="more.csv", actor=ACTOR)
    story.do("AE", cases.open_case, TIMED)
    story.carry()
    story.both(cases.sign_terms, CASE)
    story.carry()
    story.both(cases.send_wanted, CASE, actor=ACTOR)
    story.carry()
    story.do("UA", cases.answer, CASE, actor=ACTOR)
    story.carry()
    story.now += WEEK
    story.do("AE", deadlines.lapse, CASE, step="answers", owed_by="RU")
    story.carry()
    said = {each.ref: Remark(code="not_returned") for each in outside_the_category()}
    story.do("RU", remarks.send_remarks, CASE, "UA", said, actor=ACTOR)
    story.carry()
    refused = {each.ref: Reply(code="not_conflict_related") for each in outside_the_category()}
    story.do("UA", remarks.send_replies, CASE, "RU", refused, actor=ACTOR)
    story.carry()


def withdraw_two(story):
    """One line is taken off a wanted list, one off a final list."""
    asked = play.small_lists()["UA", "wanted"][0].ref
    by = {"kind": "wanted_list", "reason": "came_home", "actor": ACTOR}
    story.do("UA", versions.withdraw_lines, CASE, [asked], **by)
    story.carry()
    story.both(cases.send_final_list, CASE, actor=ACTOR)
    story.carry()
    held = play.small_lists()["RU", "held"][-1].ref
    by = {"kind": "final_list", "reason": "released", "actor": ACTOR}
    story.do("RU", versions.withdraw_lines, CASE, [held], **by)
    story.carry()


def rotate_keys(story):
    """Roots name two officers; then one of them ends and another begins."""
    own = story.at("UA").card.signing_keys
    first = unsigned(
        RootDocument(
            log="homeward/ae",
            party="UA",
            epoch=1,
            previous=None,
            threshold=2,
            roots=tuple(key(name).public for name in ROOTS),
            officers=(
                *(Officer(role=role, public=public) for role, public in own.items()),
                Officer(role="bureau", public=key("anna").public),
            ),
        )
    )
    story.do("UA", keys.record_document, sign(first, *ROOTS[:2], "anna"))
    story.carry()
    vera = KeyFile(party="UA", use="bureau", public=key("vera").public)
    after = keys.rotation(story.at("UA"), added=[(vera, {})], ended=list(ids("anna")))
    story.do("UA", keys.record_document, sign(after, *ROOTS[:2], "vera"))
    story.carry()


def play_all(story):
    play_to_answers(story)
    rotate_keys(story)
    withdraw_two(story)
    story.both(cases.reveal_seed, CASE)
    story.carry()
    play.play_to_accepted(story)
    play.hand_over(story)
    return [
        (story.log(party), LogHead.objects.get().checkpoint.splitlines()[:3])
        for party in play.PARTIES
    ]


def test_a_long_exchange_over_https_and_one_by_files_have_the_same_root(
    at_stage, serve_mediator, tmp_path, monkeypatch
):
    """Two copies of one beginning have the same keys: what is signed is the same, byte for byte."""
    monkeypatch.setattr(case_secrets, "urandom", lambda count: b"\x05" * count)
    world, other = at_stage("ready"), at_stage("ready", "other")
    files = as_story(ByFolder, other)
    files.folder_between = tmp_path / "post"
    files.folder_between.mkdir()
    by_files = play_all(files)
    network = as_story(OverNetwork, world)
    with serve_mediator(world) as network.route:
        by_network = play_all(network)
        states = {party: network.state(party) for party in play.PARTIES}
        rings = {party: book.read_book(network.at(party)).keyrings["UA"] for party in play.PARTIES}
        found = network.do("RU", remarks.answered_lines, CASE, "UA", actor=ACTOR)
    assert by_network == by_files
    assert len({str(each) for each in by_network}) == 1
    for party, state in states.items():
        assert state.state == "closed"
        assert state.reply_counts["UA", "RU"] == {"not_conflict_related": ASKED_COUNT}
        assert state.lapsed == {("answers", "RU")}
        assert list(state.no_answer) == [("RU", "UA")]
        assert sorted(len(gone) for gone in state.withdrawn_lines.values()) == [1, 1]
        assert rings[party].epoch == 2
        assert set(ids("anna")) <= rings[party].ended
    codes = Counter(line.answer for line in found)
    assert codes["not_conflict_related"] == ASKED_COUNT, "each line of the list has its own code"
    assert len(found) > ASKED_COUNT


def test_what_is_signed_reaches_all_by_itself_over_https(at_stage, serve_mediator, tmp_path):
    world = at_stage("opened")
    size = world.size("AE")
    with serve_mediator(world) as route, contextlib.ExitStack() as ending:
        for party in play.BUREAUS:
            write_route(world.nodes[party].home, route)
            ending.enter_context(served(world, party, tmp_path))
        for party in play.BUREAUS:
            signed = ["case", "sign", play.CASE, "--home", str(world.nodes[party].home)]
            command = [sys.executable, "-m", "homeward", *signed]
            subprocess.run(command, check=True, capture_output=True, env={**os.environ})
        wait_until(
            lambda: {world.size(party) for party in play.PARTIES} == {size + 2},
            "what was signed does not reach all",
        )
        for party in play.BUREAUS:
            wait_until(
                lambda party=party: courier.last_carried(world.nodes[party]), "it is not told"
            )


def test_the_other_end_is_known_by_its_certificate(at_stage, serve_mediator, certificate):
    world = at_stage("opened")
    cert, _, pin = certificate
    with serve_mediator(world) as route:
        node = world.at("UA")
        assert sending.exchange(node, route, now=world.tick()) >= 0
        assert sending.exchange(node, Route(route.url, ca=str(cert)), now=world.tick()) >= 0
        for wrong in (Route(route.url), Route(route.url, "0" * 64)):
            with pytest.raises(TamperError) as raised:
                sending.exchange(node, wrong, now=world.tick())
            assert raised.value.code == "sending.certificate"
        with pytest.raises((EngineError, InputError)):
            sending.exchange(node, Route(route.url.replace("https", "http"), pin), now=world.tick())


def test_a_large_bundle_goes_on_where_the_line_broke(at_stage, serve_mediator, monkeypatch):
    world = at_stage("opened")
    world.do("UA", cases.sign_terms, play.CASE)
    with serve_mediator(world) as route:
        node = world.at("UA")
        monkeypatch.setattr(sending, "PART_BYTES", 500)
        asked, begun = [], sending._ask

        def breaking(line, route, method, *arguments):
            asked.append(method)
            if method == "PUT" and asked.count("PUT") == 3:
                line.sock.shutdown(socket.SHUT_RDWR)
            return begun(line, route, method, *arguments)

        monkeypatch.setattr(sending, "_ask", breaking)
        pauses = []
        count = sending.exchange_patiently(node, route, now=world.tick(), pause=pauses.append)
        assert (count >= 1, pauses) == (True, [1.0])
        data = bundles.export_bundle(node, "AE")
        parts = -(-len(data) // 500)
        assert asked.count("HEAD") >= 2
        assert asked.count("PUT") <= 2 * parts + 4, "what was there is not sent again"
    assert world.log("AE") == world.log("UA")


# -- a line that fails, without a node at its end --


@contextlib.contextmanager
def answering(*answers_in_turn):
    """Listen on this machine, and say these bytes, one after another, to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(SECONDS)

        def run():
            for said in answers_in_turn:
                line, _ = listening.accept()
                with line, contextlib.suppress(OSError):
                    line.recv(65_536)
                    line.sendall(said)

        thread = threading.Thread(target=run)
        thread.start()
        yield Route(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join(SECONDS)


def say(status, body=b"", headers=""):
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0" * 100,
        b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        say(503),
        say(429),
        say(500 - 2, b"x" * 70_000),
    ],
    ids=["nothing", "no http", "cut", "many headers", "busy", "too often", "long problem"],
)
def test_a_line_that_fails_is_an_engine_error(said):
    with answering(said) as route, pytest.raises(EngineError) as raised:
        sending.deliver(route, "ticket", b"data")
    assert raised.value.code == "sending.line"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (say(404, b'{"code": "ticket.none"}'), "ticket.none"),
        (say(409, b'{"code": "Kovalenko Ivan"}'), "none"),
        (say(422, b"\xff"), "none"),
        (say(400, b"[]"), "none"),
        (say(302, b"", "Location: http://elsewhere.example/\r\n"), "none"),
    ],
)
def test_a_refusal_is_told_by_its_status_and_code_alone(said, code):
    with answering(said) as route, pytest.raises(InputError) as raised:
        sending.deliver(route, "ticket", b"data")
    assert raised.value.facts["their_code"] == code
    assert "Kovalenko" not in str(raised.value)


def test_an_answer_that_is_too_large_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(sending, "BUNDLE_MAX_BYTES", 1_000)
    with answering(say(200, b"x" * 100_000)) as route, pytest.raises(EngineError):
        sending.deliver(route, "ticket", b"data")


def test_a_hostile_answer_changes_nothing(at_stage):
    world = at_stage("opened")
    for body in (b"x", b"{}", b"age-encryption.org/v1\n" + b"x" * 1_000):
        with (
            play.nothing_changes(world, "UA"),
            answering(say(200, body)) as route,
            pytest.raises((InputError, TamperError)),
        ):
            sending.exchange(world.at("UA"), route, now=world.tick())


def test_nobody_at_the_other_end_is_tried_again_with_pauses_that_grow(at_stage):
    world = at_stage("opened")
    pauses = []
    with pytest.raises(EngineError):
        sending.exchange_patiently(
            world.at("UA"), Route(f"http://127.0.0.1:{free_port()}"),
            now=world.tick(), pause=pauses.append,
        )  # fmt: skip
    assert pauses == [1.0, 2.0, 4.0, 8.0]


def test_a_ticket_tells_the_file_and_nothing_of_what_it_holds(at_stage):
    world = at_stage("opened")
    shown = ticket.write_ticket(world.nodes["UA"], world.nodes["AE"].card, b"data")
    assert shown.split()[:2] == ["UA", hashlib.sha256(b"data").hexdigest()]
    assert ticket.read_ticket(world.at("AE"), shown) == ("UA", shown.split()[1])


def test_a_folder_and_the_network_may_both_be_used(at_stage, serve_mediator, tmp_path):
    world = at_stage("opened")
    post = tmp_path / "post"
    post.mkdir()
    world.both(cases.sign_terms, play.CASE)
    with serve_mediator(world) as route:
        sending.exchange(world.at("UA"), route, now=world.tick())
        until_silent(world, post)
        sending.exchange(world.at("UA"), route, now=world.tick())
    assert world.log("UA") == world.log("RU") == world.log("AE")
