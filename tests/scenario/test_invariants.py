"""One test at least for each promise of ARCHITECTURE.md, on three nodes that played them."""

import json
import logging
import random
import shutil
import subprocess

import pytest
from django.apps import apps
from tests.scenario import nodes as play
from tests.scenario.nodes import ACTOR, BUREAUS, CASE, LEGS, MOVE_COUNT, PARTIES

from homeward.documents import pdf
from homeward.documents.pages import qr_text
from homeward.foundation.crypto import unb64
from homeward.foundation.errors import HomewardError, PeerError, TamperError, TurnError
from homeward.foundation.ids import parse_flow
from homeward.handover.counts import exposure
from homeward.handover.custody import custodian_of
from homeward.node import book
from homeward.node.actions import cases, handover, plans, report
from homeward.node.actions.overview import overview
from homeward.node.models import CaptiveLink, LedgerEntry
from homeward.statements.model import Record
from homeward.statements.write import neutral_statement

TO_UA, TO_RU = LEGS
STAGES = ("accepted", "manifested", "departed", "checked_in", "closed")


# -- 1: nobody is released without a recorded consent --


def test_nobody_goes_without_a_consent_that_an_interviewer_recorded(at_stage):
    """Invariant 1: no manifest without a recorded will, and none over a will of no."""
    nodes = at_stage("accepted")
    people = play.planned(nodes)[TO_UA]
    with pytest.raises(TurnError):
        nodes.do("AE", handover.issue_manifest, CASE, TO_UA)
    nodes.do(
        "AE", handover.record_wills, CASE, TO_UA, stage="before_departure",
        travelling=people[1:5], not_travelling=people[:1],
    )  # fmt: skip
    ready = nodes.do("AE", handover.issue_manifest, CASE, TO_UA)
    assert ready == people[1:5]
    for left_out in (people[0], people[6]):
        body = {
            "leg": TO_UA,
            "captives": [left_out],
            "stops": [],
            "plan_sha256": nodes.state("AE").plan.plan_sha256,
        }
        node, now = nodes.at("AE"), nodes.tick()
        with pytest.raises(TurnError, match="travelling"):
            book.record(
                node, case=CASE, type="manifest_issued", body=body, role="mediator", now=now
            )


def test_a_consent_taken_back_after_the_manifest_stops_the_departure(at_stage):
    """Invariant 1: a will can be withdrawn until the last stop."""
    nodes = at_stage("manifested")
    person = play.planned(nodes)[TO_UA][0]
    nodes.do(
        "AE", handover.record_wills, CASE, TO_UA, stage="before_departure",
        travelling=[], not_travelling=[person],
    )  # fmt: skip
    nodes.carry()
    with pytest.raises(TurnError):
        nodes.do("RU", handover.depart, CASE, TO_UA)
    nodes.do("AE", handover.withdraw, CASE, TO_UA, [person], reason="not_travelling")
    nodes.carry()
    assert person not in nodes.do("RU", handover.depart, CASE, TO_UA)


def test_nobody_is_home_who_said_no_at_the_last_stop(at_stage):
    """Invariant 1: the second answer counts as much as the first."""
    nodes = at_stage("checked_in")
    people = play.planned(nodes)[TO_UA]
    play.ask_again(nodes, TO_UA, people, refusing=people[:1])
    nodes.carry()
    body = {"leg": TO_UA, "captives": people, "count": len(people)}
    play.forge(nodes, "UA", "received", body, role="bureau")
    with pytest.raises(PeerError, match="second"):
        nodes.send("UA", "AE")


# -- 2: one custodian --


@pytest.mark.parametrize("stage", STAGES)
def test_everybody_has_one_custodian_and_all_nodes_name_the_same(at_stage, stage):
    """Invariant 2: three nodes, one answer for each person of the plan."""
    nodes = at_stage(stage)
    people = play.planned(nodes)
    found = {}
    for party in PARTIES:
        custody = nodes.custody(party)
        found[party] = {
            captive: custodian_of(custody, captive) for ids in people.values() for captive in ids
        }
    assert found["UA"] == found["RU"] == found["AE"]
    on_the_way, at_home = stage in {"departed", "checked_in"}, stage == "closed"
    for leg, ids in people.items():
        flow = parse_flow(leg)
        expected = "AE" if on_the_way else flow.home if at_home else flow.holder
        assert {found["AE"][captive] for captive in ids} == {expected}


# -- 3: vetoed, withdrawn or dead --


def test_a_vetoed_person_is_in_no_plan(at_stage):
    """Invariant 3: those whom a plan would take first are left out of it."""
    nodes = at_stage("proposed")
    vetoed = {person.ref for person in play.blocked(nodes)["blocked"]}
    assert len(vetoed) == 2
    assert not vetoed & set(play.planned(nodes)[TO_UA])


