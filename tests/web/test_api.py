"""The HTTP API: tokens, rows of the policy, problem documents, and whatever its description allows."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.conftest import ACCOUNTS

from homeward.node.models import ApiToken, Job
from homeward.node.web import tokens
from homeward.node.web.policy import POLICY, ROLES, columns_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# operation -> address, and the row of the policy that it asks
READS = {
    "node": ("/api/node", "home"),
    "list": ("/api/lists/held", "people"),
    "cases": ("/api/cases", "cases"),
    "case": ("/api/cases/{case}", "case"),
    "plan": ("/api/cases/{case}/plan", "plan"),
    "ledger": ("/api/ledger", "ledger"),
    "entries": ("/api/ledger/entries", "ledger"),
}


@pytest.fixture(name="program")
def fixture_program(browser, node):
    """Give a function that makes a program with a token of a role's account."""
    from django.utils import timezone

    def program(role):
        account = ACCOUNTS[role].name
        token = tokens.make_token(node, account=account, name="a test", now=timezone.now())
        client = browser()
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return program


@pytest.fixture(name="case")
def fixture_case(node):
    from homeward.node import book

    return next(iter(book.read_book(node).cases))


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return json.loads(answer.content)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", READS)
def test_an_operation_is_answered_as_its_page_is(program, case, role, operation):
    address, row = READS[operation]
    answer = program(role).get(address.format(case=case))
    if role in POLICY[row]:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404
        assert problem(answer)["code"] == "web.page"


def test_what_is_not_yours_and_what_does_not_exist_are_one_answer(program):
    mine = program("administrator").get("/api/lists/held")
    absent = program("caseworker").get("/api/imports/123456")
    assert mine.content == absent.content


@pytest.mark.parametrize("header", ["", "Bearer hw_unknown", "Basic b2ZmaWNlcjp4"])
def test_without_a_token_that_holds_nothing_is_said(browser, header):
    client = browser("caseworker")
    answer = client.get("/api/node", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert problem(answer)["code"] == "api.token"


def test_a_token_ends_when_it_is_taken_back_or_its_account_is_switched_off(program, browser):
    from django.contrib.auth.models import User

    client, name = program("auditor"), ACCOUNTS["auditor"].name
    assert client.get("/api/node").status_code == 200
    User.objects.filter(username=name).update(is_active=False)
    assert client.get("/api/node").status_code == 401
    User.objects.filter(username=name).update(is_active=True)
    number = ApiToken.objects.filter(account=name).latest("pk").pk
    browser("auditor").post(f"/account/tokens/{number}/revoke")
    assert client.get("/api/node").status_code == 401


def test_nobody_takes_back_the_token_of_another(program, browser):
    client = program("auditor")
    number = ApiToken.objects.latest("pk").pk
    assert browser("reviewer").post(f"/account/tokens/{number}/revoke").status_code == 404
    assert client.get("/api/node").status_code == 200


def test_a_token_is_kept_as_its_hash_alone(program):
    client = program("auditor")
    token = client.defaults["HTTP_AUTHORIZATION"].split()[1]
    assert token not in str(list(ApiToken.objects.values_list()))


@pytest.mark.parametrize("role", ["caseworker", "reviewer", "negotiator"])
def test_a_person_has_the_columns_of_the_role(program, role):
    client = program(role)
    found = client.get("/api/lists/held?page_size=200").json()
    assert found["total_count"] == len(found["people"]) > 5
    seen = {name for row in found["people"] for name in row}
    columns = columns_of([role])
    assert columns is None or seen <= columns
    one = client.get("/api/lists/held/person", {"ref": found["people"][0]["ref"]}).json()
    assert one == found["people"][0]
    assert ("family_name" in seen) == (role != "negotiator")
    assert ("health" in seen) == (role != "reviewer")


def test_a_filter_on_a_column_that_is_not_yours_is_refused(program):
    answer = program("reviewer").get("/api/lists/held?health=serious")
    assert answer.status_code in (404, 422)
    assert problem(answer)["code"]


def test_a_list_is_brought_in_checked_taken_and_undone(program, node):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from homeward.node import access, jobs
    from homeward.node.home import utc_text

    client = program("caseworker")
    before = access.count(node, "held")
    row = (
        "ref,family_name,given_name,power,simulation\nXQ-1,Вигаданенко,Тест,RU,yes\nXQ-2,,,??,yes\n"
    )
    file = SimpleUploadedFile("more.csv", row.encode())
    answer = client.post("/api/lists/held/imports", {"file": file})
    assert answer.status_code == 202, answer.content
    made = answer.json()
    for path, state, count in (("", "checked", 0), ("/take", "done", 1), ("/undo", "undone", 0)):
        if path:
            made = client.post(f"/api/imports/{made['import_id']}{path}").json()
        jobs.run_waiting(node, now=timezone.now)
        job = client.get(f"/api/jobs/{made['job']}").json()
        assert job["state"] == "done", (path, job, utc_text(timezone.now()))
        now = client.get(f"/api/imports/{made['import_id']}").json()
        assert (now["state"], now["added_count"], now["problem_count"]) == (state, 1, 1)
        assert access.count(node, "held") == before + count
    other = program("auditor").get(f"/api/jobs/{made['job']}")
    assert other.status_code == 404
    assert Job.objects.filter(pk=made["job"]).exists()


def test_entries_come_as_the_bytes_that_stand_in_the_ledger(program, node):
    import base64

    from homeward.node import book

    client = program("auditor")
    entries = client.get("/api/ledger/entries?start=2&count=3").json()
    log = book.entries_of(book.log_of(node).name)
    assert [base64.b64decode(entry["entry"]) for entry in entries] == log[2:5]
    assert [entry["number"] for entry in entries] == [2, 3, 4]


def test_a_request_that_is_not_as_described_is_told_where_and_not_what(program):
    answer = program("caseworker").get("/api/lists/held?page=Kravchenko")
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (422, "api.request")
    assert "Kravchenko" not in answer.content.decode()
    assert any("page" in place for place in found["facts"]["places"])


def test_the_description_is_openapi_3_1_and_names_problem_documents(browser):
    found = browser().get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for operations in found["paths"].values():
        for operation in operations.values():
            assert set(operation["responses"]["404"]["content"]) == {"application/problem+json"}


def test_whatever_the_description_allows_is_answered_as_described(program):
    """Without a server error, with a status, a type and a form that the description names."""
    from django.core.handlers.wsgi import WSGIHandler

    client = program("caseworker")
    headers = {
        "Authorization": client.defaults["HTTP_AUTHORIZATION"],
        "Accept-Encoding": "identity",  # the client that is used here unpacks nothing
    }
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert len(found) > 10
    for operation in found:

        @settings(
            max_examples=20,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def holds(case):
            case.call_and_validate(headers=headers, checks=CHECKS)

        holds()
