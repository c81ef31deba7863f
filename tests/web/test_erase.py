"""Erasing the people of a case from the pages, while they are served."""

import shutil

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from tests.scenario import nodes as play

from homeward.node import home, jobs
from homeward.node.actions import cases, erasure
from homeward.node.models import CaseSecret, Person

WHERE = f"/erase/{play.CASE}"


@pytest.fixture(scope="module", name="closed")
def fixture_closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("erase")
    world = play.begin(folder / "live")
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    play.hand_over(world)
    world.do("AE", cases.open_case, play.terms("second"))
    world.carry()
    home.close_node()
    yield world
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(name="at")
def fixture_at(closed, tmp_path):
    """Serve a copy of the node of UA; give it, and a function that signs somebody in."""
    from homeward.node.web.accounts import add_account
    from homeward.node.web.current import serve_node

    world = closed.copy(tmp_path / "copy")
    node = world.at("UA")
    serve_node(node)
    cache.clear()
    words = "one that nobody tries"

    def sign_in(role):
        name = f"{role}-1"
        if not User.objects.filter(username=name).exists():
            add_account(node, name=name, roles=[role], password=words)
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(username=name))
        client.post("/account/confirm", {"password": words})
        return client

    yield node, sign_in
    home.close_node()


def text_of(answer):
    return answer.content.decode("utf-8").replace("\u00a0", " ")


def test_an_administrator_is_told_what_goes_and_stays_and_then_erases_it(at):
    node, sign_in = at
    client, people = sign_in("administrator"), Person.objects.count()
    assert 'href="/erase"' in text_of(client.get("/reads"))
    assert f'href="{WHERE}"' in text_of(client.get("/erase"))
    page = text_of(client.get(WHERE))
    look = erasure.erasure_of(node, play.CASE, now=timezone.now(), actor="x")
    assert look.held_count == play.MOVE_COUNT
    for said in ("This cannot be undone.", "Backups made before", "The ledger, receipts and"):
        assert said in page
    assert f"<dd>{look.list_count}</dd>" in page
    for typed in ("", "another"):
        assert client.post(WHERE, {"typed": typed}).status_code == 422
    assert not jobs.Job.objects.filter(act="case.erase").exists()
    client.post(WHERE, {"typed": play.CASE})
    assert Person.objects.count() == people, "a job does it"
    jobs.run_waiting(node, now=timezone.now)
    job = jobs.Job.objects.get(act="case.erase")
    assert (job.state, job.error) == ("done", "")
    assert Person.objects.count() == people - look.held_count - look.wanted_count
    assert not CaseSecret.objects.filter(case=play.CASE).exists()
    assert "Nothing is left to be erased." in text_of(client.get("/erase"))
    assert "erased the people of a case" in text_of(client.get("/reads"))


def test_the_pages_go_on_afterwards_and_show_whoever_is_left(at):
    node, sign_in = at
    before = sign_in("caseworker")
    assert before.get("/people/held").status_code == 200
    sign_in("administrator").post(WHERE, {"typed": play.CASE})
    jobs.run_waiting(node, now=timezone.now)
    answer = before.get("/people/held")
    assert answer.status_code == 200
    left = Person.objects.filter(kind="held").first()
    assert before.get("/people/held/person", {"ref": left.ref}).status_code == 200
    assert before.get(f"/cases/{play.CASE}").status_code == 200


def test_nobody_else_erases_and_no_case_that_goes_on(at):
    _, sign_in = at
    for role in ("caseworker", "negotiator", "auditor", "reviewer"):
        for address in ("/erase", WHERE):
            assert sign_in(role).get(address).status_code == 404
    assert sign_in("administrator").get("/erase/nothing").status_code == 404
    going_on = sign_in("administrator").get("/erase/second")
    assert going_on.status_code == 409
    assert "closed or aborted" in text_of(going_on)
