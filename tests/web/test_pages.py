"""What every page keeps to: who may see it, what stands around it, which language it speaks."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from homeward.foundation.errors import EngineError, TurnError
from homeward.negotiation.entries import KINDS
from homeward.negotiation.state import TRANSITIONS
from homeward.node.settings import IDLE_SECONDS
from homeward.node.web import current, policy, words
from homeward.node.web.pages import home as home_page
from homeward.node.web.policy import ROLES

POLICY_HEADER = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class Reader(HTMLParser):
    """Collects inline script and style, and what the page loads."""

    def __init__(self, text):
        super().__init__()
        self.inline, self.loads, self.root = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "html":
            self.root = found
        data = tag == "script" and found.get("type") == "application/json"  # never run
        if tag == "style" or (tag == "script" and "src" not in found and not data):
            self.inline.append(tag)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        is_feed = found.get("rel") == "alternate"  # offered to readers, loaded by no browser
        if tag in ("link", "script", "img") and not is_feed:
            self.loads.append(found.get("href") or found.get("src"))


def text_of(answer):
    return answer.content.decode("utf-8")


def unmasked(text):
    """Take out what differs from one answer to the next: the token and the address."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", text)
    return re.sub(r'(name="next" value=")[^"]*', r"\1", text)


def test_a_view_without_a_row_stops_the_start():
    from django.urls import path

    with pytest.raises(RuntimeError, match="bare"):
        policy.guarded([path("x", lambda request: None, name="bare")])
    with pytest.raises(KeyError):
        policy.page("no such page")


def test_what_is_not_yours_reads_as_what_does_not_exist(browser):
    client = browser()
    client.force_login(User.objects.get_or_create(username="roleless")[0])
    there, absent = client.get(reverse("ledger")), client.get("/no-such-page")
    assert there.status_code == absent.status_code == 404
    assert unmasked(text_of(there)) == unmasked(text_of(absent))
    assert {**there.headers, "Content-Length": ""} == {**absent.headers, "Content-Length": ""}


ADDRESSES = [
    *("/", "/ledger", "/verify", "/verify/checkpoint", "/health", "/sign-in", "/design"),
    *("/account", "/account/password", "/no-such-page", "/static/homeward.css"),
    *("/static/vendor/plex/IBMPlexSans-Regular-Latin1.woff2", "/static/none.css", "/sign-out"),
]


@pytest.mark.parametrize("role", [None, "caseworker"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(browser, address, role):
    answer = browser(role).get(address)
    answer.close()
    assert answer["Content-Security-Policy"] == POLICY_HEADER
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert address.startswith("/static/") or answer["Cache-Control"].find("no-store") >= 0
    assert "Access-Control-Allow-Origin" not in answer


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


TURN = TurnError("some.turn", "Expected X, found Y.", hint="Do Z.")
ENGINE = EngineError("some.disk", "Expected X, found Y.", hint="Do Z.")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (TURN, 409, "Expected X, found Y."),
        (ENGINE, 503, "Do Z."),
        (policy.not_yours(), 404, "The answer is the same"),
        (ValueError("secret"), 500, "Something went wrong in Homeward."),
    ],
)
def test_a_failure_has_the_status_of_its_kind_and_says_what_to_do(
    browser, monkeypatch, error, status, text
):
    monkeypatch.setattr(home_page, "overview", failing(error))
    answer = browser("caseworker", raise_request_exception=False).get("/")
    assert answer.status_code == status
    assert text in text_of(answer)
    assert "secret" not in text_of(answer)
    assert "SIMULATION" in text_of(answer)
    assert answer["Content-Security-Policy"] == POLICY_HEADER


@pytest.mark.parametrize("role", [None, "caseworker"])
@pytest.mark.parametrize(
    ("method", "address", "fields"),
    [
        ("get", "/people/held", {"search": "Kov\0al"}),
        ("get", "/people/held", {"power\0": "RU"}),
        ("get", "/people/held/person", {"ref": "UA-\0"}),
        ("get", "/cases/fir%00st", {}),
        ("post", "/sign-in", {"login": "case\0worker", "password": "one that nobody tries"}),
        ("post", "/language", {"language": "uk", "next": "/\0"}),
    ],
)
def test_a_nul_in_an_address_or_a_form_is_refused_as_a_page(browser, role, method, address, fields):
    answer = getattr(browser(role), method)(address, fields)
    assert answer.status_code == 422
    assert "web.nul" in text_of(answer)
    assert answer["Content-Security-Policy"] == POLICY_HEADER


def test_a_nul_in_a_cookie_is_refused_before_the_session_is_looked_up(browser):
    from django.conf import settings

    client = browser()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a session\0"
    answer = client.get("/")
    assert answer.status_code == 400
    assert answer["Content-Security-Policy"] == POLICY_HEADER


def test_another_host_and_a_foreign_form_are_refused_with_the_headers(browser):
    other = browser().get("/", SERVER_NAME="elsewhere.example")
    form = browser(enforce_csrf_checks=True).post("/sign-in", {"login": "a", "password": "b"})
    assert (other.status_code, form.status_code) == (400, 403)
    for answer in (other, form):
        assert answer["Content-Security-Policy"] == POLICY_HEADER
        assert "SIMULATION" in text_of(answer)


