"""The joint communiqué on pages: lines are chosen and signed; nothing stands in public before its time."""

from django.test import Client
from tests.scenario import nodes as play

from homeward.node import book, home
from homeward.node.actions import communique
from homeward.node.models import Draft
from homeward.node.web.current import serve_node

CASE = "first"
LINES = ("leg.RU-UA", "leg.UA-RU", "medical_checks.RU", "mediator.AE")


def seen(answer):
    return answer.content.decode()


def test_the_page_says_who_agrees_to_which_line(browser):
    page = seen(browser("negotiator").get(f"/cases/{CASE}/communique"))
    assert page.count("has not spoken</span>") == len(LINES) * len(("UA", "RU"))
    assert "not public</span>" in page
    assert f'href="/cases/{CASE}/communique/agree"' in page


def test_a_mediator_looks_on_and_chooses_nothing(browser):
    page = seen(browser("mediator").get(f"/cases/{CASE}/communique"))
    assert "Joint communiqué" in page
    assert f'href="/cases/{CASE}/communique/agree"' not in page
    assert browser("mediator").get(f"/cases/{CASE}/communique/agree").status_code == 404


def test_lines_are_signed_after_the_password(officer, browser, node):
    asked = browser("negotiator").get(f"/cases/{CASE}/communique/agree")
    assert "/account/confirm" in asked["Location"]
    client = officer("negotiator")
    given = {"lines": ["leg.RU-UA", "mediator.AE"], "embargo": "2031-02-05T18:00"}
    refused = client.post(f"/cases/{CASE}/communique/agree", {**given, "lines": ["leg.XA-XB"]})
    assert refused.status_code == 422
    drafts = Draft.objects.count()
    answer = client.post(f"/cases/{CASE}/communique/agree", given)
    assert answer["Location"] == f"/cases/{CASE}/communique"
    assert Draft.objects.count() == drafts + 1
    said = book.case_of(book.read_ahead(node), CASE).lines_agreed["UA"]
    assert said.lines == ("leg.RU-UA", "mediator.AE")
    assert said.embargo_until == "2031-02-05T18:00:00Z"
    page = seen(client.get(f"/cases/{CASE}/communique"))
    assert page.count("agrees</span>") == 2
    assert "leaves it out</span>" in page


def test_the_public_record_has_the_agreed_lines_once_the_case_is_closed(tmp_path):
    world = play.begin(tmp_path)
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    world.both(communique.agree, CASE, [LINES[0], LINES[3]], world.now)
    world.carry()
    address, said = f"/public/{CASE}", "Mediated by: United Arab Emirates."
    serve_node(world.at("UA"))
    assert "Joint communiqué" not in seen(Client(SERVER_NAME="localhost").get(address))
    play.hand_over(world)
    serve_node(world.at("UA"))
    page = seen(Client(SERVER_NAME="localhost").get(address))
    text = page.partition("Joint communiqué")[2].partition("</div>")[0]
    assert "SIMULATION" in text
    assert said in text
    assert "Belarus" not in text, "a line that nobody agreed to"
    home.close_node()
