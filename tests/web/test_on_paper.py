"""A side on paper in the browser: everything the mediator enters for it, and its forms."""

import csv
import io
import os
import shutil

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.scenario import nodes as play
from tests.scenario.test_on_paper import SCAN, THROWS, second_officer, terms
from tests.unit.ledger.keybook import key

from homeward.ledger.key_files import lock_key
from homeward.node import home
from homeward.node.actions import cases, handover, plans
from homeward.node.actions.line_sheets import write_lines
from homeward.node.actions.overview import overview
from homeward.node.actions.sheets import write_sheet
from homeward.node.web import paper_acts, steps

CASE = play.CASE
SIDE = f"/cases/{CASE}/paper/RU"
ENTER = f"{SIDE}/enter"
RECEIVED = "2025-02-05T08:00"


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path / "live", parties=("UA", "AE"))
    world.do("AE", cases.open_case, terms())
    second_officer(world)
    world.carry()
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def mediator(world, party="AE", name="mediator"):
    """Open a party's node, serve it, and sign somebody in who just gave the password."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    node = world.at(party)
    serve_node(node)
    cache.clear()
    passwords = {each.name: each.password for each in make_demo_accounts(node)}
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=name))
    client.post("/account/confirm", {"password": passwords[name]})
    return client


def file(name, data):
    return SimpleUploadedFile(name, data)


def enter(client, step, **given):
    given = {"received_at": RECEIVED, **given}
    leg = given.pop("leg", "")
    address = f"{ENTER}/{step}" + (
        f"?leg={leg.replace(' ', '+').replace('>', '%3E')}" if leg else ""
    )
    assert client.get(address).status_code == 200
    answer = client.post(address, given, follow=True)
    assert answer.status_code == 200, text_of(answer)[:2000]
    assert answer.redirect_chain[-1][0] == SIDE
    return text_of(answer)


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def scans():
    return [file("a name.pdf", SCAN)]


def form(client, name, about=""):
    answer = client.get(f"{SIDE}/form/{name}", {"about": about, "as": "csv"})
    assert answer.status_code == 200
    assert "a name" not in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return list(rows[0]), rows


def to_seeded(world):
    world.do("UA", cases.sign_terms, CASE)
    world.carry()
    client = mediator(world)
    assert "Entered." in enter(client, "sign", scans=scans())
    world.carry()
    world.do("UA", cases.send_wanted, CASE, actor=play.ACTOR)
    world.carry()
    client = mediator(world)
    wanted = file("people.csv", play.list_files()["RU", "wanted"])
    said = enter(client, "wanted", sheet=wanted)
    assert f"Lines or people: {len(play.small_lists()['RU', 'wanted'])}." in said
    world.carry()
    world.do("UA", cases.answer, CASE, actor=play.ACTOR)
    world.carry()
    client = mediator(world)
    columns, rows = form(client, "answer", "UA")
    for row in rows:
        row["answer"] = "not_held"
    rows[0] |= {"answer": "held", "held_ref": play.small_lists()["RU", "held"][0].ref}
    enter(client, "answer", sheet=file("answers.csv", write_lines(columns, rows)))
    world.carry()
    world.do("UA", cases.send_final_list, CASE, actor=play.ACTOR)
    world.carry()
    held = file("held.csv", play.list_files()["RU", "held"])
    enter(mediator(world), "final", sheet=held, throws=file("throws.csv", THROWS))
    world.carry()
    world.do("UA", cases.reveal_seed, CASE)
    world.carry()
    enter(mediator(world), "reveal", throws=file("throws.csv", THROWS))
    world.carry()


def to_accepted(world):
    world.do("AE", plans.propose_plan, CASE)
    world.carry()
    findings = world.look("AE", plans.findings_in, CASE)
    world.do("UA", plans.accept_plan, CASE, acknowledge=findings, actor=play.ACTOR)
    world.carry()
    client = mediator(world)
    _, rows = form(client, "accept")
    assert len(rows) == play.MOVE_COUNT
    ticks = {f"finding-{number}": "on" for number in range(len(findings))}
    unticked = client.post(f"{ENTER}/accept", {"received_at": RECEIVED, "scans": scans()})
    assert (unticked.status_code == 422) == bool(findings)
    said = enter(client, "accept", scans=scans(), **ticks)
    assert "It counts when a second officer has confirmed it." in said
    assert "the acceptance of the plan" in said
    assert world.state("AE").state == "proposed"


def confirm(world):
    client = mediator(world)
    owed = [each for each in overview(world.at("AE")).steps if each.kind == "case.second-mediator"]
    shown = steps.rows_of(world.at("AE"), owed, {"mediator"})
    assert [row.address for row in shown] == [f"/cases/{CASE}/room/second-mediator"]
    locked = lock_key(
        key("second"), party="AE", use="mediator", passphrase="long words", entropy=os.urandom
    )
    given = {"key": file("officer.key", locked), "passphrase": "long words"}
    answer = client.post(shown[0].address, given, follow=True)
    assert "Confirmed by the second officer: 1." in text_of(answer)


def test_a_mediator_enters_a_whole_exchange_of_a_side_on_paper_from_pages(world):
    to_seeded(world)
    assert world.state("UA").state == "seeded"
    to_accepted(world)
    confirm(world)
    world.carry()
    assert world.state("UA").state == "accepted"
    legs = play.planned(world)
    play.ask_before(world, legs)
    world.do("UA", handover.depart, CASE, "UA -> RU")
    world.carry()
    client = mediator(world)
    enter(client, "depart", leg="RU -> UA", scans=scans())
    _, rows = form(client, "check-in", "UA -> RU")
    assert all(row["name"] for row in rows)
    sheet = write_sheet((row["captive"], row["name"], row["state"]) for row in rows)
    filled = file("count.csv", sheet.replace(b"departed,", b"departed,yes"))
    said = enter(client, "check-in", leg="UA -> RU", sheet=filled)
    assert f"Lines or people: {play.MOVE_COUNT}." in said
    world.carry()
    world.do("UA", handover.check_in, CASE, "RU -> UA", present=legs["RU -> UA"])
    world.carry()
    play.stop(world)
    for leg in play.LEGS:
        play.ask_again(world, leg, legs[leg])
    world.carry()
    world.do("UA", handover.receive, CASE, "RU -> UA")
    world.do("UA", handover.confirm_release, CASE, "UA -> RU")
    world.carry()
    client = mediator(world)
    enter(client, "receive", leg="UA -> RU", scans=scans())
    page = enter(client, "released", leg="RU -> UA", scans=scans())
    assert page.count("received, unsigned") >= len(world.state("AE").papers)
    assert not [name for name in play.secrets() if name in page]
    totals = world.do("AE", handover.close_case, CASE)
    assert sum(totals.values()) == 2 * play.MOVE_COUNT


def test_the_steps_of_the_to_do_list_lead_to_the_page_that_enters_them(world):
    world.do("UA", cases.sign_terms, CASE)
    world.carry()
    client = mediator(world)
    owed = [each for each in overview(world.at("AE")).steps if each.kind == "case.paper"]
    rows = steps.rows_of(world.at("AE"), owed, {"mediator"})
    assert [row.address for row in rows] == [f"{ENTER}/sign"]
    page = text_of(client.get(SIDE))
    assert f'href="{ENTER}/sign"' in page
    assert "is owed" in page
    assert f'href="{SIDE}"' in text_of(client.get(f"/cases/{CASE}"))


@pytest.mark.parametrize(
    ("step", "given", "code", "said"),
    [
        ("sign", {}, 422, "Choose at least one file."),
        ("sign", {"received_at": "soon", "scans": 1}, 422, "such as 2025-02-05T08:00"),
        ("sign", {"received_at": "2125-02-05T08:00", "scans": 1}, 422, "found a later one"),
        ("reject", {"scans": 1}, 409, ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_entered(
    world, step, given, code, said
):
    client, before = mediator(world), world.size("AE")
    if "scans" in given:
        given = {**given, "scans": scans()}
    answer = client.post(f"{ENTER}/{step}", {"received_at": RECEIVED, **given})
    assert answer.status_code == code
    assert said in text_of(answer)
    assert world.size("AE") == before


def test_a_sheet_that_cannot_be_read_whole_is_refused_without_a_word_of_it(world):
    world.do("UA", cases.sign_terms, CASE)
    world.carry()
    enter(mediator(world), "sign", scans=scans())
    client, before = mediator(world), world.size("AE")
    bad = b"ref,family_name,birth_date\nRU-1,Secretname,31.02.1990\n"
    answer = client.post(f"{ENTER}/wanted", {"received_at": RECEIVED, "sheet": file("x.csv", bad)})
    assert answer.status_code == 422
    assert "whose every row can be read" in text_of(answer)
    assert "Secretname" not in text_of(answer)
    assert world.size("AE") == before


def test_nobody_enters_anything_for_a_side_with_a_node_or_at_another_node(world):
    client = mediator(world)
    for address in (f"/cases/{CASE}/paper/UA", f"/cases/{CASE}/paper/UA/enter/sign", SIDE + "X"):
        assert client.get(address).status_code == 404
    other = mediator(world, "UA", "negotiator")
    for address in (SIDE, f"{ENTER}/sign", f"{SIDE}/form/wanted"):
        assert other.get(address).status_code == 404


def test_a_form_that_nobody_can_fill_in_yet_is_not_there(world):
    client = mediator(world)
    assert client.get(f"{SIDE}/form/wanted").content[:2] == b"PK"
    for name, about in (
        ("answer", "UA"),
        ("accept", ""),
        ("check-in", "UA -> RU"),
        ("reply", "UA"),
    ):
        assert client.get(f"{SIDE}/form/{name}", {"about": about}).status_code == 404
    assert client.get(f"{SIDE}/form/wanted", {"as": "exe"}).status_code == 404


def test_every_step_of_a_side_on_paper_has_what_its_page_needs():
    assert set(paper_acts.END_OF) == {*("depart", "check-in", "turn-back", "receive", "released")}
    assert paper_acts.NEEDS["final"] == ("sheet", "throws")
