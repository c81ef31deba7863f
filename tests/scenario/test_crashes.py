"""A node that is killed at every step of writing: nothing acknowledged is lost, no place is used twice.

Rules of this file:
- A step is a statement that ends a transaction, or is one by itself, or a file that takes its name. They are counted
  in a run that ends well; then the node is killed before each of them, and after each.
- It is killed by SIGKILL, in a process of its own, which has a copy of the node of its own.
- Afterwards the node opens, what it said before still holds, and the same act ends the same way.
"""

import json
import subprocess
import sys

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import CASE

from homeward.node import book, bundles, home
from homeward.node.actions import cases
from homeward.node.models import Cosignature, Draft, LedgerEntry, LogHead, Witnessed

DYING = """
import datetime as dt, json, os, signal, sys
from pathlib import Path
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from homeward.node import book, bundles, home
from homeward.node.actions import cases

told = json.loads(sys.argv[1])
NOW = dt.datetime.fromisoformat(told["now"])
count = 0

def step(real):
    def act(*args, **kwargs):
        global count
        count += 1
        if count == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if count == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return act

def step_alone(real):
    at_a_step = step(real)
    def act(self, sql, params=None):
        writes = sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
        alone = writes and not self.db.in_atomic_block  # it is a transaction by itself
        return (at_a_step if alone else real)(self, sql, params)
    return act

CursorWrapper.execute = step_alone(CursorWrapper.execute)
BaseDatabaseWrapper._commit = step(BaseDatabaseWrapper._commit)
Path.replace = step(Path.replace)

def run(node):
    if told["act"] == "import":
        bundles.import_bundle(node, Path(told["bundle"]).read_bytes(), now=NOW)
    elif told["act"] == "export":
        bundles.export_bundle(node, told["to"])
    elif told["act"] == "sign":
        cases.sign_terms(node, told["case"], now=NOW)
    elif told["act"] == "open":
        cases.open_case(node, told["terms"], now=NOW)

first = Path(told["homes"][0])
node = home.unlock_node(first, home.simulation_passphrase(first))
import dataclasses
for number, folder in enumerate(told["homes"]):
    about = home.read_description(home.read_private(Path(folder) / home.NODE_FILE))
    copy = dataclasses.replace(node, home=Path(folder), about=about)
    pid = os.fork()
    if pid == 0:
        dies_before = dies_after = -1
        if number:  # the first one counts, and lives
            at, is_after = divmod(number - 1, 2)
            dies_before, dies_after = (-1, at + 1) if is_after else (at + 1, -1)
        home.reopen_node(copy)
        count = 0
        run(copy)
        print(json.dumps({"number": number, "steps": count}), flush=True)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    print(json.dumps({"number": number, "status": status}), flush=True)
"""
STEPS_MAX = 12


