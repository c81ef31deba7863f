"""Signing in: by name and password, throttled, with a second step; accounts of a simulation."""

import hashlib
import hmac
import re
import secrets
import struct
import time
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from tests.web.conftest import ACCOUNTS

from homeward.foundation.errors import AccessError, InputError
from homeward.node import home
from homeward.node.web import accounts


def code(secret, step=0):
    """Return the code that an authenticator shows (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time() // 30) + step)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def sign_in(client, name, password):
    return client.post("/sign-in", {"login": name, "password": password})


def test_an_account_signs_in_and_out(browser):
    client, account = browser(), ACCOUNTS["negotiator"]
    assert sign_in(client, account.name, account.password)["Location"] == "/"
    assert account.name in client.get("/").content.decode()
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser):
    known = sign_in(browser(), ACCOUNTS["negotiator"].name, "another password")
    unknown = sign_in(browser(), "nobody", "another password")
    pattern = r'<div class="summary".*?</div>'
    found = [
        re.search(pattern, answer.content.decode(), re.DOTALL)[0] for answer in (known, unknown)
    ]
    assert found[0] == found[1]


def test_signing_in_is_throttled(browser):
    client = browser()
    for _ in range(5):
        assert "too many" not in sign_in(client, "other", "wrong").content.decode().lower()
    answer = sign_in(client, "other", "one that nobody tries")
    assert "too many" in answer.content.decode().lower()
    assert client.get("/").status_code == 302


def test_too_many_attempts_from_one_machine_get_a_page_of_their_own(browser):
    client = browser()
    answers = [sign_in(client, f"name{number}", "") for number in range(31)]
    assert answers[-1].status_code == 429
    assert "Too many attempts." in answers[-1].content.decode()


def test_signing_in_with_a_second_step(browser):
    client, account = browser(), ACCOUNTS["reviewer"]
    sign_in(client, account.name, account.password)
    asked = client.get("/account/authenticator")["Location"]
    assert asked.startswith("/account/confirm?"), "a change of protection asks for the password"
    text = client.post(asked, {"password": account.password}, follow=True).content.decode()
    secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', text)[1].replace(" ", "")
    assert 'src="data:image/svg' in text
    answer = client.post("/account/authenticator", {"code": code(secret)})
    assert answer["Location"] == "/account/recovery-codes"
    codes = re.findall(
        r'<code dir="ltr">(\w+)</code>', client.get(answer["Location"]).content.decode()
    )
    assert len(codes) == 10
    client.post("/sign-out")
    assert sign_in(client, account.name, account.password)["Location"] == "/sign-in/code"
    assert client.get("/").status_code == 302, "a password alone is not enough any more"
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 200
    answer = client.post("/sign-in/code", {"code": codes[0]})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


def test_nobody_signs_up_in_the_browser(browser):
    assert browser().get("/signup").status_code == 404
    assert not accounts.NobodySignsUp().is_open_for_signup(None)


def test_a_simulation_shows_its_accounts_and_a_real_node_has_none(browser, node, monkeypatch):
    from dataclasses import replace

    from homeward.node.web import current

    text = browser().get("/sign-in").content.decode()
    shown = accounts.demo_accounts(node)
    assert len(shown) > 5
    assert all(account.password in text for account in shown)
    real = replace(node, about=replace(node.about, simulation=False))
    with pytest.raises(AccessError):
        accounts.demo_accounts(real)
    monkeypatch.setattr(current, "_served", real)
    monkeypatch.setattr(home, "_opened", real)
    text = browser().get("/sign-in").content.decode()
    assert not any(account.password in text for account in ACCOUNTS.values())
    assert "<strong" not in text, "no ribbon where everything is real"
    assert browser("administrator").get("/design").status_code == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": ["king"]}, "account.role"),
        ({"name": ""}, "account.name"),
        ({"name": "a b"}, "account.name"),
        ({"name": "a" * 65}, "account.name"),
        ({"password": "short"}, "account.password"),
        ({"name": "long-account-name", "password": "long-account-name"}, "account.password"),
        ({"name": "OTHER"}, "account.taken"),
    ],
)
def test_an_unfit_account_is_not_made(node, changes, code):
    count = User.objects.count()
    asked = {"name": "new-one", "roles": ["auditor"], "password": secrets.token_hex(8), **changes}
    with pytest.raises(InputError) as caught:
        accounts.add_account(node, **asked)
    assert caught.value.code == code
    assert User.objects.count() == count
