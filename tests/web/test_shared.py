"""What two processes that answer for one node know of one another."""

import json
import subprocess
import sys

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from tests.scenario import nodes as play
from tests.web.conftest import ACCOUNTS

from homeward.node.web.accounts import DemoAccount
from homeward.node.web.policy import roles_of
from homeward.node.web.server import workers_for
from homeward.node.web.signed_in import Accounts

TRIES = 5  # of one name in five minutes, as the settings say


# A second process, which opens the node as the server's processes do.
OPENED = """
import json, pathlib, sys
from homeward.node.home import open_node
folder, passphrase, *words = sys.argv[1:]
node = open_node(pathlib.Path(folder), passphrase)
"""
WRONG_PASSWORDS = """
from homeward.node.web.current import serve_node
serve_node(node)
from django.test import Client
name, count = words
form = {"login": name, "password": "not the password"}
tries = [Client(SERVER_NAME="localhost").post("/sign-in", form) for _ in range(int(count))]
print(json.dumps([answer.status_code for answer in tries]))
"""
ADDED = """
from django.core.cache import cache
print(json.dumps([cache.add(name, [1.5]) for name in words]))
"""


def in_another_process(act, node, *words):
    command = [sys.executable, "-c", OPENED + act, str(node.home), play.PASSPHRASE, *words]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_tries_to_sign_in_are_counted_over_all_processes(node, browser):
    account = ACCOUNTS["auditor"]
    there = in_another_process(WRONG_PASSWORDS, node, account.name, str(TRIES - 1))
    assert there == [200] * (TRIES - 1)
    client = browser()
    here = client.post("/sign-in", {"login": account.name, "password": "not the password"})
    assert here.status_code == 200
    right = client.post("/sign-in", {"login": account.name, "password": account.password})
    assert right.status_code != 302, "no more tries for this name, not even with the password"
    other = ACCOUNTS["reviewer"]
    signed_in = browser().post("/sign-in", {"login": other.name, "password": other.password})
    assert signed_in.status_code == 302


def test_of_all_processes_one_is_first(node, browser):
    browser()  # forgets what was remembered
    assert cache.add("here", 1)
    assert in_another_process(ADDED, node, "here", "there") == [False, True]
    assert not cache.add("there", 2)
    assert cache.get("there") == [1.5]


def test_what_is_remembered_ends(node, browser):
    browser()
    assert cache.get("x", "nothing") == "nothing"
    cache.set("x", {"a": 1}, timeout=60)
    assert cache.get("x") == {"a": 1}
    assert cache.touch("x", timeout=-1)
    assert cache.get("x") is None
    assert not cache.touch("x")
    assert cache.add("x", True, timeout=None)
    assert cache.delete("x")
    assert not cache.delete("x")


def test_what_is_remembered_names_nobody(node, browser):
    from homeward.node.models import Remembered

    account = ACCOUNTS["negotiator"]
    browser().post("/sign-in", {"login": account.name, "password": "not the password"})
    rows = list(Remembered.objects.values_list("name", "value"))
    assert rows
    assert not any("127.0.0.1" in f"{name}{value}" or account.name in value for name, value in rows)
    assert all(json.loads(value) is not None for _, value in rows)


def test_an_account_is_looked_up_as_django_does(node):
    for user in User.objects.all():
        found = Accounts().get_user(user.pk)
        assert found == user
        for field in set(vars(user)) & set(vars(found)) - {"_state"}:
            assert getattr(found, field) == getattr(user, field), field
        assert found.get_username() == user.username
        assert found.last_login == user.last_login
        assert roles_of(found) == roles_of(user)
    assert Accounts().get_user(0) is None


def test_another_role_and_a_closed_account_count_from_the_next_page_on(node, browser):
    client, user = browser("reviewer"), User.objects.get(username=ACCOUNTS["reviewer"].name)
    groups = list(user.groups.all())
    assert client.get("/people/held").status_code == 200
    user.groups.set(Group.objects.filter(name="auditor"))
    assert client.get("/people/held").status_code == 404
    user.groups.set(groups)
    assert client.get("/people/held").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/people/held").status_code == 302
    User.objects.filter(pk=user.pk).update(is_active=True)


@pytest.mark.parametrize("change", ["password", "session"])
def test_a_session_ends_with_its_password_or_its_row(node, browser, change):
    client, user = browser("caseworker"), User.objects.get(username=ACCOUNTS["caseworker"].name)
    assert client.get("/people/held").status_code == 200
    if change == "password":
        before = user.password
        user.set_password("another one that nobody tries")
        user.save()
        assert client.get("/people/held").status_code == 302
        User.objects.filter(pk=user.pk).update(password=before)
    else:
        client.session.delete()
        assert client.get("/people/held").status_code == 302


def test_a_simulation_is_answered_by_one_process():
    assert workers_for((DemoAccount(name="a", roles=("auditor",), password="x"),)) == 1
    assert 1 <= workers_for(()) <= 2
