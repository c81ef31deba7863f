"""The page on which a text of the agreement is written, tried, kept and compared."""

import re
import shutil

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from tests.postgresql import copy_node
from tests.scenario import nodes as play
from tests.web.test_pages import POLICY_HEADER

from homeward.node import home
from homeward.node.actions import trying, wordings
from homeward.node.models import AccessLog, Draft
from homeward.node.settings import LANGUAGES
from homeward.node.web import trial_words

PAGE = "/cases/first/agreement"
TEXT = play.terms()


@pytest.fixture(scope="module", name="stages")
def fixture_stages(tmp_path_factory):
    """Play a case up to its proposed plan, and keep the nodes as they were at each stage."""
    folder = tmp_path_factory.mktemp("agreement")
    world = play.begin(folder / "live")
    kept = {}

    def saved(stage):
        kept[stage] = world.copy(folder / stage)

    play.play_to_final_lists(world, saved=saved)
    world.do("AE", play.plans.propose_plan, play.CASE, lists=play.blocked(world))
    world.carry()
    saved("proposed")
    home.close_node()
    yield kept
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(stages, tmp_path):
    """Give a function that serves a party's node at a stage, and one that signs somebody in."""
    from homeward.node.web.accounts import make_demo_accounts
    from homeward.node.web.current import serve_node

    def at(stage, party="UA", name="negotiator"):
        home.close_node()
        node = home.reopen_node(copy_node(stages[stage].nodes[party], tmp_path / party))
        serve_node(node)
        cache.clear()
        make_demo_accounts(node)
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(username=name))
        return node, client

    yield at
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def said(answer):
    """Return a page without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(answer)))


def check(client, text, **more):
    return client.post(PAGE, {"text": text, "do": "check", **more})


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
@pytest.mark.parametrize("stage", ["opened", "wanted", "seeded", "proposed"])
def test_the_page_works_without_a_script_in_every_language_and_names_nobody(at, stage, language):
    _, client = at(stage)
    client.cookies["django_language"] = language
    for answer in (client.get(PAGE), check(client, TEXT), check(client, "nothing")):
        shown = text_of(answer)
        assert answer["Content-Security-Policy"] == POLICY_HEADER
        assert "style=" not in shown
        assert "<script>" not in shown
        assert not [secret for secret in play.secrets() if secret in shown]


def test_a_plan_is_tried_on_the_lists_here_and_told_by_leg(at):
    _, client = at("opened")
    shown = said(client.get(PAGE))
    assert "A plan keeps every clause" in shown
    assert "UA: your own list of those you hold. People: 20." in shown
    assert "RU: everybody you miss, as if it held all of them." in shown
    assert "The list blocked is not here. It counts as empty." in shown
    assert re.search(r"RU → UA\s*8\s*go home", shown)


def test_once_the_other_side_has_answered_only_those_it_holds_count(at):
    _, client = at("seeded")
    assert "RU: the people you miss whom it said it holds." in said(client.get(PAGE))


def test_a_mediator_tries_it_on_the_final_lists(at):
    _, client = at("proposed", "AE", "mediator")
    shown = said(client.get(PAGE))
    assert "RU: its final list. People: 20." in shown
    assert "The list blocked is not here" not in shown
    assert "It holds back: 1\u20134." in shown, (
        "the veto keeps two, and one officer is told a range"
    )


def test_a_mediator_without_lists_reads_the_sentences(at):
    _, client = at("opened", "AE", "mediator")
    shown = said(client.get(PAGE))
    assert "This node has no list yet" in shown
    assert "so many go home on each leg" in shown


def test_a_clause_says_how_many_it_leaves_out_and_of_how_many_the_list_does_not_tell(at):
    _, client = at("opened")
    narrow = TEXT.replace('kind = "give"', 'kind = "give"\nwhere = "wounded"')
    shown = said(check(client, narrow))
    assert "It leaves out:" in shown
    assert "The list does not tell it of:" in shown, "nobody knows the health of those missed"


def test_what_is_not_possible_says_which_clauses_and_with_which_number_it_would_be(at):
    _, client = at("opened")
    answer = check(client, play.terms(count=9000))
    assert answer.status_code == 200
    shown = said(answer)
    assert "No plan keeps every clause" in shown
    assert "This clause alone cannot be kept: number." in shown
    assert "With another number a plan exists: number: count = 9000 → 20." in shown


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
def test_what_cannot_be_read_is_told_by_line_clause_and_key_and_kept_as_typed(at, language):
    _, client = at("opened")
    client.cookies["django_language"] = language
    wrong = TEXT.replace("count = 8", "count = 'eight'")
    answer = check(client, wrong)
    assert answer.status_code == 422
    shown = text_of(answer)
    line = wrong[: wrong.index("count = 'eight'")].count("\n") + 1
    assert f"<strong>{line}</strong>" in shown
    assert "<strong>number</strong>" in shown
    assert "<strong>count</strong>" in shown
    assert '<pre dir="ltr">count = &#x27;eight&#x27;</pre>' in shown
    assert "a whole number from 0 to" in shown
    assert (
        "count = &#x27;eight&#x27;" in shown[shown.index("<textarea") : shown.index("</textarea")]
    )


def test_while_somebody_types_the_same_address_answers_the_same_and_a_wrong_text_is_no_failure(at):
    _, client = at("opened")
    live = client.post(PAGE, {"text": TEXT}, headers={"HX-Request": "true"})
    assert 'id="answer"' in text_of(live)
    assert "A plan keeps every clause" in text_of(live)
    wrong = client.post(PAGE, {"text": "x"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 200
    assert "This text cannot be read yet" in text_of(wrong)


def test_many_people_are_counted_when_the_button_is_pressed(at, monkeypatch):
    _, client = at("opened")
    monkeypatch.setattr(trying, "LIVE_PEOPLE", 10)
    live = said(client.post(PAGE, {"text": TEXT}, headers={"HX-Request": "true"}))
    assert "There are many people on the lists here." in live
    assert "A plan keeps every clause" not in live
    assert "A plan keeps every clause" in said(check(client, TEXT))


def test_a_text_is_kept_once_and_compared_clause_by_clause(at):
    node, client = at("opened")
    other = TEXT.replace("count = 8", "count = 5").replace("max_names = 5", "max_names = 6")
    other = other.replace('[[objective]]\nmax = "sum(days_held)"', "")
    done = client.post(PAGE, {"text": other, "do": "keep"}, follow=True)
    shown = said(done)
    assert "The text is kept on this node. Nobody else has it." in shown
    assert "changed number count: 8 → 5 " in shown
    assert "max_names: 5 → 6" in shown
    assert "dropped Aim 2" in shown
    client.post(PAGE, {"text": other, "do": "keep"})
    texts = wordings.wordings_of(node, "first")
    assert [each.text for each in texts] == [TEXT, other]
    assert wordings.spoken(texts[1].agreement.sha256) in shown
    back = said(check(client, TEXT, against=texts[1].key))
    assert "added Aim 2" in back
    assert "count: 5 → 8" in back
    assert not Draft.objects.filter(sequenced_at=None).exists(), "keeping signs nothing"


def test_a_text_that_cannot_be_read_is_not_kept(at):
    node, client = at("opened")
    answer = client.post(PAGE, {"text": "[agreement", "do": "keep"})
    assert answer.status_code == 422
    assert len(wordings.wordings_of(node, "first")) == 1


def test_layout_and_comments_are_no_difference(at):
    _, client = at("opened")
    assert "It is the same text." in said(check(client, TEXT))
    assert "Both texts say the same." in said(check(client, "# a comment\r\n" + TEXT))


def test_another_number_is_tried_on_the_same_page(at):
    _, client = at("proposed", "AE", "mediator")
    asked = {"text": TEXT, "do": "whatif", "number": "number count 0", "value": "6"}
    shown = said(client.post(PAGE, asked))
    assert "With number: count = 8 → 6 a plan exists, and it reaches something else." in shown
    none = said(client.post(PAGE, {**asked, "value": "21"}))
    assert "no plan exists. There is one now." in none
    assert "no plan" in none
    for wrong in ({"value": "-1"}, {"value": "x"}, {"number": "nothing"}, {"number": "a b c"}):
        answer = client.post(PAGE, asked | wrong)
        assert answer.status_code == 200
        assert "Choose a number of the agreement" in said(answer)
    gone = said(client.post(PAGE, {**asked, "number": "other count 0"}))
    assert "found another key" in gone


def test_fair_aims_are_tried_too(at):
    _, client = at("proposed", "AE", "mediator")
    fair = TEXT.replace('max = "sum(days_held)"', 'min = "longest(days_held)"')
    fair = fair.replace('max = "count(wounded)"', 'max = "least_share"')
    shown = said(check(client, fair))
    assert "400 \u2030" in shown, "8 of 20 go home on either side"
    assert "People who go home of those held for so many days, or up to a step more: 720." in shown
    asked = {"text": fair, "do": "whatif", "number": "number count 0", "value": "10"}
    assert "500 \u2030" in said(client.post(PAGE, asked))


def test_reading_the_lists_is_written_down(at):
    _, client = at("seeded")
    AccessLog.objects.all().delete()
    client.get(PAGE)
    found = AccessLog.objects.values_list("actor", "purpose").distinct()
    assert list(found) == [("negotiator", "agreement")]


@pytest.mark.parametrize("name", ["caseworker", "reviewer", "handover-officer", "auditor"])
def test_other_roles_do_not_see_it(at, name):
    _, client = at("opened", name=name)
    assert client.get(PAGE).status_code == 404


def test_the_mediator_takes_a_text_to_a_new_case(at):
    _, client = at("opened", "AE", "mediator")
    assert 'formaction="/cases/open"' in text_of(client.get(PAGE))
    answer = client.post("/cases/open", {"text": play.terms("other"), "against": "", "do": ""})
    assert answer["Location"] == "/cases/open?check=1"
    _, client = at("opened")
    assert 'formaction="/cases/open"' not in text_of(client.get(PAGE))


def test_every_source_has_its_words():
    assert set(trial_words.SOURCES) == {
        trying.FINAL, trying.OWN, trying.SAID, trying.MISSED,
    }  # fmt: skip
