"""A party that is 10,000 entries behind reads the mediator's bundle, and entries one by one.

Run: python bench/ledger/sync.py [--entries N]
Four nodes of invented offices, whose files are synced to the disk as in life. One JSON line each:
the mediator's intake of entries in batches and one by one, with all checks of the case and the tables;
the bundle; the import in a process of its own, with its memory. Clock and processor seconds, and
the latter as bare Ed25519 verifications of the same moment.
"""

import argparse
import datetime as dt
import hashlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import memory_mb, verification_us

from homeward.handover.replay import advance_replay
from homeward.ledger.envelope import entry_sha256, sign_envelope
from homeward.negotiation.steps import common_seed
from homeward.node import book, bundles, home
from homeward.node.actions import cases, peers
from homeward.terms.agreement import read_agreement

NOW = dt.datetime(2025, 2, 5, 8, tzinfo=dt.UTC)
PASSPHRASE = "simulation in a bench"
ROLES = {"XA": "bureau", "XB": "bureau", "XC": "bureau", "XM": "mediator"}
BATCH, SINGLE = 500, 100
TERMS = """
[agreement]
id = "{case}"
mediators = ["XM"]
effective = 2025-02-05
article_109 = "outside"

[parties]
XB = {{}}
XC = {{}}

[[clause]]
id = "number"
kind = "give"
flows = ["XB -> XC", "XC -> XB"]
count = 10

[[clause]]
id = "consent"
kind = "consent"
on_unknown = "ask"
"""


def say(what, began, cpu, **figures):
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if "entries" in figures:
        each = cpu / figures["entries"] * 1e6
        figures["verifications_each"] = round(each / verification_us(), 1)
    line = {"what": what, "seconds": round(seconds, 2), "cpu_s": round(cpu, 2), **figures}
    print(json.dumps(line), flush=True)


def make_nodes(folder):
    """Make four nodes that have one another's cards."""
    nodes = {}
    for party, role in ROLES.items():
        nodes[party] = home.init_node(
            folder / party, party=party, role=role, name=f"Office of {party} (SIMULATION)",
            passphrase=PASSPHRASE, now=NOW, entropy=os.urandom, simulation=True,
        )  # fmt: skip
        home.close_node()
    for party, node in nodes.items():
        home.reopen_node(node)
        for other, card in nodes.items():
            if other != party:
                peers.add_card(node, card.card.data, now=NOW)
        home.close_node()
    return nodes


def sha(*texts):
    return hashlib.sha256("|".join(map(str, texts)).encode()).hexdigest()


def case_of(name):
    """Yield author, kind and body of each entry of a case between XB and XC, up to its acceptance."""
    terms = TERMS.format(case=name)
    digest = read_agreement(terms).sha256
    parties, nonces = ("XB", "XC"), {party: sha(name, party) for party in ("XB", "XC")}
    yield "XM", "case_opened", {
        "terms_toml": terms, "terms_sha256": digest, "parties": list(parties),
        "mediators": ["XM"], "seed_required": True,
    }  # fmt: skip
    for party in parties:
        yield party, "terms_signed", {"terms_sha256": digest}
    for party, other in (parties, parties[::-1]):
        yield party, "wanted_list", {"to": other, "count": 9, "root": sha(name, party, "wanted")}
    for party, other in (parties, parties[::-1]):
        yield party, "answers", {
            "to": other, "in_reply_to": ("wanted_list", other), "count": 9,
            "counts": {"held": 9}, "root": sha(name, party, "answers"),
        }  # fmt: skip
    for party in parties:
        bound = hashlib.sha256(bytes.fromhex(nonces[party])).hexdigest()
        body = {"count": 9, "root": sha(name, party, "final"), "seed_commitment": bound}
        yield party, "final_list", body
    for party in parties:
        yield party, "seed_revealed", {"nonce": nonces[party]}
    hashes = {"terms_sha256": digest, "pool_sha256": sha(name), "plan_sha256": sha(name, "plan")}
    yield "XM", "plan_proposed", {
        **hashes, "seed": common_seed(nonces), "status": "optimal", "legal_findings": [],
        "flows": {"XB -> XC": 9, "XC -> XB": 9}, "captives_root": sha(name, "captives"),
    }  # fmt: skip
    for party in parties:
        yield party, "plan_accepted", {**hashes, "acknowledged": []}


class Writer:
    """Signs what the parties write, each entry after the one before."""

    def __init__(self, nodes):
        self.keys = {party: nodes[party].keys.signing[role] for party, role in ROLES.items()}

    def entries(self, state):
        """Yield a log after each entry that fits after it."""
        for number in itertools.count():
            hashes = {}
            for party, kind, body in case_of(f"case-{number}"):
                if "in_reply_to" in body:
                    body["in_reply_to"] = hashes[body["in_reply_to"]]
                head, tree = state.chain.heads.get(party), state.chain.tree
                entry = sign_envelope(
                    signer=self.keys[party], log=state.chain.log, type=kind,
                    case=f"case-{number}", author=party, seq=head.seq + 1 if head else 1,
                    prev=head.entry_sha256 if head else None, seen=(tree.size, tree.root().hex()),
                    at="2025-02-05T08:00:00Z", body=body,
                )  # fmt: skip
                hashes[kind, party] = entry_sha256(entry)
                state = advance_replay(state, entry)
                yield state


def write(node, writer, count):
    """Let the mediator take in entries: most of them in batches, the last one by one."""
    state = book.read_book(node)
    made = writer.entries(state)
    began, cpu = time.perf_counter(), time.process_time()
    left = count - state.chain.tree.size - SINGLE
    while left > 0:
        part = [next(made) for _ in range(min(BATCH, left))]
        left -= len(part)
        with node.transaction():
            tree, after = book.read_book(node).chain.tree, part[-1]
            book.sequence(node, tree, after.envelopes[-len(part) :])
            book.remember(node, after)
    say(
        f"signed, checked, folded and stored in batches of {BATCH}",
        began,
        cpu,
        entries=count - SINGLE,
    )
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(SINGLE):
        after = next(made)
        with node.transaction():
            tree = book.read_book(node).chain.tree
            book.sequence(node, tree, after.envelopes[-1:])
            book.remember(node, after)
    say("the same one by one, at the end of that log", began, cpu, entries=SINGLE)


def read_in(folder, data):
    node = home.open_node(folder, PASSPHRASE)
    began, cpu = time.perf_counter(), time.process_time()
    got = bundles.import_bundle(node, data, now=NOW)
    say("import", began, cpu, entries=got.entry_count, memory_mb=round(memory_mb()))
    began, cpu = time.perf_counter(), time.process_time()
    bundles.import_bundle(node, data, now=NOW)
    say("the same bundle again", began, cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--import", dest="folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.folder:
        read_in(Path(args.folder) / "XA", (Path(args.folder) / "bundle").read_bytes())
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nodes = make_nodes(folder)
        mediator = home.reopen_node(nodes["XM"])
        first = TERMS.format(case="first").replace("XB = {}", "XA = {}\nXB = {}")
        cases.open_case(mediator, first, now=NOW)
        write(mediator, Writer(nodes), args.entries)
        began, cpu = time.perf_counter(), time.process_time()
        data = bundles.export_bundle(mediator, "XA")
        say("export", began, cpu, mb=round(len(data) / 1e6, 1))
        (folder / "bundle").write_bytes(data)
        home.close_node()
        # In a process of its own, so that its memory is what is measured.
        subprocess.run([sys.executable, __file__, "--import", name], check=True)


if __name__ == "__main__":
    main()
