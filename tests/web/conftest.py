"""The pages of a real node, in this process: a simulation whose handover is on its way."""

import shutil

import pytest
from tests.postgresql import copy_node
from tests.scenario import nodes as play

from homeward.node import home

ACCOUNTS = {}


@pytest.fixture(scope="session", autouse=True)
def fixture_quick_passwords():
    """Hash passwords quickly: how slowly it is done in life is Django's business, not a test's."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    # As little work as for the accounts of a simulation. With more, or with another hasher, the
    # first good password would be hashed anew, and a session that knows the old hash would end.
    ScryptPasswordHasher.work_factor = 2**4


@pytest.fixture(scope="session", name="world")
def fixture_world(tmp_path_factory):
    """Play an exchange up to the departure, once."""
    folder = tmp_path_factory.mktemp("web")
    world = play.begin(folder)
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    play.ask_before(world, play.planned(world))
    play.depart(world)
    home.close_node()
    yield world
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", name="node")
def fixture_node(world, tmp_path_factory):
    """Open a copy of the node of UA, with its accounts, and serve it."""
    from homeward.node.web.accounts import DemoAccount, add_account, make_demo_accounts
    from homeward.node.web.current import serve_node
    from homeward.node.web.policy import ROLES

    folder = tmp_path_factory.mktemp("served") / "ua"
    copy_node(world.nodes["UA"], folder)
    node = home.open_node(folder, play.PASSPHRASE)
    serve_node(node)
    ACCOUNTS.clear()
    for account in make_demo_accounts(node):
        ACCOUNTS[account.name.replace("-", " ")] = account
    for role in ROLES.keys() - ACCOUNTS.keys():
        name, password = role.replace(" ", "-"), "one that nobody tries"
        add_account(node, name=name, roles=[role], password=password)
        ACCOUNTS[role] = DemoAccount(name=name, roles=(role,), password=password)
    add_account(node, name="other", roles=["auditor"], password="one that nobody tries")
    yield node
    home.close_node()


@pytest.fixture(name="browser")
def fixture_browser(node):
    """Give a function that makes a browser, signed in as a role or not."""
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client

    cache.clear()

    def browser(role=None, **options):
        client = Client(SERVER_NAME="localhost", **options)
        if role is not None:
            client.force_login(User.objects.get(username=ACCOUNTS[role].name))
        return client

    return browser


@pytest.fixture(name="officer")
def fixture_officer(browser):
    """Give a function that makes a browser whose user just gave the password again."""

    def officer(role, **options):
        client = browser(role, **options)
        answer = client.post("/account/confirm", {"password": ACCOUNTS[role].password})
        assert answer.status_code == 302, "the password is the account's"
        return client

    return officer
