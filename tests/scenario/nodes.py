"""Three nodes in one process: two bureaus and a mediator, opened one at a time.

Between them go bundles alone, as bytes that a test may lose, repeat or change.
"""

import contextlib
import datetime as dt
import functools
from dataclasses import dataclass, field

from django.db import connection
from tests.postgresql import copy_node, roll_back

from homeward.demo.players import seeded
from homeward.demo.world import build_world
from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import b64, seal
from homeward.foundation.errors import TamperError
from homeward.foundation.ids import parse_flow, parse_person
from homeward.ledger.envelope import read_envelope, sign_envelope
from homeward.node import book, bundles, home
from homeward.node.access import Reader
from homeward.node.actions import cases, handover, lists, peers, plans
from homeward.node.models import Blob, Draft, LogHead
from homeward.records.write import write_csv

PARTIES = ("UA", "RU", "AE")
BUREAUS = ("UA", "RU")
OBSERVER = "CH-ICRC"
LEGS = ("RU -> UA", "UA -> RU")
CASE, NEXT_CASE = "first", "second"
HELD_COUNT, MOVE_COUNT = 20, 8
ACTOR = "caseworker-1"
READER = Reader(actor=ACTOR, purpose="test", now=dt.datetime(2025, 2, 6, tzinfo=dt.UTC))
PASSPHRASE = "simulation in a test"
START = dt.datetime(2025, 2, 5, 8, 0, tzinfo=dt.UTC)

TERMS = """
[agreement]
id = "{case}"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"

[parties]
UA = {{}}
RU = {{}}

[[stop]]
home = "RU"
country = "BY"
purpose = "medical check"

[categories]
wounded = "health >= 'serious'"

[[clause]]
id = "number"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = {count}

[[clause]]
id = "not-these"
kind = "veto"
list = "blocked"
by = "RU"
max_names = 5

[[clause]]
id = "consent"
kind = "consent"
on_unknown = "ask"

[[objective]]
max = "count(wounded)"

[[objective]]
max = "sum(days_held)"
"""


def terms(case=CASE, count=MOVE_COUNT):
    return TERMS.format(case=case, count=count)


@functools.cache
def small_lists():
    """Return a few invented people: party -> kind -> records; most held are wanted too."""
    world = build_world(seed=5, people=400)
    found = {}
    sides = (
        ("RU", world.held_by_ru, "UA", world.wanted_by_ua),
        ("UA", world.held_by_ua, "RU", world.wanted_by_ru),
    )
    for holder, held, other, wanted in sides:
        some = [
            person
            for person in held
            if person.ref in world.truth and person.status == "pow" and person.consent != "no"
        ][:HELD_COUNT]
        asked = {world.truth[person.ref] for person in some}
        missed = [p for p in wanted if p.ref not in world.truth.values()][:4]
        found[holder, "held"] = tuple(some)
        found[other, "wanted"] = (*(p for p in wanted if p.ref in asked), *missed)
    return found


@functools.cache
def secrets():
    """Return every name, full birth date and service number of both sides' lists."""
    found = set()
    for people in small_lists().values():
        for person in people:
            found |= {person.family_name, person.given_name, person.father_name}
            found |= {person.name_as_written, person.service_number, person.unit}
            if person.birth_date is not None and len(person.birth_date.text) >= len("1998-03-14"):
                found.add(person.birth_date.text)
    return {text for text in found if len(text) > 3}


@dataclass
class Nodes:
    """The folders of three nodes, and the story's clock."""

    folder: object
    nodes: dict = field(default_factory=dict)
    now: dt.datetime = START
    sent: list = field(default_factory=list)
    """Every bundle that went between nodes, in order: (from, to, bytes)."""
    others: tuple = BUREAUS
    """Who has a node beside the mediator."""

    def tick(self):
        self.now += dt.timedelta(minutes=5)
        return self.now

    def at(self, party):
        """Open a party's node, closing another."""
        if home._opened is not self.nodes[party]:
            home.close_node()
            home.reopen_node(self.nodes[party])
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA synchronous = OFF")  # no test pulls the plug
        return self.nodes[party]

    def do(self, party, act, *args, **arguments):
        """Let a party do something, at the next moment of the story."""
        return act(self.at(party), *args, now=self.tick(), **arguments)

    def look(self, party, act, *args, **arguments):
        """Let a party look at something: no time passes."""
        return act(self.at(party), *args, **arguments)

    def both(self, act, *args, **arguments):
        bureaus = [party for party in BUREAUS if party in self.others]
        return {party: self.do(party, act, *args, **arguments) for party in bureaus}

    def export(self, sender, reader):
        data = bundles.export_bundle(self.at(sender), reader)
        self.sent.append((sender, reader, data))
        return data

    def give(self, reader, data):
        return bundles.import_bundle(self.at(reader), data, now=self.tick())

    def send(self, sender, reader):
        return self.give(reader, self.export(sender, reader))

    def carry(self):
        """Carry everything: all others to the mediator, then the mediator to all."""
        for party in self.others:
            self.send(party, "AE")
        for party in self.others:
            self.send("AE", party)

    def state(self, party, case=CASE):
        return book.case_of(book.read_ahead(self.at(party)), case)

    def custody(self, party, case=CASE):
        return handover.custody_of(self.nodes[party], self.state(party, case))

    def size(self, party):
        return book.read_book(self.at(party)).chain.tree.size

    def log(self, party):
        """Return the entries that a party has."""
        return book.entries_of(book.log_of(self.at(party)).name)

    def evidence(self, party):
        return sorted((self.nodes[party].home / "evidence").glob("*.hwb"))

    def copy(self, folder):
        """Copy all three nodes: two worlds that know nothing of one another."""
        home.close_node()
        moved = {}
        for party, node in self.nodes.items():
            moved[party] = copy_node(node, folder / party.lower())
        return Nodes(
            folder=folder, nodes=moved, now=self.now, sent=list(self.sent), others=self.others
        )

    def restore(self, party, other):
        """Put the node of a party as it stands in another world in place of ours."""
        home.close_node()
        roll_back(self.nodes[party], to=other.nodes[party])


