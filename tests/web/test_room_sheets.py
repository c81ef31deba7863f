"""Sheets of lines that go out and come back, offers before a case, and captives told of."""

import csv
import io
import shutil

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.postgresql import copy_node
from tests.scenario import nodes as play

from homeward.node import book, home, jobs
from homeward.node.actions import cases, lines, offers
from homeward.node.actions.line_sheets import write_lines
from homeward.node.actions.overview import overview
from homeward.node.web import steps

FILM = b"a film that somebody published"
ASKED = {"party": "RU", "side": "asked"}
REPLYING = {"party": "RU", "side": "answered"}
SHEET, FILLED = "/cases/first/lines/sheet", "/cases/first/lines/filled"
NOTICES = "/cases/first/notices"


@pytest.fixture(scope="module", name="stages")
def fixture_stages(tmp_path_factory):
    """Play to the answers, then to remarks, and keep the nodes as they were."""
    folder = tmp_path_factory.mktemp("sheets")
    world, kept = play.begin(folder / "live"), {}
    world.do("AE", cases.open_case, play.terms())
    world.carry()
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.carry()
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()
    kept["answered"] = world.copy(folder / "answered")
    missed = lines.lines_of(
        world.at("RU"), play.CASE, "UA", asked_by_us=True, now=world.tick(), actor=play.ACTOR
    )
    said = {line.ref: lines.Remark(code="wrong_person") for line in missed[:3]}
    world.do("RU", lines.keep_lines, play.CASE, "UA", "remarks", said)
    world.do("RU", lines.send_kept, play.CASE, "UA", "remarks", actor=play.ACTOR)
    world.carry()
    kept["remarked"] = world.copy(folder / "remarked")
    home.close_node()
    yield kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(stages, tmp_path):
    """Give a function that serves a party's node at a stage, and one that signs somebody in."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    def at(stage, party="UA"):
        home.close_node()
        node = home.reopen_node(copy_node(stages[stage].nodes[party], tmp_path / party))
        serve_node(node)
        cache.clear()
        passwords = {each.name: each.password for each in make_demo_accounts(node)}

        def sign_in(name):
            client = Client(SERVER_NAME="localhost")
            client.force_login(User.objects.get(username=name))
            client.post("/account/confirm", {"password": passwords[name]})
            return client

        return node, sign_in

    yield at
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def rows_of(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def bring(client, query, rows, files=()):
    sheet = SimpleUploadedFile("sheet.csv", write_lines(list(rows[0]), rows))
    evidence = [SimpleUploadedFile(name, data) for name, data in files]
    address = f"{FILLED}?party={query['party']}&side={query['side']}"
    return client.post(address, {"sheet": sheet, "evidence": evidence}, follow=True)


def test_remarks_go_out_as_a_sheet_and_come_back_with_their_evidence(at):
    node, sign_in = at("answered")
    client = sign_in("caseworker")
    page = text_of(client.get("/cases/first/lines", ASKED))
    assert "Download the lines as a sheet" in page
    rows = rows_of(client.get(SHEET, ASKED))
    assert len(rows) == book.case_of(book.read_ahead(node), "first").wanted["UA", "RU"].count
    assert all(row["name"] and row["answer"] and not row["remark"] for row in rows)
    missed = [row for row in rows if row["answer"] != "held"][:2]
    missed[0] |= {"remark": "video_published", "evidence": "film 1.mp4"}
    missed[1] |= {"remark": "wrong_person"}
    said = text_of(bring(client, ASKED, rows, [("film 1.mp4", FILM)]))
    assert "Lines kept: 2." in said
    kept = lines.kept_lines(node, "first", "RU", "remarks")
    assert {ref: each.code for ref, each in kept.items()} == {
        missed[0]["ref"]: "video_published",
        missed[1]["ref"]: "wrong_person",
    }
    counts = lines.send_kept(node, "first", "RU", "remarks", now=timezone.now(), actor="caseworker")
    assert counts == {"video_published": 1, "wrong_person": 1}


@pytest.mark.parametrize(
    ("cells", "files", "said"),
    [
        ({"remark": "video_published"}, [], "1 remarks that name none"),
        ({"remark": "wrong_person", "evidence": "x.pdf"}, [], "found 1 named in the sheet"),
        ({"remark": "nonsense", "evidence": "x.pdf"}, [("x.pdf", b"x")], "Use one of the codes."),
        ({"remark": "wrong_person", "ref": "X-nobody"}, [], "found 1 others"),
    ],
)
def test_a_sheet_that_is_wrong_keeps_nothing_and_names_nobody(at, cells, files, said):
    node, sign_in = at("answered")
    client = sign_in("caseworker")
    rows = rows_of(client.get(SHEET, ASKED))
    rows[0] |= {"remark": "wrong_person"}
    rows[1] |= cells
    answer = bring(client, ASKED, rows, files)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert rows[1]["name"] not in text_of(answer)
    assert lines.kept_lines(node, "first", "RU", "remarks") == {}


def test_replies_come_back_as_a_sheet_of_the_lines_that_were_remarked_on(at):
    node, sign_in = at("remarked")
    client = sign_in("caseworker")
    rows = rows_of(client.get(SHEET, REPLYING))
    assert [row["remark"] for row in rows] == ["wrong_person"] * 3
    for row in rows[:2]:
        row["reply"] = "upheld"
    assert "Lines kept: 2." in text_of(bring(client, REPLYING, rows))
    assert len(lines.kept_lines(node, "first", "RU", "replies")) == 2


def test_there_is_no_sheet_where_nothing_can_be_said_or_for_whoever_sees_no_names(at):
    _, sign_in = at("answered")
    assert sign_in("caseworker").get(SHEET, REPLYING).status_code == 404
    for address in (SHEET, FILLED):
        assert sign_in("negotiator").get(address, ASKED).status_code == 404
        assert sign_in("reviewer").get(address, ASKED).status_code == 404


# -- offers before a case --


def test_terms_are_offered_before_there_is_a_case_and_name_the_talks(at):
    node, sign_in = at("answered")
    client = sign_in("negotiator")
    assert 'href="/offers/first"' in text_of(client.get("/cases"))
    given = {"to": "RU", "days": 7, "note": "a word", "text": play.terms("early-talks", 3)}
    answer = client.post("/offers/first", given, follow=True)
    assert answer.redirect_chain[-1][0] == "/cases/early-talks/room#offers"
    assert "before there is a case" in text_of(answer)
    made = offers.offers_of(node, "early-talks", now=timezone.now()).offers
    assert [(each.message.to, each.message.note) for each in made] == [("RU", "a word")]
    assert 'href="/cases/early-talks/room#offers"' in text_of(client.get("/cases"))
    wrong = client.post("/offers/first", {**given, "text": "[agreement"})
    assert wrong.status_code == 422
    assert sign_in("caseworker").get("/offers/first").status_code == 404


# -- captives told of --


def begun(node, answer):
    """Do the job that a page asked for."""
    jobs.run_waiting(node, now=timezone.now)
    return answer


def test_captives_are_told_of_from_a_page_and_read_at_the_other_end(at, stages):
    node, sign_in = at("answered")
    client = sign_in("caseworker")
    owed = [each for each in overview(node, now=timezone.now()).steps if each.kind == "case.notify"]
    assert [row.address for row in steps.rows_of(node, owed, {"caseworker"})] == [NOTICES]
    late = owed[0].count
    page = text_of(client.get(NOTICES))
    assert f'<bdi dir="ltr">{late}</bdi>' in page
    tell = f"{NOTICES}/tell?to=RU"
    assert "Third Geneva Convention" in page
    assert 'href="/cases/first/notices/tell?to=RU"' in page
    assert "Nothing of health" in text_of(client.get(tell))
    begun(node, client.post(tell))
    told = book.case_of(book.read_ahead(node), "first").notified["UA", "RU"]
    assert told[0].count == len(play.small_lists()["UA", "held"])
    page = text_of(client.get(NOTICES))
    assert "Download with names" not in page, "the reader alone downloads it"
    assert client.get(f"{NOTICES}/people?by=RU").status_code == 404
    assert not [row for row in overview(node, now=timezone.now()).cases if row.overdue]
    # Once more: nobody is left, and the failed job says so.
    begun(node, client.post(tell))
    failed = jobs.Job.objects.filter(act="case.notify", state="failed").get()
    assert "was not told" in text_of(client.get(f"/jobs/{failed.id}"))


def test_whoever_was_told_downloads_the_people_with_their_names(stages, tmp_path, at):
    world = stages["answered"].copy(tmp_path / "told")
    from homeward.node.actions import notify

    world.do("RU", notify.notify, play.CASE, "UA", actor=play.ACTOR)
    world.carry()
    node = world.at("UA")
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    serve_node(node)
    cache.clear()
    make_demo_accounts(node)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="caseworker"))
    assert "Download with names" in text_of(client.get(NOTICES))
    rows = rows_of(client.get(f"{NOTICES}/people?by=RU"))
    assert len(rows) == len(play.small_lists()["RU", "held"])
    assert not {"health", "held_at"} & set(rows[0])
    client.force_login(User.objects.get(username="negotiator"))
    assert "Download with names" not in text_of(client.get(NOTICES))
    assert client.get(f"{NOTICES}/people?by=RU").status_code == 404


def test_nobody_is_told_who_has_no_part_in_the_case(at):
    _, sign_in = at("answered")
    client = sign_in("caseworker")
    for to in ("AE", "UA", "XX", ""):
        assert client.get(f"{NOTICES}/tell?to={to}").status_code == 404
    assert sign_in("negotiator").get(f"{NOTICES}/tell?to=RU").status_code == 404
    _, sign_in = at("answered", "AE")
    assert "Whom you tell" not in text_of(sign_in("mediator").get(NOTICES))