def die_at_every_step(nodes, party, tmp_path, **told):
    """Let a node do an act in a copy for each step, killed there; return the copies that died."""
    home.close_node()
    original = nodes.nodes[party]
    copies = [
        play.copy_node(original, tmp_path / f"copy-{number}") for number in range(2 * STEPS_MAX + 1)
    ]
    told = {"homes": [str(each.home) for each in copies], "now": nodes.tick().isoformat(), **told}
    run = subprocess.run(
        [sys.executable, "-c", DYING, json.dumps(told)], capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    said = [json.loads(line) for line in run.stdout.splitlines()]
    steps = next(each["steps"] for each in said if "steps" in each)
    died = {each["number"] for each in said if each.get("status") == 9}
    assert 0 < steps <= STEPS_MAX, "every step is tried"
    assert died == set(range(1, 2 * steps + 1)), "the node dies at each step"
    return copies[0], [copies[number] for number in sorted(died)]


def rows(node):
    """Return what a node has: entries, checkpoint, drafts, what it cosigned."""
    home.close_node()
    home.reopen_node(node)
    book._verified.clear()
    state = book.read_book(node)  # verifies every signature, the chain and the checkpoint
    places = list(LedgerEntry.objects.order_by("index").values_list("index", flat=True))
    assert places == list(range(len(places))), "no place is left out or used twice"
    assert len(places) == state.chain.tree.size
    return {
        "log": book.entries_of(state.chain.log),
        "head": list(LogHead.objects.values_list("size", "root")),
        "drafts": [
            bytes(each) for each in Draft.objects.order_by("seq").values_list("entry", flat=True)
        ],
        "witnessed": list(Witnessed.objects.values_list("size", "root")),
        "cosigned": Cosignature.objects.filter(party=node.party).count(),
    }


def whole_or_nothing(nodes, party, before, ended, died, again):
    """Check each copy that died: it has all or nothing, and the same act ends the same way."""
    after = rows(ended)
    for copy in died:
        found = rows(copy)
        assert found in (before, after)
        assert found["log"][: len(before["log"])] == before["log"]
        if found != after:
            again(copy)
        assert rows(copy) == after
    return after


@pytest.mark.parametrize("reader", ["AE", "UA"])
def test_killed_while_it_imports_sequences_or_cosigns(at_stage, tmp_path, reader):
    """The mediator sequences and signs a checkpoint; the bureau stores, cosigns, keeps receipts."""
    nodes = at_stage("wanted")
    for party in ("RU", "UA"):
        nodes.do(party, cases.answer, CASE, actor=play.ACTOR)
    sender = "RU"
    if reader == "UA":
        nodes.send("RU", "AE")
        nodes.send("UA", "AE")
        sender = "AE"
    data = nodes.export(sender, reader)
    (tmp_path / "bundle.hwb").write_bytes(data)
    before = rows(nodes.nodes[reader])
    bundle = str(tmp_path / "bundle.hwb")
    ended, died = die_at_every_step(nodes, reader, tmp_path, act="import", bundle=bundle)
    now = nodes.now

    def again(copy):
        bundles.import_bundle(copy, data, now=now)

    after = whole_or_nothing(nodes, reader, before, ended, died, again)
    assert len(after["log"]) > len(before["log"])
    for copy in died:
        home.close_node()
        home.reopen_node(copy)
        bundles.import_bundle(copy, data, now=now)  # once more: receipts are all there
        assert rows(copy) == after
        kept = sorted(path.name for path in (copy.home / "receipts").glob("*"))
        assert kept == sorted(path.name for path in (ended.home / "receipts").glob("*"))


def test_killed_while_it_exports_it_never_gives_one_number_to_two_contents(at_stage, tmp_path):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    before = rows(nodes.nodes["UA"])
    ended, died = die_at_every_step(nodes, "UA", tmp_path, act="export", to="AE")
    home.close_node()
    home.reopen_node(ended)
    said = play.opened(bundles.export_bundle(ended, "AE"))
    for copy in died:
        assert rows(copy) == before
        assert play.opened(bundles.export_bundle(copy, "AE")) == said
        first = bundles.export_bundle(copy, "AE")
        assert bundles.export_bundle(copy, "AE") == first


@pytest.mark.parametrize("party", ["UA", "AE"])
def test_killed_while_it_signs_it_signs_nothing_else_in_the_same_place(at_stage, tmp_path, party):
    """A draft of a bureau, an entry of the mediator with its checkpoint: there or not there."""
    nodes = at_stage("opened" if party == "UA" else "ready")
    before = rows(nodes.nodes[party])
    told = (
        {"act": "sign", "case": CASE} if party == "UA" else {"act": "open", "terms": play.terms()}
    )
    ended, died = die_at_every_step(nodes, party, tmp_path, **told)
    now = nodes.now

    def again(copy):
        if party == "UA":
            cases.sign_terms(copy, CASE, now=now)
        else:
            cases.open_case(copy, play.terms(), now=now)

    if party == "UA":
        whole_or_nothing(nodes, party, before, ended, died, again)
        return
    # The mediator opens its log by one entry and the case by another: each is whole by itself.
    after = rows(ended)
    for copy in died:
        found = rows(copy)
        assert found["log"] == after["log"][: len(found["log"])]
        if found != after:
            again(copy)
        assert rows(copy) == after