def test_a_language_changes_by_a_form_and_comes_back_to_the_page(browser):
    client = browser("caseworker")
    answer = client.post(reverse("language"), {"language": "uk", "next": "/ledger"}, follow=True)
    assert answer.redirect_chain == [("/ledger", 302)]
    assert "Реєстр" in text_of(answer)
    assert "العربية" in text_of(answer), "a language is named in itself"
    assert client.get(reverse("language")).status_code == 405


def test_numbers_are_written_in_latin_digits_in_arabic(browser):
    client = browser("caseworker")
    client.post(reverse("language"), {"language": "ar", "next": "/"})
    text = text_of(client.get("/")) + text_of(client.get("/ledger"))
    assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text)


def test_the_first_page_says_what_comes_next_and_where_the_case_stands(browser):
    text = text_of(browser("caseworker").get("/"))
    assert "Count your people at the crossing." in text
    assert "handover on the way" in text
    assert "Your turn" in text
    assert "RU\u00a0→\u00a0UA" in text
    assert "let the people of" in text, "the latest entries in words"


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/people", '<a href="/people" aria-current="page">'),
        ("/people/wanted", '<a href="/people" aria-current="true">'),
        ("/ledger/1", '<a href="/ledger" aria-current="true">'),
        ("/account", ""),
    ],
)
def test_the_menu_marks_the_page_and_what_lies_below_it(browser, address, marked):
    menu = text_of(browser("caseworker").get(address)).split('<nav class="menu"')[1]
    menu = menu.split("</nav>")[0]
    assert menu.count("aria-current") == bool(marked)
    assert marked in menu


def test_a_filter_without_such_a_value_leads_back_to_the_list(browser):
    answer = browser("caseworker").get("/people/held?status=nobody")
    assert answer.status_code == 422
    assert '<a href="/people/held">Show the list without the filter</a>' in text_of(answer)


def test_a_code_or_a_date_in_a_sentence_stays_on_one_line():
    from homeward.node.web.templatetags.homeward import unbroken

    assert unbroken("<A> or YE-HOUTHI, 1998-03-14.") == (
        '&lt;A&gt; or <bdi class="whole" dir="ltr">YE-HOUTHI</bdi>, '
        '<bdi class="whole" dir="ltr">1998-03-14</bdi>.'
    )


def test_the_ledger_shows_every_entry_in_words_and_its_root(browser, node):
    from homeward.node.models import LogHead

    head = LogHead.objects.get()
    text = text_of(browser("auditor").get("/ledger"))
    assert text.count("<time ") == head.size + 2  # and when each of two witnesses cosigned
    assert text.count("Who has cosigned") == 1
    assert bytes(head.root).hex() in text
    older = text_of(browser("auditor").get("/ledger?before=3"))
    assert older.count("<time ") == 3
    assert text_of(browser("auditor").get("/ledger?before=x")).count("<time ") == head.size + 2


def test_how_many_refuse_to_travel_is_never_told(browser):
    words_of = str(words.ENTRIES["will_recorded"])
    assert "{asked}" in words_of
    assert "travel" not in words_of


def test_anybody_gets_the_checkpoint_that_the_log_signed(browser, node):
    from homeward.ledger.checkpoint import open_checkpoint
    from homeward.node import book

    verifier = book.log_of(node)
    answer = browser().get("/verify/checkpoint")
    assert answer["Content-Disposition"] == 'attachment; filename="checkpoint"'
    open_checkpoint(text_of(answer), verifier, verifier.name)
    assert verifier.vkey in text_of(browser().get("/verify")).replace("&#x2B;", "+")


def test_every_kind_of_entry_and_every_state_has_a_sentence():
    assert set(words.ENTRIES) == {*KINDS, "log_opened", "member_joined", "keys_changed"}
    assert set(words.STATES) == set(TRANSITIONS.values())


def test_the_secret_of_sessions_comes_from_the_node_and_cookies_name_the_party(browser, node):
    from django.conf import settings

    assert len(settings.SECRET_KEY) == 64
    assert node.keys.id_secret.hex() != settings.SECRET_KEY
    assert settings.SESSION_COOKIE_NAME == "homeward_UA_session"


def test_a_session_ends_after_half_an_hour_without_a_request(browser):
    import datetime as dt

    from django.contrib.sessions.models import Session
    from django.utils import timezone

    client = browser("caseworker")
    answer = client.get("/")
    assert answer.status_code == 200
    cookie = answer.cookies["homeward_UA_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    row = Session.objects.get(session_key=cookie.value)
    left = row.expire_date - timezone.now()
    assert dt.timedelta(seconds=IDLE_SECONDS - 60) < left <= dt.timedelta(seconds=IDLE_SECONDS)
    Session.objects.filter(pk=row.pk).update(expire_date=timezone.now())
    assert client.get("/").status_code == 302


def test_a_role_is_a_group_of_the_account(node):
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_pages_stand_behind_an_open_node_alone(monkeypatch):
    monkeypatch.setattr(current, "_served", None)
    with pytest.raises(EngineError, match="homeward serve"):
        current.current_node()
