"""The database that a thread asks is the one that was opened last."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from homeward.node import settings


@pytest.fixture(name="before")
def fixture_before():
    """Whatever a test opens is closed again."""
    settings.release_database()
    yield
    settings.release_database()


@pytest.mark.usefixtures("before")
def test_a_thread_that_looked_before_the_node_was_made_asks_the_node_afterwards(tmp_path):
    def name():
        return connections["default"].settings_dict["NAME"]

    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(name).result() == ""
        settings.use_database(tmp_path / "tables", bytes(32))
        assert thread.submit(name).result() == "", "Django keeps a thread's connection"
        thread.submit(settings.forget_earlier_database).result()
        assert thread.submit(name).result() == str(tmp_path / "tables")
        kept = thread.submit(lambda: connections["default"]).result()
        thread.submit(settings.forget_earlier_database).result()
        assert thread.submit(lambda: connections["default"]).result() is kept
