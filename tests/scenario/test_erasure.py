"""After a case its people can be erased: nothing names them any more, and every proof holds."""

import contextlib
import json
import threading
import time

import pytest
from django.db import connection
from tests.scenario import nodes as play
from tests.scenario.nodes import BUREAUS, CASE
from tests.scenario.test_invariants import files, tables

from homeward.foundation.errors import HomewardError, TamperError, TurnError
from homeward.handover.cosigning import policy_for
from homeward.handover.replay import replay
from homeward.ledger.proof import read_receipt, verify_receipt
from homeward.ledger.tiles import verify_tree
from homeward.node import at_rest, backup, blobs, book, home, receipts
from homeward.node.actions import cases, erasure, plans
from homeward.node.actions.resting import RESTING
from homeward.node.models import Blob, CaptiveLink, CaseSecret, Person, PersonVersion


def words_of(people):
    """Return what tells who somebody is: names, numbers and full birth dates."""
    found = set()
    for person in people:
        found |= {person.family_name, person.given_name, person.father_name}
        found |= {person.name_as_written, person.service_number}
        if person.birth_date is not None and len(person.birth_date.text) >= len("1998-03-14"):
            found.add(person.birth_date.text)
    return {text for text in found if len(text) > 3}


def named_by_the_case(nodes, party):
    """Return what names nobody but people of the case, in a party's node: ours and theirs."""
    home = erasure._came_home(nodes.at(party), CASE, play.READER)
    lists = play.small_lists()
    gone, left = set(), set()
    for kind, refs in home.items():
        gone |= words_of(each for each in lists[party, kind] if each.ref in refs)
        left |= words_of(each for each in lists[party, kind] if each.ref not in refs)
    other = next(each for each in BUREAUS if each != party)
    gone |= words_of(lists[other, "wanted"])  # shown to us by the case alone
    others = "\n".join(left)  # a given name stands in the father's name of somebody who stays
    return {text for text in gone if text not in others}


def in_any_encoding(data, texts):
    """Return the texts that lie in bytes, in each encoding that lists come in."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "koi8-u", "cp1256")
    found = set()
    for text in texts:
        needles = [json.dumps(text).strip('"').encode()]  # as JSON escapes it
        for encoding in encodings:
            with contextlib.suppress(UnicodeEncodeError):
                needles.append(text.encode(encoding))
        if any(needle in data for needle in needles):
            found.add(text)
    return found


def everything_unlocked(nodes, party):
    """Return every cell of every table, and whatever the node's own keys open of them."""
    cells = [*tables(nodes, party)]
    cells += [
        at_rest.open_at_rest(nodes.nodes[party], data, purpose=purpose)
        for data, purpose in resting(nodes, party)
    ]
    for blob in Blob.objects.filter(sealed=True):
        with contextlib.suppress(HomewardError):
            cells.append(nodes.nodes[party].keys.sealing.open(bytes(blob.data), what="blob"))
    return b"\n".join(cells)


def resting(nodes, party):
    """Return everything that rests sealed in a node's tables, and for which purpose."""
    nodes.at(party)
    rows = []
    for model, column, purpose in RESTING:
        found = model.objects.exclude(**{column: None})
        found = found.filter(sealed=False) if model is Blob else found
        rows += [(bytes(data), purpose) for data in found.values_list(column, flat=True)]
    return rows