@pytest.mark.parametrize("reason", ["vetoed", "not_travelling", "died", "unfit"])
def test_who_was_withdrawn_is_on_no_later_manifest(at_stage, reason):
    """Invariant 3: withdrawn is final within a case, whatever the reason."""
    nodes = at_stage("accepted")
    people = play.planned(nodes)[TO_UA]
    gone = people[2]
    nodes.do("AE", handover.record_wills, CASE, TO_UA, stage="before_departure", travelling=people)
    nodes.do("AE", handover.withdraw, CASE, TO_UA, [gone], reason=reason)
    assert gone not in nodes.do("AE", handover.issue_manifest, CASE, TO_UA)
    body = {
        "leg": TO_UA,
        "captives": [gone],
        "stops": [],
        "plan_sha256": nodes.state("AE").plan.plan_sha256,
    }
    node, now = nodes.at("AE"), nodes.tick()
    with pytest.raises(TurnError, match="withdrawn"):
        book.record(node, case=CASE, type="manifest_issued", body=body, role="mediator", now=now)


# -- 4: no name --


def laid_open(data):
    """Return bytes with every base64 text inside laid open beside them, at any depth."""
    yield data
    try:
        document = json.loads(data)
    except ValueError:
        return
    stack = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack += item.values()
        elif isinstance(item, list):
            stack += item
        elif isinstance(item, str):
            yield item.encode()
            try:
                inner = unb64(item, what="text")
            except HomewardError:
                continue
            if inner:
                yield from laid_open(inner)


def told(chunks):
    """Return which secrets stand in some bytes."""
    text = b"\n".join(part for chunk in chunks for part in laid_open(chunk))
    return {
        secret
        for secret in play.secrets()
        if any(secret.encode(code) in text for code in ("utf-8", "utf-16-le"))
        or json.dumps(secret).strip('"').encode() in text
    }


def tables(nodes, party):
    """Return every cell of every table of a node, decrypted."""
    nodes.at(party)
    for model in apps.get_app_config("node").get_models():
        for row in model.objects.values_list():
            for cell in row:
                yield cell if isinstance(cell, bytes) else str(cell).encode()


def files(nodes, party):
    for path in nodes.nodes[party].home.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_mediator_s_node_holds_no_name_even_when_it_is_unlocked(at_stage):
    """Invariant 4: not in its files, not in its decrypted tables, not in what it prints."""
    nodes = at_stage("closed")
    assert told(tables(nodes, "AE")) == set()
    assert told(files(nodes, "AE")) == set()
    assert CaptiveLink.objects.count() == 0


def test_the_ledger_and_the_bundles_hold_no_name(at_stage):
    """Invariant 4: what goes between nodes shows nobody to whoever finds it."""
    nodes = at_stage("closed")
    assert told(data for _, _, data in nodes.sent) == set()
    assert told(book.export_ledger(nodes.at("AE")).values()) == set()
    assert told(nodes.log("UA")) == set()


def test_the_search_for_names_finds_them_where_they_are(at_stage):
    """The two tests above can fail: a bureau's own tables hold its names."""
    nodes = at_stage("closed")
    assert len(told(tables(nodes, "UA"))) > play.HELD_COUNT
    assert told(files(nodes, "UA")) == set()


def test_a_side_learns_no_more_of_the_other_s_list_than_it_was_told(at_stage):
    """Invariant 4: of those held by RU, UA has the names of who comes and who it asked for."""
    nodes = at_stage("closed")
    lists = play.small_lists()
    nodes.at("RU")
    moved = play.planned(nodes)[TO_UA]
    nodes.at("RU")
    coming = set(CaptiveLink.objects.filter(captive_id__in=moved).values_list("ref", flat=True))
    known = b"\n".join(tables(nodes, "UA"))
    for person in lists["RU", "held"]:
        assert person.unit.encode() not in known or person.unit in {
            p.unit for p in lists["UA", "wanted"]
        }
        assert person.held_at.encode() not in known or person.ref in coming


# -- 5: every acknowledged entry stays --


def test_every_entry_that_was_acknowledged_stays_in_every_copy(played):
    """Invariant 5: each later copy begins with the earlier one, at every node."""
    earlier = {party: [] for party in PARTIES}
    for stage in ("opened", "wanted", "seeded", "proposed", *STAGES):
        for party in PARTIES:
            now = played[stage].log(party)
            assert now[: len(earlier[party])] == earlier[party]
            earlier[party] = now