ROLES = {"AE": "mediator", OBSERVER: "observer"}


def begin(folder, files=None, parties=PARTIES):
    """Make nodes that have their lists and one another's cards."""
    nodes = Nodes(folder=folder, others=tuple(each for each in parties if each != "AE"))
    for party in parties:
        home.close_node()
        nodes.nodes[party] = home.init_node(
            folder / party.lower(),
            party=party,
            role=ROLES.get(party, "bureau"),
            name=f"Office of {party} (SIMULATION)",
            passphrase=PASSPHRASE,
            now=START,
            entropy=seeded(f"scenario|{party}"),
            simulation=True,
        )
    _SEALING.extend(node.keys.sealing for node in nodes.nodes.values())
    cards = {party: node.card.data for party, node in nodes.nodes.items()}
    for party in parties:
        for other, card in cards.items():
            if other != party:
                nodes.do(party, peers.add_card, card)
    for (party, kind), data in (files or list_files()).items():
        if party not in parties:
            continue
        nodes.do(party, lists.import_list, kind=kind, data=data, file_name="list.csv", actor=ACTOR)
    return nodes


def list_files():
    return {
        (party, kind): write_csv(people, kind) for (party, kind), people in small_lists().items()
    }


def blocked(nodes, case=CASE):
    """Return the list that the terms veto: the two whom a plan would take first from RU.

    The mediator has it as salted ids, from the party that vetoes.
    """
    own = nodes.nodes["RU"].keys
    wounded = [
        person for person in small_lists()["RU", "held"] if person.health in {"serious", "grave"}
    ]
    return {"blocked": frozenset(person_id("RU", own.captive_id(case, p.ref)) for p in wounded[:2])}


def person_id(holder, ref):
    return parse_person(f"{holder}:{ref}")


def play_to_final_lists(nodes, case=CASE, text=None, saved=lambda stage: None):
    nodes.do("AE", cases.open_case, text or terms(case))
    nodes.carry()
    saved("opened")
    nodes.both(cases.sign_terms, case)
    nodes.carry()
    nodes.both(cases.send_wanted, case, actor=ACTOR)
    nodes.carry()
    saved("wanted")
    nodes.both(cases.answer, case, actor=ACTOR)
    nodes.carry()
    nodes.both(cases.send_final_list, case, actor=ACTOR)
    nodes.carry()
    nodes.both(cases.reveal_seed, case)
    nodes.carry()
    saved("seeded")


def play_to_accepted(nodes, case=CASE, saved=lambda stage: None):
    plan = nodes.do("AE", plans.propose_plan, case, lists=blocked(nodes, case))
    nodes.carry()
    saved("proposed")
    findings = nodes.look("AE", plans.findings_in, case)
    nodes.both(plans.accept_plan, case, acknowledge=findings, actor=ACTOR)
    nodes.carry()
    saved("accepted")
    return plan


def planned(nodes, case=CASE):
    """Return the ids of the plan by leg, sorted."""
    state = nodes.state("AE", case)
    plan, _ = plans.plan_of(nodes.nodes["AE"], state)
    return {leg: sorted(ids) for leg, ids in plans.planned_of(plan).items()}


def ask_before(nodes, legs, refusing=(), case=CASE):
    """Ask everybody before departure, and issue the manifests."""
    for leg, ids in legs.items():
        yes = [each for each in ids if each not in refusing]
        no = [each for each in ids if each in refusing]
        nodes.do(
            "AE", handover.record_wills, case, leg,
            stage="before_departure", travelling=yes, not_travelling=no,
        )  # fmt: skip
        nodes.do("AE", handover.issue_manifest, case, leg)
    nodes.carry()


def depart(nodes, case=CASE):
    gone = {leg: nodes.do(parse_flow(leg).holder, handover.depart, case, leg) for leg in LEGS}
    nodes.carry()
    return gone


