"""The desk for statements on pages: review by forms and keys, comparison, files, who may what."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.told import EXCHANGE, ONE, confirm, told

from homeward.node import book
from homeward.node.actions import comparison, desk
from homeward.node.web.statement_words import of_source

TEXT = {"title": "A page", "published_on": "2025-02-05", "language": "", "address": ""}


@pytest.fixture(scope="module", name="kept")
def fixture_kept(node):
    return told(node)


def seen(answer):
    return unescape(answer.content.decode())


def rows_of(text):
    return dict(re.findall(r'<tr id="row-(\d+)"(.*?)</tr>', text, re.DOTALL))


def states(node, at):
    return [each.state for each in desk.text_of(node, at).rows]


def brought_in(client, text):
    answer = client.post("/statements/new", {**TEXT, "text": text})
    assert answer.status_code == 302
    return answer["Location"].rpartition("/")[2]


def test_a_text_is_pasted_read_and_shown_with_a_number_at_each_row(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "15"))
    page = seen(client.get(f"/statements/{at}"))
    assert rows_of(page).keys() == {"1", "2", "3", "4"}
    marks = re.findall(r'id="mark-(\d)" href="\?row=(\d)#row-(\d)"', page)
    assert marks == [(str(n),) * 3 for n in range(1, 5)]
    assert ">15 Ukrainian soldiers</mark>" in page
    assert page.count("to review</span>") >= 5
    assert "There is nothing to publish" in page


def test_a_text_file_is_read_instead_of_the_field(browser, node):
    client = browser("caseworker")
    file = SimpleUploadedFile("said.txt", ONE.replace("150", "16").encode())
    answer = client.post("/statements/new", {**TEXT, "text": "Nothing.", "file": file})
    assert answer.status_code == 302
    assert "16 Ukrainian" in desk.text_of(node, answer["Location"].rpartition("/")[2]).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "Paste the text here, or choose a file."),
        ({"text": "x" * 50_001}, "1 to 50000 characters"),
        ({"file": SimpleUploadedFile("x.txt", b"\xff\xfe\x00")}, "no text in UTF-8"),
        ({"text": "It rained.", "published_on": "soon"}, "valid date"),
    ],
    ids=("empty", "long", "bytes", "day"),
)
def test_what_cannot_be_kept_is_refused_with_its_reason(browser, change, said):
    answer = browser("caseworker").post("/statements/new", {**TEXT, **change})
    assert answer.status_code == 422
    assert said in seen(answer)


def test_a_row_is_reviewed_and_the_next_one_is_on(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "17"))
    answer = client.post(f"/statements/{at}/1", {"word": "confirmed", "seen": "0"})
    assert answer["Location"] == f"/statements/{at}?row=2#row-2"
    page = seen(client.get(answer["Location"]))
    rows = rows_of(page)
    assert 'class="now"' in rows["2"]
    assert re.findall(r'data-key="(\w+)"', rows["2"]) == ["KeyJ", "KeyF", "KeyC"]
    assert "data-key" not in rows["1"]
    assert "confirmed</span>" in rows["1"]
    client.post(f"/statements/{at}/2", {"word": "struck", "seen": "0"})
    assert states(node, at) == ["confirmed", "struck", "waiting", "waiting"]
    back = client.post(f"/statements/{at}/2", {"word": "waiting", "seen": "1"})
    assert back["Location"].endswith("#row-2")
    assert states(node, at)[1] == "waiting"


def test_keys_can_be_switched_off_and_stay_off(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "23"))
    page = seen(client.get(f"/statements/{at}?keys=0"))
    assert "data-key" not in page
    assert "review.js" not in page
    assert "Switch the keys on" in page
    answer = client.post(f"/statements/{at}/1?keys=0", {"word": "confirmed", "seen": "0"})
    assert answer["Location"] == f"/statements/{at}?row=2&keys=0#row-2"


def test_a_row_that_somebody_reviewed_meanwhile_is_not_decided(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "18"))
    confirm(node, at, 1)
    answer = client.post(f"/statements/{at}/1", {"word": "struck", "seen": "0"})
    assert answer.status_code == 422
    assert states(node, at)[0] == "confirmed"


def test_a_correction_is_kept_beside_what_was_read(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "19"))
    form = seen(client.get(f"/statements/{at}/1/correct"))
    assert 'value="19"' in form
    given = {"count": "20", "qualifier": "exact", "unit": "soldiers", "home": "UA"}
    given |= {"holder": "RU", "source": "UA.president", "role": "main", "date": "2025-02-05"}
    refused = client.post(f"/statements/{at}/1/correct", {**given, "home": "Ukraine", "seen": "0"})
    assert refused.status_code == 422
    assert "party's code" in seen(refused)
    answer = client.post(f"/statements/{at}/1/correct", {**given, "seen": "0"})
    assert answer.status_code == 302
    row = rows_of(seen(client.get(f"/statements/{at}")))["1"]
    assert "corrected</span>" in row
    assert ">20</bdi>" in row
    assert "As it was read" in row
    assert ">19</bdi>" in row


def test_what_the_reader_missed_is_added_by_its_words(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "21"))
    given = {"party": "TR", "source": "narrator", "quote": "Turkey mediated"}
    refused = client.post(f"/statements/{at}/add/mediator", given)
    assert refused.status_code == 422
    assert "words that stand in the text" in seen(refused)
    client.post(f"/statements/{at}/add/mediator", {**given, "quote": "mediated, both"})
    row = rows_of(seen(client.get(f"/statements/{at}")))["5"]
    assert "added by a person" in row
    assert "Turkey" in row


POSITION = {
    "quote": "both sides said",
    "source": "RU.president",
    "stance": "willing_if",
    "target": "UA",
    "levels": ["technical", "delegations"],
    "modes": ["shuttle"],
    "participants": "UA, RU, AE",
    "conditions": "UA: lift the decree\n\nRU: name a date",
    "instrument": "",
    "said_on": "2025-02-04",
}


def test_a_position_on_talks_is_added_and_corrected(browser, node):
    client = browser("caseworker")
    at = brought_in(client, ONE.replace("150", "24"))
    text = desk.text_of(node, at)
    quote = text.text[:20]
    form = seen(client.get(f"/statements/{at}/add/position"))
    assert 'value="2025-02-05"' in form, "the day of publication is meant as a rule"
    client.post(f"/statements/{at}/add/position", {**POSITION, "quote": quote})
    added = desk.text_of(node, at).rows[0]
    assert added.row.conditions == (("lift the decree", "UA"), ("name a date", "RU"))
    assert added.row.levels == ("delegations", "technical")
    assert added.row.participants == ("AE", "RU", "UA")
    assert added.row.said_on == "2025-02-04"
    row = rows_of(seen(client.get(f"/statements/{at}")))[str(added.number)]
    assert "experts" in row
    assert "a mediator goes between them" in row
    shown = seen(client.get(f"/statements/{at}/{added.number}/correct"))
    assert "UA: lift the decree\nRU: name a date" in shown
    assert 'value="AE, RU, UA"' in shown
    assert re.search(r'value="technical"[^>]*checked', shown)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"conditions": "lift the decree"}, "whose move it is"),
        ({"conditions": "Ukraine: lift the decree"}, "party's code"),
        ({"participants": "Ukraine"}, "party's code"),
        ({"levels": []}, "required"),
    ],
    ids=("no-mover", "mover", "table", "level"),
)
def test_a_position_that_says_too_little_is_refused(browser, kept, change, words):
    given = {**POSITION, "quote": ONE[:20], **change}
    answer = browser("caseworker").post(f"/statements/{kept}/add/position", given)
    assert answer.status_code == 422
    assert words in seen(answer)


def test_a_text_says_what_history_says_of_the_same_fact(browser, kept):
    row = rows_of(seen(browser("auditor").get(f"/statements/{kept}")))["1"]
    assert "corroborated</span>" in row
    assert "Russia's defence ministry" in row


def test_an_auditor_reads_and_changes_nothing(browser, node, kept):
    client = browser("auditor")
    page = seen(client.get(f"/statements/{kept}"))
    assert "data-key" not in page
    assert "/correct" not in page
    for address in (f"/statements/{kept}/1", f"/statements/{kept}/about", "/statements/new"):
        assert client.post(address, {"word": "struck", "seen": "1"}).status_code == 404
    assert states(node, kept)[0] == "confirmed"


def test_a_case_of_the_node_can_be_what_a_text_is_about(browser, node):
    client = browser("caseworker")
    case = next(iter(book.read_book(node).cases))
    at = brought_in(client, ONE.replace("150", "22"))
    client.post(f"/statements/{at}/about", {"exchange": f"case:{case}"})
    assert desk.text_of(node, at).exchange == f"case:{case}"
    page = seen(client.get(f"/statements/on/case:{case}"))
    assert f'href="/statements/{at}"' in page
    assert "The ledger shows nobody home yet" in page
    assert client.post(f"/statements/{at}/about", {"exchange": "case:none"}).status_code == 404


def test_no_page_of_the_desk_calls_a_real_text_invented(browser, kept):
    client = browser("caseworker")
    for address in ("", f"/{kept}", "/new", f"/{kept}/1/correct", f"/on/{EXCHANGE}"):
        page = seen(client.get(f"/statements{address}"))
        assert "The texts may be real." in page
        assert "Nothing here is real" not in page


def test_a_comparison_says_who_says_what_and_who_left_out_what(browser, kept):
    page = seen(browser("negotiator").get(f"/statements/on/{EXCHANGE}"))
    assert "corroborated</span>" in page
    assert "left out by a side</span>" in page
    left = next(row for row in page.split("<tr>") if "left out by a side" in row)
    assert ">Ukraine</span>" in left
    assert "UA → RU".replace(" ", "\u00a0") in left
    assert 'href="/history/2025-02-05"' in page


def test_a_case_and_a_real_exchange_lead_to_their_comparison(browser, node):
    case = next(iter(book.read_book(node).cases))
    for role, address, key in (
        ("negotiator", f"/cases/{case}", f"case:{case}"),
        ("auditor", "/history/2025-02-05", EXCHANGE),
    ):
        assert f'href="/statements/on/{key}"' in seen(browser(role).get(address))
    assert "/statements/on/" not in seen(browser().get("/history/2025-02-05"))


def test_talks_show_the_words_that_decide_them(browser, node, kept):
    confirm(node, kept, 4)
    page = seen(browser("negotiator").get(f"/statements/on/{EXCHANGE}"))
    assert "blocked</span>" in page
    assert "Russia's president ruled out direct talks" in page
    assert "take back the refusal of talks. With: Ukraine's president" in page
    assert "Open a case" not in page, "a bureau opens none"


def test_files_hold_reviewed_rows_alone(browser, node, kept):
    client = browser("auditor")
    item = client.get(f"/statements/{kept}/item.json")
    assert "attachment" in item["Content-Disposition"]
    found = json.loads(item.content)
    assert found["text"] == ONE
    assert [leg["count"] for leg in found["events"][0]["legs"]] == [150]
    reviews = client.get(f"/statements/{kept}/claims.jsonld")
    assert reviews["Content-Type"] == "application/ld+json"
    assert json.loads(reviews.content) == comparison.reviews(node, desk.text_of(node, kept))


def test_a_markup_in_a_text_is_shown_and_not_run(browser):
    client = browser("caseworker")
    text = (
        "<script>alert(1)</script> Ukraine's president said 150 Ukrainian soldiers had come home."
    )
    answer = client.get(f"/statements/{brought_in(client, text)}").content.decode()
    assert "<script>alert" not in answer
    assert "&lt;script&gt;alert(" in answer


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("RU.president", "Russia (president)"),
        ("XN.defence_ministry", "XN (defence ministry)"),
        ("UA.president", "Ukraine's president"),
        ("XN", "XN"),
        ("RU.no_such_office", "RU.no_such_office"),
    ],
)
def test_whoever_speaks_is_named_and_not_by_a_code(node, code, name):
    assert str(of_source(code)) == name