def test_an_edited_entry_is_found_by_whoever_has_the_log(at_stage):
    """Invariant 5: a changed byte in the node's own copy does not pass."""
    nodes = at_stage("accepted")
    nodes.at("UA")
    row = LedgerEntry.objects.get(index=4)
    changed = bytearray(row.entry)
    changed[len(changed) // 2] ^= 1
    LedgerEntry.objects.filter(index=4).update(entry=bytes(changed))
    book._verified.clear()
    with pytest.raises(TamperError):
        nodes.state("UA")


# -- 6: exposure --


def test_nobody_is_ever_further_behind_than_the_plan_says(at_stage):
    """Invariant 6: at every step, also when one side is late, the peak stays in the bound."""
    nodes = at_stage("manifested")
    node = nodes.at("AE")
    plan, _ = plans.plan_of(node, nodes.state("AE"))
    bound = plan["exposure"]["by_party"]
    people = play.planned(nodes)

    def check():
        for party, found in exposure(nodes.custody("AE")).items():
            assert found.now <= found.peak <= bound[party]

    nodes.do("RU", handover.depart, CASE, TO_UA)
    nodes.carry()
    check()
    assert exposure(nodes.custody("AE"))["RU"].peak == MOVE_COUNT == bound["RU"]
    nodes.do("UA", handover.check_in, CASE, TO_UA, present=people[TO_UA])
    nodes.carry()
    play.ask_again(nodes, TO_UA, people[TO_UA])
    nodes.carry()
    play.receive(nodes, legs=[TO_UA])
    check()
    nodes.do("UA", handover.depart, CASE, TO_RU)
    nodes.carry()
    check()


# -- 7: article 109 --


def test_those_owed_without_counterpart_are_shown_and_must_be_acknowledged(at_stage):
    """Invariant 7: the plan that counts them says so, and the number left behind is shown."""
    nodes = at_stage("proposed")
    plan, _ = plans.plan_of(nodes.at("UA"), nodes.state("UA"))
    assert any("109" in finding["rule"] for finding in plan["legal_findings"])
    codes = nodes.look("UA", plans.findings_in, CASE)
    assert any("109" in code for code in codes)
    assert list(nodes.state("UA").plan.legal_findings) == codes
    done = at_stage("closed", "closed")
    left = done.look("AE", report.owed_left, CASE)
    owed = {
        party: sum(p.health in {"serious", "grave"} for p in play.small_lists()[party, "held"])
        for party in BUREAUS
    }
    assert left["RU"] >= 2  # the two of the veto stay
    assert all(0 <= left[party] <= owed[party] for party in BUREAUS)


# -- 8: public figures --


def test_the_public_sees_ranges_and_no_categories_of_a_small_exchange(at_stage):
    """Invariant 8: fewer than ten people show no category; those who ran it see numbers."""
    nodes = at_stage("closed")
    inside = nodes.look("AE", report.report_of, CASE, public=False)
    public = nodes.look("AE", report.report_of, CASE, public=True)
    assert inside.home == public.home == 2 * MOVE_COUNT
    assert any(value is not None for flow in inside.flows for value in flow.categories.values())
    for flow in public.flows:
        assert set(flow.categories.values()) == {None}
        assert flow.days_held_longest is None or flow.days_held_longest % 30 == 0


def test_a_number_that_the_terms_withhold_is_shown_to_no_public(at_stage):
    """Invariant 8: `withhold` hides the flow, its categories, and every sum over it."""
    nodes = at_stage("ready")
    text = play.terms(count=3).replace("count = 3", "count = 3\nwithhold = true", 1)
    play.play_to_final_lists(nodes, text=text)
    play.play_to_accepted(nodes)
    play.hand_over(nodes)
    public = nodes.look("AE", report.report_of, CASE, public=True)
    assert public.home is None
    assert [flow.home for flow in public.flows] == [None, None]
    assert nodes.look("AE", report.report_of, CASE, public=False).home == 6


# -- 9: SIMULATION --


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_a_simulation_says_so_on_every_page_and_in_every_code(at_stage, tmp_path, monkeypatch):
    """Invariant 9: manifest and receipt, on each page and in the code that is scanned."""
    codes = []
    monkeypatch.setattr(pdf, "qr_text", lambda page: codes.append(qr_text(page)) or qr_text(page))
    nodes = at_stage("closed")
    papers = [
        nodes.do("AE", report.receipt_of, CASE, TO_UA),
        nodes.do("UA", report.manifest_of, CASE, TO_UA, actor=ACTOR),
    ]
    for number, data in enumerate(papers):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(data)
        text = subprocess.run(
            ["pdftotext", path, "-"], capture_output=True, check=True
        ).stdout.decode()
        pages = [page for page in text.split("\f") if page.strip()]
        assert pages
        assert all("SIMULATION" in page for page in pages)
    assert codes
    assert all(code.startswith("SIMULATION|") for code in codes)


def test_a_simulation_says_so_in_cards_status_ledger_and_statements(at_stage):
    """Invariant 9: nothing made from invented people passes for real."""
    nodes = at_stage("closed")
    for party in PARTIES:
        assert nodes.nodes[party].card.simulation
        assert b'"simulation":true' in nodes.nodes[party].card.data
        assert overview(nodes.at(party)).simulation
        assert book.read_book(nodes.at(party)).is_simulation
    flow = parse_flow(TO_UA)
    record = Record(
        date=nodes.now.date(), legs={flow: 8}, mediators=("AE",), medical_checks={},
        categories={},
    )  # fmt: skip
    statement = neutral_statement("UA", record, mentions=(flow,), simulation=True)
    assert statement.text.startswith("SIMULATION")


# -- 10: the same plan --


def test_the_same_people_in_any_order_of_rows_give_the_same_plan(played, tmp_path):
    """Invariant 10: shuffled files, nodes made anew: the plan is the same to the byte."""
    shuffled = {}
    for place, data in play.list_files().items():
        head, *rows = data.decode("utf-8-sig").splitlines()
        random.Random(3).shuffle(rows)
        shuffled[place] = "\n".join([head, *rows]).encode()
    nodes = play.begin(tmp_path / "again", shuffled)
    play.play_to_final_lists(nodes)
    plan = nodes.do("AE", plans.propose_plan, CASE, lists=play.blocked(nodes))
    first = played["proposed"]
    assert plan == plans.plan_of(first.at("AE"), first.state("AE"))[0]


# -- what failures say --


def test_refusals_say_no_name_anywhere(at_stage, caplog, capfd):
    """No name, birth date or number in an error, its facts, a log or on standard error."""
    caplog.set_level(logging.DEBUG)
    nodes, errors = at_stage("manifested"), []
    acts = (
        *((party, cases.sign_terms, (CASE,), {}) for party in PARTIES),
        *((party, cases.send_wanted, (CASE,), {"actor": ACTOR}) for party in PARTIES),
        *((party, cases.answer, (CASE,), {"actor": ACTOR}) for party in PARTIES),
        *((party, cases.send_final_list, (CASE,), {"actor": ACTOR}) for party in PARTIES),
        *((party, cases.reveal_seed, (CASE,), {}) for party in PARTIES),
        *((party, plans.propose_plan, (CASE,), {}) for party in PARTIES),
        *((p, plans.accept_plan, (CASE,), {"acknowledge": (), "actor": ACTOR}) for p in BUREAUS),
        *((p, plans.reject_plan, (CASE,), {"reason": "not_agreed"}) for p in BUREAUS),
        *((p, cases.open_case, (play.terms(),), {}) for p in PARTIES),
        *((p, handover.receive, (CASE, TO_UA), {}) for p in PARTIES),
        *((p, handover.confirm_release, (CASE, TO_UA), {}) for p in PARTIES),
        *((p, handover.close_case, (CASE,), {}) for p in BUREAUS),
        *((p, handover.check_in, (CASE, TO_UA), {"present": ["f" * 32]}) for p in PARTIES),
        *((p, handover.turn_back, (CASE, TO_UA, ["f" * 32]), {}) for p in PARTIES),
        *((p, report.receipt_of, (CASE, TO_UA), {}) for p in PARTIES),
        ("AE", report.manifest_of, (CASE, TO_UA), {"actor": ACTOR}),
        ("UA", cases.sign_terms, ("no-such-case",), {}),
    )
    for party, act, args, options in acts:
        before = nodes.log(party)
        with pytest.raises(HomewardError) as raised:
            nodes.do(party, act, *args, **options)
        assert raised.value.hint
        errors.append(f"{raised.value} {raised.value.facts}".encode())
        assert nodes.log(party) == before
    printed = "".join(capfd.readouterr())
    assert told([*errors, caplog.text.encode(), printed.encode()]) == set()


def test_an_exported_ledger_is_the_same_from_every_node(at_stage):
    """Invariant 5: each party can show the same tree of files."""
    nodes = at_stage("closed")
    nodes.carry()  # what both cosigned comes to everybody
    trees = [book.export_ledger(nodes.at(party)) for party in PARTIES]
    assert trees[0] == trees[1] == trees[2]
    for party in BUREAUS:
        assert f"— homeward/{party.lower()} ".encode() in trees[0]["checkpoint"]
