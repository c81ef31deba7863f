"""Every address, every role, a record that is there and one that is not: who sees what, and how.

Nothing is listed by hand but what a parameter of an address may be: an address that is added
is tried, and one whose parameter nobody knows fails.
"""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.management.utils import get_random_secret_key
from django.urls import NoReverseMatch, reverse
from tests.scenario.pairs import compare
from tests.web.looked_through import looked_through
from tests.web.test_pages import POLICY_HEADER, Reader, text_of, unmasked
from tests.web.told import told

from homeward.node.settings import LANGUAGES
from homeward.node.web import policy, urls
from homeward.node.web.policy import POLICY, ROLES

ABSENT = "absent-0"
NO_NUMBER = 987_654
LEG = "RU -> UA"
GET_QUERY = {
    "person": {"ref": "{ref}"},
    "person-edit": {"ref": "{ref}"},
    "handover-act": {"leg": LEG},
    "manifest": {"leg": LEG},
    "receipt-pdf": {"leg": LEG},
    "sheet": {"leg": LEG},
}
ELSEWHERE = {"api"}  # by token, in test_api


def parameters(pattern):
    """Return the names of an address's parameters, and the values its expression allows."""
    regex = getattr(pattern.pattern, "_regex", "")
    regex = regex if isinstance(regex, str) and regex.startswith("^") else ""
    found = dict.fromkeys(pattern.pattern.converters)
    for name, allowed in re.findall(r"\(\?P<(\w+)>([^)]*)\)", regex):
        found[name] = allowed.split("|") if re.fullmatch(r"[\w|-]+", allowed) else None
    return found


def addresses():
    """Yield (name, page, parameters) for each address, an entry for each allowed value."""
    for pattern in urls.urlpatterns:
        page = pattern.callback.page_name
        if page in ELSEWHERE:
            continue
        found = parameters(pattern)
        several = next((name for name, allowed in found.items() if allowed), None)
        for value in found[several] if several else [None]:
            chosen = {name: value if name == several else None for name in found}
            yield pattern.name, page, chosen


EVERY = list(addresses())
TWO_LISTS = {"people", "people-export"}  # their parameter names no record


def rows(chosen_ones):
    ids = [f"{name}-{'-'.join(filter(None, chosen.values()))}" for name, _, chosen in chosen_ones]
    return pytest.mark.parametrize(("name", "page", "chosen"), chosen_ones, ids=ids)


ROWS = rows(EVERY)
WITH_RECORD = rows(
    [
        (name, page, chosen)
        for name, page, chosen in EVERY
        if (None in chosen.values() or name in GET_QUERY) and name not in TWO_LISTS
    ]
)


@pytest.fixture(scope="module", name="records")
def fixture_records(node):
    """Return a record that is there for every parameter of an address."""
    from django.utils import timezone

    from homeward.node import book, jobs
    from homeward.node.actions import uploads
    from homeward.node.models import CaptiveLink, ListImport, Person, Proposal
    from homeward.node.web.tokens import make_token

    case = next(iter(book.read_book(node).cases))
    job = jobs.ask(
        node, "case.answer", {"case": case}, actor="caseworker", now=timezone.now(), id="ab12"
    )
    jobs.stop(node, job.id)
    make_token(node, account="caseworker", name="a test", now=timezone.now())
    compare(node, case=case, now=timezone.now())
    return {
        "case": case,
        "kind": "held",
        "ref": Person.objects.filter(kind="held").first().ref,
        "captive": CaptiveLink.objects.filter(case=case).first().captive_id,
        "import_id": ListImport.objects.exclude(source=uploads.THEIRS).latest("pk").pk,
        "list_id": looked_through(node),
        "job_id": job.id,
        "party": "AE",
        "number": 1,
        "pk": 1,
        "act": "roles",
        "pair": Proposal.objects.first().id,
        "exchange": "2025-02-05",
        "file": "0123456789abcdef.json",
        "text_id": told(node),
        "key": "history:2025-02-05",
    }


