"""The pages on which people decide who is the same person."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.scenario import nodes as play
from tests.scenario import pairs
from tests.web.conftest import ACCOUNTS

from homeward.node import home, jobs
from homeward.node.actions import review
from homeward.node.models import AccessLog, Decision, Proposal, Weights
from homeward.node.web import reason_words
from homeward.node.web.pages import review as pages
from homeward.node.web.policy import POLICY

CASE = f"/review/case/{play.CASE}"


@pytest.fixture(scope="module", name="world")
def fixture_world(tmp_path_factory):
    """Stand where RU has asked, and UA owes the answer."""
    world = pairs.begin(tmp_path_factory.mktemp("web-review"))
    home.close_node()
    return world


@pytest.fixture(autouse=True)
def _compared(node):
    Decision.objects.all().delete()
    pairs.compare(node, now=timezone.now())


def text_of(answer):
    return answer.content.decode("utf-8")


def pair_of(node, refs):
    for row in Proposal.objects.all():
        reader = review.Reader(actor="test", purpose=review.PURPOSE, now=timezone.now())
        look = review.look_at(node, row.id, columns=None, reader=reader)
        if (look.left.ref, look.right.ref) == refs:
            return reverse("review-pair", args=[row.id])
    raise AssertionError(refs)


def say(client, address, word):
    seen = re.search(r'name="seen" value="(\w+)"', text_of(client.get(address)))[1]
    return client.post(address, {"word": word, "seen": seen}, follow=True)


def test_the_menu_and_the_first_page_lead_to_what_waits(browser, node):
    page = text_of(browser("reviewer").get("/"))
    assert 'href="/review"' in page
    assert "Decide who is the same person:" in page
    assert f'href="{CASE}"' in page
    assert 'href="/review"' not in text_of(browser("auditor").get("/"))


def test_a_queue_says_how_far_it_is_and_shows_its_pairs_most_doubtful_first(browser, node):
    client = browser("reviewer")
    waiting = Proposal.objects.filter(is_asked=True)
    page = text_of(client.get(CASE))
    assert f'<bdi dir="ltr">0</bdi> of <bdi dir="ltr">{waiting.count()}</bdi> decided' in page
    found = re.findall(r'class="person-name" href="/review/pair/(\w+)"', page)
    assert found == list(waiting.order_by("distance", "id").values_list("id", flat=True))
    say(client, pair_of(node, pairs.LIKELY), "different")
    page = text_of(client.get(CASE))
    assert f'<bdi dir="ltr">1</bdi> of <bdi dir="ltr">{waiting.count()}</bdi> decided' in page
    decided = text_of(client.get(f"{CASE}?show=decided"))
    assert "different people" in decided
    assert client.get(f"{CASE}?show=everything").status_code == 404
    assert client.get("/review/list/blocked").status_code == 404


def test_a_pair_stands_side_by_side_with_reasons_and_who_else(browser, node):
    page = text_of(browser("caseworker").get(pair_of(node, pairs.RIVAL)))
    for said in ("Белов", "Бєлов", "1988, day and month unknown", "Also possible", "Belov"):
        assert said in page
    assert "likely the same person" in page
    assert "Wanted by" in page
    assert re.search(r'<bdi dir="ltr">\+\d+\.\d</bdi>', page)
    assert "probability" not in page


def test_what_speaks_for_and_against_stands_before_the_table(browser, node):
    client = browser("caseworker")
    page = text_of(client.get(pair_of(node, pairs.RIVAL)))
    gist = page[page.index('class="plain gist"') : page.index("<table")]
    assert "</span> Family name · Given name · Date of birth</li>" in gist
    assert "Nothing speaks against it" in gist
    assert "Also possible" in gist
    assert "To begin with" in page
    assert "Both records say" in page


def test_names_are_shown_in_latin_letters_without_a_script(browser, node):
    client, address = browser("reviewer"), pair_of(node, pairs.LIKELY)
    assert "Kuznetsov" not in text_of(client.get(address))
    page = text_of(client.get(f"{address}?latin=1"))
    assert "Kuznetsov" in page
    assert "Кузнецов" in page, "what was written stays beside it"
    assert f'action="{address}?latin=1"' in page, "the reader's choice goes on"


def test_the_keys_stand_on_the_buttons_and_can_be_switched_off(browser, node):
    client, address = browser("reviewer"), pair_of(node, pairs.LIKELY)
    page = text_of(client.get(address))
    for key in ("KeyJ", "KeyF", "KeyU", "KeyN", "KeyL"):
        assert f'data-key="{key}"' in page
    assert 'data-key="KeyZ"' not in page, "nothing was said that could be taken back"
    say(client, address, "unsure")
    assert 'data-key="KeyZ"' in text_of(client.get(address))
    assert "/static/review.js" in page
    without = text_of(client.get(f"{address}?keys=0"))
    assert "/static/review.js" not in without
    assert "<kbd>" not in without


def test_a_decision_leads_to_the_next_pair_and_is_taken_back(browser, node):
    client, address = browser("reviewer"), pair_of(node, pairs.LIKELY)
    answer = say(client, address, "different")
    assert "Decided: different people." in text_of(answer)
    assert answer.request["PATH_INFO"].startswith("/review/pair/")
    assert answer.request["PATH_INFO"] != address
    answer = client.post(reverse("review-undo"), {"pair": ""}, follow=True)
    assert answer.request["PATH_INFO"] == address
    assert "Taken back." in text_of(answer)
    assert list(Decision.objects.order_by("number").values_list("word", "actor")) == [
        ("different", ACCOUNTS["reviewer"].name),
        ("undone", ACCOUNTS["reviewer"].name),
    ]
    assert client.post(reverse("review-undo")).status_code == 409


def test_a_second_reviewer_is_asked_for_and_sees_who_said_it(browser, node):
    address = pair_of(node, pairs.LIKELY)
    answer = say(browser("reviewer"), address, "same")
    assert "A second reviewer has to say so too." in text_of(answer)
    second = browser("caseworker")
    page = text_of(second.get(address))
    assert "waits for a second reviewer" in page
    assert '<bdi dir="ltr">reviewer</bdi>' in page
    assert "Decided: the same person." in text_of(say(second, address, "same"))


def test_a_record_that_changed_is_not_decided_on(browser, node):
    client, address = browser("reviewer"), pair_of(node, pairs.LIKELY)
    seen = re.search(r'name="seen" value="(\w+)"', text_of(client.get(address)))[1]
    changed = [("H4", "Кузнецов Іван", "1995-01-03")]
    pairs.change_held(node, changed, now=timezone.now())
    page = text_of(client.get(address))
    assert "was changed after the lists were compared" in page
    assert 'value="same"' not in page
    assert client.post(address, {"word": "same", "seen": seen}).status_code == 409
    assert "Your list was changed since." in text_of(client.get(CASE))
    pairs.change_held(node, pairs.HELD, now=timezone.now())


def test_comparing_is_a_job_that_leads_back_to_the_queue(browser, node):
    client = browser("reviewer")
    Proposal.objects.all().delete()
    answer = client.post(f"{CASE}/find")
    assert answer.status_code == 302
    jobs.run_waiting(node, now=timezone.now)
    job = client.get(answer["Location"])
    assert f'href="{CASE}"' in text_of(job)
    assert Proposal.objects.exists()
    assert client.get(f"{CASE}/find").status_code == 405


def test_the_list_of_those_we_hold_is_looked_through(browser, node):
    client = browser("caseworker")
    client.post("/review/list/held/find")
    jobs.run_waiting(node, now=timezone.now)
    assert "Compared" in text_of(client.get("/review/list/held"))


def test_who_has_said_all_they_can_is_told_that_others_are_awaited(browser, node):
    client = browser("reviewer")
    while following := re.search(
        r'class="button" href="(/review/pair/\w+)"', page := text_of(client.get(CASE))
    ):
        assert "waits for another account" not in page
        say(client, following[1], "same")
    assert "What is left waits for another account." in page


def test_nothing_is_merged_when_one_stands_twice(browser, node):
    twice = [*pairs.HELD, ("H9", "Орлов Николай Петрович", "1990-05-12")]
    pairs.change_held(node, twice, now=timezone.now())
    client = browser("caseworker")
    client.post("/review/list/held/find")
    jobs.run_waiting(node, now=timezone.now)
    address = pair_of(node, ("H1", "H9"))
    assert "Nothing is merged: both rows stay on your list." in text_of(
        say(client, address, "same")
    )


def test_the_weights_are_learned_and_given_back(browser, node):
    client = browser("reviewer")
    say(client, pair_of(node, pairs.LIKELY), "different")
    client.post(reverse("review-weights"), {"do": "learn"})
    jobs.run_waiting(node, now=timezone.now)
    assert "The weights were learned from your decisions." in text_of(client.get("/review"))
    client.post(reverse("review-weights"), {"do": "back"})
    assert "The weights are those of the package." in text_of(client.get("/review"))
    assert Weights.objects.count() == 2, "what was learned stays written"


def test_a_look_stands_in_the_access_log_without_a_name(browser, node):
    address = pair_of(node, pairs.LIKELY)
    AccessLog.objects.all().delete()
    browser("reviewer").get(address)
    rows = list(AccessLog.objects.values_list("actor", "subject", "purpose"))
    assert (ACCOUNTS["reviewer"].name, "held:H4", "review") in rows
    page = text_of(browser("auditor").get("/reads"))
    assert "deciding who is the same person" in page
    assert "Wanted list in the case" in page


def test_the_page_of_the_answer_says_how_many_wait(officer, node):
    page = text_of(officer("caseworker").get(f"/cases/{play.CASE}/do/answer"))
    assert "Pairs to be decided first" in page
    assert f'href="{CASE}"' in page


@pytest.mark.parametrize("role", ["negotiator", "mediator", "auditor", "administrator"])
def test_who_does_not_decide_finds_no_page(browser, node, role):
    client, address = browser(role), pair_of(node, pairs.LIKELY)
    for where in ("/review", CASE, address):
        assert client.get(where).status_code == 404
    assert client.post(address, {"word": "same"}).status_code == 404
    assert role not in POLICY["review"]


def test_every_reason_verdict_and_outcome_has_words():
    from homeward.matching.match import VERDICTS
    from homeward.matching.reasons import SENTENCES

    assert set(reason_words.SENTENCES) == set(SENTENCES)
    assert set(pages.VERDICTS) == set(VERDICTS)
    assert set(pages.OUTCOMES) == set(Proposal.OUTCOMES)
    assert set(pages.TABS) == set(review.SHOWN)