def test_nothing_of_a_case_names_those_whom_it_brought_home(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    for party in BUREAUS:
        gone = named_by_the_case(nodes, party)
        before = in_any_encoding(everything_unlocked(nodes, party), gone)
        assert len(before) > play.MOVE_COUNT  # the search finds them where they are
        old = resting(nodes, party)
        found = nodes.do(party, erasure.erase, CASE, actor=play.ACTOR)
        assert found.held_count == play.MOVE_COUNT
        assert found.wanted_count > 0
        assert in_any_encoding(everything_unlocked(nodes, party), gone) == set()
        # What an old page or an archive of a server may still hold, its own keys open no more.
        for data, purpose in old:
            with pytest.raises(TamperError):
                at_rest.open_at_rest(nodes.nodes[party], data, purpose=purpose)
        copy = backup.backup(nodes.at(party), now=nodes.tick())
        assert in_any_encoding(b"\n".join([*files(nodes, party), copy]), play.secrets()) == set()


def test_every_proof_still_holds(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    roots = {}
    for party in BUREAUS:
        nodes.at(party)
        wanted = Blob.objects.filter(case=CASE, purpose="wanted_list", sealed=False)
        roots[party] = list(wanted.values_list("key", flat=True))
        nodes.do(party, erasure.erase, CASE, actor=play.ACTOR)
    for party in BUREAUS:
        node = nodes.at(party)
        tree = book.export_ledger(node)
        log, state = book.log_of(node), book.read_book(node)
        reading = verify_tree(tree.get, log, None, tree)
        assert replay(log.name, reading.entries).cases[CASE].state == "closed"
        kept = receipts.kept(node)
        assert kept
        for each in kept:
            receipt = read_receipt(each.path.read_text("utf-8"))
            policy = policy_for(
                state.envelopes[each.index].type, log, state.members.values()
            )  # fmt: skip
            if not each.is_waiting:
                verify_receipt(receipt.entry, receipt, log, policy)
        plan, _ = plans.plan_of(node, state.cases[CASE])  # its hash is that of the ledger
        assert len(plan["moves"]) == 2 * play.MOVE_COUNT
        for root in roots[party]:  # the hashes of the lines lead to the root, and name nobody
            assert blobs.read_rows(node, root=root, what="wanted list", reader=play.READER) == []
        assert roots[party]


def test_a_hash_of_an_erased_line_that_was_changed_is_found(at_stage):
    nodes = at_stage("closed")
    nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    node = nodes.at("UA")
    first, second = Blob.objects.filter(erased=True, sealed=False, purpose="wanted_list")[:2]
    first.data = second.data
    first.save()
    with pytest.raises(TamperError, match="root"):
        blobs.read_rows(node, root=first.key, what="wanted list", reader=play.READER)


def test_those_who_are_left_are_read_as_before_and_the_next_case_asks_for_nobody_gone(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    before = {
        p: cases.wanted_rows(nodes.at(p), "x", "RU", now=nodes.tick(), actor="a") for p in BUREAUS
    }
    for party in BUREAUS:
        nodes.do(party, erasure.erase, CASE, actor=play.ACTOR)
        node = nodes.at(party)
        after = cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a")
        assert [row["family_name"] for row in after] == [r["family_name"] for r in before[party]]
        assert after == before[party]  # the secret of another case stays
        assert CaptiveLink.objects.filter(case=CASE).count() == 0
        assert CaseSecret.objects.filter(case=CASE).count() == 0
        # An old file read in again brings nobody back into a case.
        files_again = play.list_files()
        nodes.do(
            party, play.lists.import_list, kind="wanted", data=files_again[party, "wanted"],
            file_name="list.csv", actor=play.ACTOR,
        )  # fmt: skip
        again = cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a")
        assert again == before[party]


def test_a_case_that_is_not_over_is_not_erased(at_stage):
    nodes = at_stage("departed")
    with pytest.raises(TurnError) as raised:
        nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert raised.value.code == "erasure.open"
    assert Person.objects.count() > 0


def test_looking_changes_nothing_and_erasing_twice_destroys_nothing_more(at_stage):
    nodes = at_stage("closed")
    nodes.at("UA")
    people = PersonVersion.objects.count()
    look = nodes.do("UA", erasure.erasure_of, CASE, actor=play.ACTOR)
    assert PersonVersion.objects.count() == people
    assert not look.is_empty
    done = nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert done == look
    assert nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR).is_empty


def test_a_mediator_erases_what_it_carried(at_stage):
    nodes = at_stage("closed")
    nodes.carry()
    nodes.at("AE")
    carried = Blob.objects.filter(case=CASE, sealed=True).exclude(purpose="plan")
    assert carried.filter(erased=False).count() >= 4
    nodes.do("AE", erasure.erase, CASE, actor=play.ACTOR)
    for _ in range(2):
        nodes.at("AE")
        assert [bytes(row.data) for row in carried] == [b""] * len(carried)
        carried = carried.all()
        nodes.carry()  # and nobody brings it back


def test_cut_off_in_the_middle_everything_opens_and_the_next_one_ends_it(at_stage, monkeypatch):
    nodes = at_stage("closed")
    node = nodes.at("UA")
    with monkeypatch.context() as patch:
        patch.setattr(erasure.resting, "seal_anew", _pulled)
        with pytest.raises(RuntimeError):
            nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert len(erasure.vault.vault_keys(node)) == 2
    assert cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a")
    nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert len(erasure.vault.vault_keys(node)) == 1
    assert cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a")


def _pulled(node):
    raise RuntimeError("the plug")


def test_a_node_restored_from_a_backup_opens_what_rests(at_stage, tmp_path):
    nodes = at_stage("closed")
    nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    before = cases.wanted_rows(nodes.at("UA"), "x", "RU", now=nodes.tick(), actor="a")
    data = backup.backup(nodes.at("UA"), now=nodes.tick())
    home.close_node()
    backup.restore(data, tmp_path / "again", passphrase=play.PASSPHRASE)
    node = home.open_node(tmp_path / "again", play.PASSPHRASE)
    assert cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a") == before


def test_whoever_writes_meanwhile_waits_and_what_was_written_opens(at_stage, monkeypatch):
    """Pages are served while an erasure runs: nothing may arrive under the key that is let go."""
    nodes = at_stage("closed")
    node = nodes.at("UA")
    begin, writers = erasure.vault.begin_renewal, []

    def write():
        content = {"text": "kept meanwhile"}
        blobs.keep(node, case="x", purpose="wording", key="k" * 64, content=content, now=nodes.now)
        connection.close()

    def begin_with_a_writer(*args):
        writers.append(threading.Thread(target=write))
        writers[0].start()
        time.sleep(0.3)  # it has begun, and has to wait
        assert writers[0].is_alive()
        return begin(*args)

    monkeypatch.setattr(erasure.vault, "begin_renewal", begin_with_a_writer)
    nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    writers[0].join(30)
    assert len(erasure.vault.vault_keys(node)) == 1
    assert blobs.read(node, key="k" * 64, what="wording") == {"text": "kept meanwhile"}


def test_an_erasure_cut_off_between_another_and_its_end_loses_nothing(at_stage, monkeypatch):
    nodes = at_stage("closed")
    node = nodes.at("UA")
    end = erasure.vault.end_renewal

    def end_after_another_began(node, key, entropy):
        erasure.vault.begin_renewal(node, entropy)  # and was cut off before it sealed anything
        end(node, key, entropy)

    monkeypatch.setattr(erasure.vault, "end_renewal", end_after_another_began)
    nodes.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert len(erasure.vault.vault_keys(node)) == 2
    assert cases.wanted_rows(node, "x", "RU", now=nodes.tick(), actor="a")