def address_of(name, chosen, records, *, absent=False):
    values = {}
    for parameter, value in chosen.items():
        if value is not None:
            values[parameter] = value
        elif absent:
            values[parameter] = NO_NUMBER if isinstance(records[parameter], int) else ABSENT
        else:
            values[parameter] = records[parameter]
    try:
        found = reverse(name, kwargs=values)
    except NoReverseMatch:
        found = reverse(name, args=list(values.values()))
    query = GET_QUERY.get(name)
    if query:
        from urllib.parse import urlencode

        ref = ABSENT if absent else records["ref"]
        found += "?" + urlencode({key: text.format(ref=ref) for key, text in query.items()})
    return found


@pytest.fixture(scope="module", name="everybody")
def fixture_everybody(node):
    """Make an account of every role, one of all, one of none."""
    for name, roles in {
        **{f"x-{r}": [r] for r in ROLES},
        "x-all": list(ROLES),
        "x-none": [],
    }.items():
        user = User.objects.create_user(name, password=get_random_secret_key())
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])


@pytest.fixture(scope="module", name="as_role")
def fixture_as_role(everybody):
    """Give a function that returns the browser of one of them, who just gave the password."""
    import time

    from django.core.cache import cache
    from django.test import Client

    cache.clear()
    clients = {}

    def as_role(name):
        if name not in clients:
            client = clients[name] = Client(SERVER_NAME="localhost")
            if name != "nobody":
                client.force_login(User.objects.get(username=f"x-{name}"))
                session = client.session
                given = [{"method": "password", "at": time.time()}]
                session["account_authentication_methods"] = given
                session.save()
        return clients[name]

    return as_role


@ROWS
def test_an_address_is_answered_to_the_roles_of_its_row_alone(as_role, records, name, page, chosen):
    allowed = POLICY[page]
    address = address_of(name, chosen, records)
    nowhere = unmasked(text_of(as_role("none").get("/no-such-page")))
    for role in [*ROLES, "none", "nobody"]:
        is_allowed = allowed is policy.EVERYBODY or role in allowed
        for method in ("get",) if is_allowed else ("get", "post"):
            answer = getattr(as_role(role), method)(address)
            answer.close()
            if allowed is policy.EVERYBODY:
                assert answer.status_code < 500
            elif role == "nobody":
                assert answer.status_code == 302
                assert answer["Location"].startswith(reverse("account_login"))
            elif role not in allowed:
                assert answer.status_code == 404, (role, method)
                seen = unmasked(text_of(answer))
                assert role != "none" or method == "post" or seen == nowhere
            else:
                assert answer.status_code in (200, 302, 404, 405, 409, 422), (role, method)
            assert answer["Content-Security-Policy"] == POLICY_HEADER


@WITH_RECORD
def test_a_record_that_is_not_there_is_answered_as_a_page_that_is_not_yours(
    as_role, records, name, page, chosen
):
    role = next((role for role in ROLES if POLICY[page] and role in POLICY[page]), "none")
    client = as_role(role)
    address = address_of(name, chosen, records, absent=True)
    answer = client.get(address)
    if answer.status_code == 405:
        answer = client.post(address)
    if answer.status_code == 302:
        assert "/account/confirm" in answer["Location"], "asked before anything is looked up"
        return
    assert answer.status_code == 404
    if "html" in answer["Content-Type"]:
        assert unmasked(text_of(answer)) == unmasked(text_of(client.get("/no-such-page")))


@pytest.mark.parametrize("language", [code for code, _ in LANGUAGES])
@ROWS
def test_a_page_has_nothing_inline_and_says_its_language_and_that_it_is_a_simulation(
    as_role, records, name, page, chosen, language
):
    client = as_role("nobody" if name.startswith("account_login") else "all")
    client.post(reverse("language"), {"language": language, "next": "/verify"})
    answer = client.get(address_of(name, chosen, records), follow=True)
    if answer.status_code == 405 or "html" not in answer["Content-Type"]:
        answer.close()
        return
    text = text_of(answer)
    if page == "jobs" and "<html" not in text:
        return  # the fragment that the job's page polls
    found = Reader(text)
    assert found.inline == []
    assert all(load.startswith(("/static/", "data:")) for load in found.loads if load)
    assert found.root == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
    assert '<strong lang="en">SIMULATION</strong>' in text
    assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text), "numbers are in Latin digits"


def test_every_row_of_the_policy_has_an_address():
    assert {page for _, page, _ in EVERY} | ELSEWHERE == set(POLICY)
