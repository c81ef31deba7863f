"""One node per test, copied from one that is made once: argon2id is slow on purpose."""

import datetime as dt
import hashlib

import pytest
from tests.postgresql import copy_node

from homeward.node import home

NOW = dt.datetime(2025, 2, 5, 8, 0, tzinfo=dt.UTC)
PASSPHRASE = "seven geese over the quiet mill"


def _seeded(seed):
    count = 0

    def entropy(length):
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed}/{count}".encode()).digest(length)

    return entropy


@pytest.fixture(name="now")
def fixture_now():
    return NOW


@pytest.fixture(name="passphrase")
def fixture_passphrase():
    return PASSPHRASE


@pytest.fixture(name="seeded")
def fixture_seeded():
    """Give a function from a seed to entropy that repeats itself."""
    return _seeded


@pytest.fixture(name="entropy")
def fixture_entropy():
    return _seeded("test")


@pytest.fixture(autouse=True)
def _no_node_stays_open():
    yield
    home.close_node()


@pytest.fixture(scope="session", name="template")
def fixture_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nodes") / "xa"
    node = home.init_node(
        folder,
        party="XA",
        role="bureau",
        name="National Information Bureau of Aldia",
        passphrase=PASSPHRASE,
        now=NOW,
        entropy=_seeded("xa"),
    )
    home.close_node()
    return node


@pytest.fixture(name="node")
def fixture_node(template, tmp_path):
    return home.reopen_node(copy_node(template, tmp_path / "xa"))