def check_in(nodes, gone, missing=(), case=CASE):
    for leg, ids in gone.items():
        here = [each for each in ids if each not in missing]
        nodes.do(parse_flow(leg).home, handover.check_in, case, leg, present=here)
    nodes.carry()


def stop(nodes, unfit=(), case=CASE):
    return nodes.do(
        "AE", handover.check_at_stop, case, "UA -> RU",
        country="BY", purpose="medical check", unfit=unfit,
    )  # fmt: skip


def ask_again(nodes, leg, ids, refusing=(), case=CASE):
    nodes.do(
        "AE", handover.record_wills, case, leg, stage="last_stop",
        travelling=[each for each in ids if each not in refusing],
        not_travelling=[each for each in ids if each in refusing],
    )  # fmt: skip


def receive(nodes, legs=LEGS, case=CASE):
    home_now = {leg: nodes.do(parse_flow(leg).home, handover.receive, case, leg) for leg in legs}
    nodes.carry()
    return home_now


def receipts(nodes, legs=LEGS, case=CASE):
    counts = {
        leg: nodes.do(parse_flow(leg).holder, handover.confirm_release, case, leg) for leg in legs
    }
    nodes.carry()
    return counts


def hand_over(nodes, case=CASE, saved=lambda stage: None):
    """Bring everybody of the plan home, and close the case."""
    legs = planned(nodes, case)
    ask_before(nodes, legs, case=case)
    saved("manifested")
    gone = depart(nodes, case)
    saved("departed")
    check_in(nodes, gone, case=case)
    saved("checked_in")
    stop(nodes, case=case)
    for leg in LEGS:
        ask_again(nodes, leg, gone[leg], case=case)
    nodes.carry()
    receive(nodes, case=case)
    receipts(nodes, case=case)
    totals = nodes.do("AE", handover.close_case, case)
    nodes.carry()
    saved("closed")
    return totals


def signed_entry(node, *, case, kind, body, role, now, signer=None):
    """Sign an entry as a party would that keeps no rule: nobody asks whether it may."""
    state = book.read_ahead(node)
    tree, head = book.read_book(node).chain.tree, state.chain.heads.get(node.party)
    return sign_envelope(
        signer=signer or node.keys.signing[role],
        log=state.chain.log,
        type=kind,
        case=case,
        author=node.party,
        seq=head.seq + 1 if head else 1,
        prev=head.entry_sha256 if head else None,
        seen=(tree.size, tree.root().hex()) if tree.size else None,
        at=home.utc_text(now),
        body=body,
    )


def forge(nodes, party, kind, body, *, role, case=CASE):
    """Let a party write an entry against the rules: as a draft, or into its own log."""
    node, now = nodes.at(party), nodes.tick()
    entry = signed_entry(node, case=case, kind=kind, body=body, role=role, now=now)
    with node.transaction():
        envelope = read_envelope(entry)
        if book.sequences(node):
            book.sequence(node, book.read_book(node).chain.tree, [envelope])
        else:
            Draft.objects.create(
                log=envelope.log,
                seq=envelope.seq,
                entry=entry,
                entry_sha256=envelope.entry_sha256,
                created_at=now,
            )
    return entry


_SEALING = []
"""Sealing keys of all nodes that were begun: with them a test reads what nobody else can."""


def reader_of(data):
    """Return the key that opens a bundle; None if it is a plain one."""
    for key in () if data.startswith(b"{") else _SEALING:
        with contextlib.suppress(TamperError):
            key.open(data, what="bundle")
            return key
    return None


def opened(data):
    """Return what is signed in a bundle, opened with its reader's key."""
    key = reader_of(data)
    return key.open(data, what="bundle") if key else data


def read(data):
    """Return what a bundle says."""
    return read_canonical(opened(data), what="bundle")


def signed(node, body):
    """Return a body signed by a node as its bundle, without a seal."""
    body = {key: value for key, value in body.items() if key != "signature"}
    role = "mediator" if node.about.role == "mediator" else "bureau"
    signature = node.keys.signing[role].sign(b"homeward-bundle-v1\n" + canonical_bytes(body))
    return canonical_bytes({**body, "signature": b64(signature)})


def sealed_again(data, content):
    """Return other content sealed to the reader of a bundle."""
    return seal(content, reader_of(data).public)


def signed_anew(node, data, **changes):
    """Return a bundle with other content, signed by its sender as if nothing had happened."""
    return sealed_again(data, signed(node, {**read(data), **changes}))


@contextlib.contextmanager
def nothing_changes(nodes, party):
    """Check that a party's ledger, drafts and blobs are the same afterwards."""
    before = snapshot(nodes, party)
    yield
    assert snapshot(nodes, party) == before


def snapshot(nodes, party):
    log = nodes.log(party)
    return (
        log,
        list(LogHead.objects.order_by("origin").values_list("origin", "checkpoint")),
        list(Draft.objects.order_by("seq").values_list("entry_sha256", "sequenced_at")),
        list(Blob.objects.order_by("key", "recipient").values_list("key", "recipient", "sealed")),
    )
