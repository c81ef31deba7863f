"""A format of talks that is possible begins the agreement of a new case, at the mediator's alone."""

import datetime as dt
from html import unescape

import pytest
from django.test import Client
from tests.postgresql import copy_node
from tests.scenario import nodes as play
from tests.web.told import EXCHANGE, confirm

from homeward.node import book, home
from homeward.node.actions import comparison, desk
from homeward.node.actions.desk import Published

TEXT = """Both sides said that the United Arab Emirates mediated the exchange of 5 February 2025.
Russia's president ruled out direct talks with Ukraine's president.
Ukraine's president said that he was ready for talks with Russia."""
NOW = dt.datetime(2025, 2, 6, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(name="mediator")
def fixture_mediator(world, tmp_path):
    """Serve a copy of the mediator's node; return a browser of its mediator."""
    from django.contrib.auth.models import User

    from homeward.node.web.accounts import add_account
    from homeward.node.web.current import serve_node

    copy_node(world.nodes["AE"], tmp_path / "ae")
    node = home.open_node(tmp_path / "ae", play.PASSPHRASE)
    serve_node(node)
    add_account(node, name="mara", roles=["mediator"], password="one that nobody tries")
    published = Published(title="Both", text=TEXT, published_on=dt.date(2025, 2, 6))
    at = desk.keep_text(node, published, id="e5" * 16, now=NOW, actor="mara")
    comparison.say_exchange(node, at, EXCHANGE)
    for each in desk.text_of(node, at).rows:
        confirm(node, at, each.number)
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="mara"))
    yield client, node
    home.close_node()


def seen(answer):
    return unescape(answer.content.decode())


def number_of(page):
    return page.partition('name="format" value="')[2].partition('"')[0]


def test_a_possible_format_begins_an_agreement_that_lacks_its_number(mediator):
    client, node = mediator
    page = seen(client.get(f"/statements/on/{EXCHANGE}"))
    assert "possible</span>" in page
    assert "in use in this exchange" in page
    answer = client.post(f"/statements/on/{EXCHANGE}/case", {"format": number_of(page)})
    assert answer["Location"] == "/cases/open"
    draft = seen(client.get("/cases/open"))
    for line in ('mediators = ["AE"]', "RU = {}", "UA = {}", 'kind = "give"'):
        assert line in draft
    text = draft.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert client.post("/cases/open", {"text": text}).status_code == 422, "count is missing"
    whole = text.replace('kind = "give"', 'kind = "give"\ncount = 5')
    checked = client.post("/cases/open", {"text": whole})
    assert checked["Location"] == "/cases/open?check=1"
    assert len(book.read_book(node).cases) == 1, "nothing is tabled from the desk"


def test_a_format_that_is_not_there_opens_nothing(mediator):
    client, _ = mediator
    for format_ in ("0", "99", "x", ""):
        answer = client.post(f"/statements/on/{EXCHANGE}/case", {"format": format_})
        assert answer.status_code == 404
