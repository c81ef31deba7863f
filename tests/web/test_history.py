"""The record of real exchanges on pages, as files and as a feed: for everybody, in every language."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from tests.web.test_pages import text_of

from homeward.node.web import history_words
from homeward.report import history_words as english
from homeward.report.history import read_history

HISTORY = read_history()
ATOM = "{http://www.w3.org/2005/Atom}"


def test_everybody_may_see_it_without_an_account(browser):
    text = text_of(browser().get("/history"))
    assert all(f'href="/history/{each.id}"' in text for each in HISTORY.exchanges)
    assert "<script" not in text


def test_a_simulation_says_what_is_real_and_what_is_not(browser):
    text = text_of(browser().get("/history/2025-02-05"))
    assert '<strong lang="en">SIMULATION</strong>' in text
    assert "These exchanges are real." in text
    assert "Nothing here is real" not in text


def test_a_chart_has_a_title_and_a_table_with_its_numbers(browser):
    text = text_of(browser().get("/history"))
    assert text.count("<svg") == text.count("<title id=") == text.count("<desc id=") >= 5
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "6,371" in text
    assert "5,151" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 77),
        ("?from=2025-02-05&to=2025-02-05", 1),
        ("?from=2024&to=2024&differing=1", 2),
        ("?mediator=VA", 1),
        ("?mediator=none&party=RU&to=2022", 18),
        ("?from=2030-01-01", 0),
    ],
)
def test_what_is_asked_for_is_shown_alike_on_the_page_and_in_the_files(browser, query, count):
    client = browser()
    text = text_of(client.get(f"/history{query}"))
    listed = re.search(r'<h2 id="exchanges">.*?</table>', text, re.DOTALL)
    assert len(re.findall('href="/history/', listed[0])) == count if listed else count == 0
    document = json.loads(client.get(f"/history.json{query}").content)
    assert len(document["exchanges"]) == count
    rows = list(csv.reader(io.StringIO(text_of(client.get(f"/history.csv{query}")))))
    assert len({row[0] for row in rows[2:]}) == count
    feed = ET.fromstring(client.get(f"/history.atom{query}").content)
    assert len(feed.findall(f"{ATOM}entry")) == count


def test_the_feed_is_atom_with_the_newest_first(browser):
    answer = browser().get("/history.atom")
    assert answer["Content-Type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    first = feed.find(f"{ATOM}entry")
    assert first.find(f"{ATOM}id").text.endswith("/history/2026-04-24")
    assert first.find(f"{ATOM}updated").text.startswith("2026-04-24")
    assert "386" in first.find(f"{ATOM}summary").text


def test_a_date_that_is_none_is_refused_and_an_exchange_that_is_none_is_not_found(browser):
    assert browser().get("/history?from=soon").status_code == 422
    assert browser().get("/history/2025-02-06").status_code == 404


def test_an_exchange_has_each_figure_with_its_speaker_and_sources(browser):
    text = text_of(browser().get("/history/2024-12-30"))
    each = HISTORY.exchange("2024-12-30")
    for figure in each.figures:
        assert english.SPEAKERS[figure.by].replace("'", "&#x27;") in text
    for source in each.sources:
        assert f'href="{source}"' in text
    assert english.WHY["open"] in text
    assert "the sides give different numbers." in text


@pytest.mark.parametrize("each", HISTORY.exchanges, ids=lambda each: each.id)
def test_every_exchange_has_a_page(browser, each):
    text = text_of(browser().get(f"/history/{each.id}"))
    for code in each.remarks:
        assert english.REMARKS[code].replace("'", "&#x27;") in text


@pytest.mark.parametrize("name", ["COUNTRIES", "SPEAKERS", "REMARKS", "WHY"])
def test_pages_say_what_the_command_says(node, name):
    theirs = {key: str(text) for key, text in getattr(history_words, name).items()}
    assert theirs == dict(getattr(english, name))
