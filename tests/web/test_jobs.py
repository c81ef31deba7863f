"""Work that goes on by itself: asked for, shown, stopped, begun again, and what came of it."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from homeward.foundation.errors import InputError, RuleError
from homeward.node import jobs
from homeward.node.models import Job
from homeward.node.web.pages import jobs as pages

NOW = dt.datetime(2025, 2, 6, 8, 0, tzinfo=dt.UTC)
SECRET = "a name that nobody may read"


def works(node, *, import_id, now, actor, report):
    report("reading", 1, 2)
    return {"import_id": import_id, "count": 2, "actor": actor}


def refuses(node, *, import_id, now, actor, report):
    raise RuleError("some.rule", "Expected X, found Y.", hint="Do Z.", facts={"count": 3})


def breaks(node, *, import_id, now, actor, report):
    raise ValueError(SECRET)


def is_stopped(node, *, import_id, now, actor, report):
    """Somebody says stop while it runs, and it writes all or nothing."""
    with node.transaction():
        Job.objects.update(phase="not to be seen")
        jobs.stop(node, Job.objects.get(state="running").id)
        report("writing", 1, 2)  # within a transaction nothing is written, nothing is heard
    report("writing", 2, 2)
    pytest.fail("it was told to stop")


@pytest.fixture(name="acting", autouse=True)
def fixture_acting(node, monkeypatch):
    """Let `list.check` do what a test wants."""
    Job.objects.all().delete()

    def acting(function):
        path = f"{__name__}:{function.__name__}"
        monkeypatch.setitem(jobs.ACTS, "list.check", path)

    acting(works)
    return acting


def asked(node, number=1, actor="caseworker"):
    return jobs.ask(
        node, "list.check", {"import_id": number}, actor=actor, now=NOW, id=f"{actor}{number}"
    )


def run(node, **options):
    return jobs.run_waiting(node, now=lambda: NOW, **options)


def test_jobs_run_in_the_order_of_asking_and_keep_what_came_of_them(node):
    first, second = asked(node, 1), asked(node, 2)
    assert run(node) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.state, second.state] == ["done", "done"]
    assert json.loads(second.result) == {"import_id": 2, "count": 2, "actor": "caseworker"}
    assert (first.phase, first.done_count, first.total_count) == ("reading", 1, 2)
    assert run(node) == 0


def test_the_same_work_asked_for_twice_is_one_job_until_it_has_ended(node):
    assert asked(node).id == asked(node).id
    run(node)
    assert (
        jobs.ask(node, "list.check", {"import_id": 1}, actor="caseworker", now=NOW, id="again").id
        == "again"
    )


def test_what_is_no_act_cannot_be_asked_for(node):
    with pytest.raises(InputError, match=r"list\.check"):
        jobs.ask(node, "os.system", {}, actor="a", now=NOW, id="x")


def test_a_failure_keeps_what_to_do_and_a_bug_keeps_nothing(node, acting, caplog):
    acting(refuses)
    asked(node, 1)
    run(node)
    acting(breaks)
    asked(node, 2)
    run(node)
    refused, broken = Job.objects.order_by("id")
    assert (refused.state, broken.state) == ("failed", "failed")
    assert json.loads(refused.error) == {
        "kind": "RuleError",
        "code": "some.rule",
        "message": "Expected X, found Y.",
        "hint": "Do Z.",
        "facts": {"count": 3},
    }
    assert json.loads(broken.error) == {"kind": "bug"}
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_a_stopped_job_stops_at_its_next_step_and_leaves_nothing(node, acting):
    acting(is_stopped)
    job = asked(node)
    run(node)
    job.refresh_from_db()
    assert job.state == "stopped"
    assert job.done_count == 2, "it stopped after its transaction, not within"


def test_a_waiting_job_stops_at_once_and_one_that_has_ended_stays(node):
    waiting, done = asked(node, 1), asked(node, 2)
    jobs.stop(node, waiting.id)
    run(node)
    jobs.stop(node, done.id)
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, done.state) == ("stopped", "done")


def test_what_ran_when_its_process_died_begins_again_but_not_for_ever(node):
    job = asked(node)
    for begun, state in ((1, "waiting"), (2, "failed")):
        Job.objects.update(state="running", begun_count=begun)
        jobs.resume(node)
        job.refresh_from_db()
        assert job.state == state
    assert json.loads(job.error)["code"] == "jobs.died"


def test_a_server_that_ends_leaves_its_job_to_begin_again(node):
    job = asked(node)
    ending = iter([False, True, True, True])
    assert run(node, is_ending=lambda: next(ending)) == 0
    job.refresh_from_db()
    assert job.state == "running"
    assert jobs.resume(node) == 1
    assert run(node) == 1


def test_every_act_has_its_words_and_a_page_where_it_leads():
    assert set(pages.AFTER) == set(pages.TITLES) == set(pages.DONE) == set(jobs.ACTS)
    assert set(pages.STATES) == set(Job.STATES)
    for name, takes in pages.AFTER.values():
        assert reverse(name, kwargs={each: 1 if each.endswith("_id") else "x" for each in takes})


def test_every_act_is_a_function_that_takes_what_a_job_gives_it():
    import importlib
    import inspect

    for path in jobs.ACTS.values():
        module, name = path.split(":")
        takes = inspect.signature(getattr(importlib.import_module(module), name)).parameters
        assert {"now", "actor", "report"} <= set(takes), path


def text_of(answer):
    return answer.content.decode("utf-8")


def test_who_asks_waits_a_moment_and_goes_where_the_work_leads(browser, node, monkeypatch):
    from django.contrib.auth.models import User
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.test import RequestFactory

    request = RequestFactory().post("/")
    request.user, request.session = User.objects.get(username="caseworker"), {}
    request._messages = FallbackStorage(request)
    slow = pages.begin(request, "list.check", {"import_id": 5})
    job = Job.objects.get()
    assert slow["Location"] == reverse("job", args=[job.id])

    monkeypatch.setattr(pages.time, "sleep", lambda _: run(node))
    quick = pages.begin(request, "list.check", {"import_id": 6})
    assert quick["Location"] == reverse("import", args=[6])
    assert [str(each) for each in request._messages] == [str(pages.DONE["list.check"])]


def test_the_page_of_a_job_tells_how_far_it_is_with_a_script_and_without(browser, node):
    job = asked(node)
    began = pages.timezone.now() - dt.timedelta(seconds=10)
    Job.objects.update(
        state="running", phase="comparing", done_count=2_500, total_count=10_000, started_at=began
    )
    client = browser("caseworker")
    text = text_of(client.get(f"/jobs/{job.id}"))
    assert "2,500 / 10,000" in text
    assert "Comparing with the list" in text
    assert 'http-equiv="refresh"' in text
    assert f'hx-get="/jobs/{job.id}/progress"' in text
    assert "You may leave this page." in text
    part = client.get(f"/jobs/{job.id}/progress")
    assert "<html" not in text_of(part)
    assert "HX-Refresh" not in part.headers
    assert 25 < pages._seconds_left(Job.objects.get(), pages.timezone.now()) < 35
    assert client.post(f"/jobs/{job.id}/stop", follow=True).status_code == 200
    assert Job.objects.get().asked_to_stop
    run(node)
    Job.objects.update(state="done")
    assert client.get(f"/jobs/{job.id}/progress")["HX-Refresh"] == "true"
    assert 'href="/imports/1"' in text_of(client.get(f"/jobs/{job.id}"))


def test_a_failed_job_says_what_was_found_and_what_to_do(browser, node, acting):
    acting(refuses)
    job = asked(node)
    run(node)
    text = text_of(browser("caseworker").get(f"/jobs/{job.id}"))
    assert "Expected X, found Y." in text
    assert "Do Z." in text
    assert "some.rule" in text


def test_work_is_seen_by_whoever_asked_and_by_the_administrator(browser, node):
    job = asked(node)
    assert browser("auditor").get(f"/jobs/{job.id}").status_code == 404
    assert browser("auditor").get("/jobs/none").status_code == 404
    assert job.id not in text_of(browser("auditor").get("/jobs"))
    for role in ("caseworker", "administrator"):
        assert browser(role).get(f"/jobs/{job.id}").status_code == 200
        assert job.id in text_of(browser(role).get("/jobs"))
    assert browser("caseworker").get(f"/jobs/{job.id}/stop").status_code == 405
    assert "Check a list" in text_of(browser("caseworker").get("/"))


def test_a_session_is_saved_once_a_minute_and_lives_on(browser, node, monkeypatch):
    from django.contrib.sessions.models import Session

    from homeward.node.web import middleware

    now = [1_000.0]
    monkeypatch.setattr(middleware.time, "monotonic", lambda: now[0])
    client = browser("caseworker")
    client.get("/jobs")
    key = client.cookies["homeward_UA_session"].value
    row = Session.objects.get(session_key=key)
    for passed, is_saved in ((30, False), (31, True), (10, False)):
        now[0] += passed
        before = row.expire_date
        client.get("/jobs")
        row.refresh_from_db()
        assert (row.expire_date > before) is is_saved
    now[0] += 90
    before = row.expire_date
    client.get("/jobs", headers={"HX-Request": "true"})
    row.refresh_from_db()
    assert row.expire_date == before, "a page that asks by itself keeps nobody signed in"


@pytest.mark.parametrize(
    ("address", "is_compressed"),
    [
        ("/jobs", True),
        ("/static/homeward.css", True),
        ("/static/vendor/plex/IBMPlexSans-Regular-Latin1.woff2", False),
    ],
)
def test_text_is_compressed_and_fonts_are_not(browser, address, is_compressed):
    answer = browser("caseworker").get(address, headers={"Accept-Encoding": "gzip"})
    answer.close()
    assert (answer.get("Content-Encoding") == "gzip") is is_compressed


def test_the_guided_path_stands_where_a_demo_left_addresses(node, browser):
    from homeward.node.actions.overview import overview
    from homeward.node.web import guide

    view = overview(node)
    assert guide.of(node, view) is None
    file = node.home / guide.ADDRESSES_FILE
    homes = [
        {"party": "UA", "role": "bureau", "address": "http://ua.localhost:1/"},
        {"party": "AE", "role": "mediator", "address": "http://ae.localhost:2/"},
        {"party": "RU", "role": "bureau", "address": "javascript:alert(1)"},
    ]
    file.write_text(json.dumps(homes))
    try:
        path = guide.of(node, view)
        assert [step.status for step in path.steps] == ["done"] * 5 + ["now"]
        assert [party for party, _ in path.steps[5].places] == ["UA"], "whose turn it is"
        text = text_of(browser("caseworker").get("/"))
        assert "Bring the next exchange home" in text
        assert "javascript" not in text
        assert "by itself" not in text, "no folder is shared here"
        file.write_text("no list")
        assert guide.of(node, view) is None
    finally:
        file.unlink()


def test_where_nodes_share_a_folder_nobody_is_asked_to_carry(node):
    from homeward.node import courier
    from homeward.node.actions.list_todo import Step
    from homeward.node.web.policy import ROLES
    from homeward.node.web.steps import rows_of

    kinds = ("carry.out", "wait", "handover.sheet")
    steps = [Step(kind=kind, command="x", why="x", case="c", party="AE") for kind in kinds]
    alone = rows_of(node, steps, ROLES)
    assert [(row.kind, row.by_itself) for row in alone] == [("carry.out", False), ("wait", False)]
    courier.note(node, now=NOW)
    try:
        (row,) = rows_of(node, steps, ROLES)
    finally:
        courier.note(node, now=None)
    assert (row.kind, row.by_itself, row.address) == ("wait", True, "/")
    assert "arrives here by itself" in row.sentence


def test_work_that_signed_something_says_how_it_reaches_the_others(browser, node):
    from homeward.node import courier

    job, client = asked(node), browser("administrator")
    Job.objects.update(act="case.answer", arguments='{"case": "first"}', state="done")
    assert "It goes with the next bundle." in text_of(client.get(f"/jobs/{job.id}"))
    courier.note(node, now=NOW)
    try:
        text = text_of(client.get(f"/jobs/{job.id}"))
    finally:
        courier.note(node, now=None)
    assert "Every line is answered. It is on its way." in text
    Job.objects.update(act="list.take", arguments='{"import_id": 5}')
    assert "bundle" not in text_of(client.get(f"/jobs/{job.id}")).split("<main")[1]


def test_a_first_page_that_waits_is_given_anew_once_the_ledger_has_grown(browser, node):
    from homeward.node import book

    client, asked = browser("caseworker"), {"HX-Request": "true"}
    size = book.read_book(node).chain.tree.size
    assert client.get(f"/arrived?size={size}", headers=asked).status_code == 204
    answer = client.get(f"/arrived?size={size - 1}", headers=asked)
    assert (answer.status_code, "What comes next" in text_of(answer)) == (200, True)
    assert client.get(f"/arrived?size={size}")["Location"] == "/", "a person sees the first page"


def test_every_state_of_a_case_has_its_place_on_the_path():
    from homeward.negotiation.state import TRANSITIONS
    from homeward.node.web import guide

    assert set(guide._REACHED) == set(TRANSITIONS.values()) - {"aborted"}


def test_a_refused_bundle_of_the_shared_folder_is_seen_by_whoever_carries(browser, node):
    from homeward.node import courier

    error = RuleError("bundles.form", "Expected X, found Y.", hint="Do Z.")
    jobs.keep_failure(
        "bundle.import", {"file": "x"}, error, actor=courier.ACTOR, now=pages.timezone.now(), id="r"
    )
    assert "/jobs/r" in text_of(browser("caseworker").get("/"))
    assert browser("caseworker").get("/jobs/r").status_code == 200
    assert browser("auditor").get("/jobs/r").status_code == 404
