"""Papers, sheets and printed lists: whole, in the reader's language beside the English."""

import csv
import io
import re
import shutil
import subprocess

import pytest
from django.utils.translation import override
from tests.scenario import nodes as play

from homeward.documents import LABELS
from homeward.node.actions.sheets import COLUMNS, read_answers
from homeward.node.web import paper_words
from homeward.node.web.pages import plans

LEG = {"leg": "RU -> UA"}
SHEET = f"/cases/{play.CASE}/papers/sheet"
MANIFEST = f"/cases/{play.CASE}/papers/manifest"
PLAN = f"/cases/{play.CASE}/plan"


def reading(browser, language, role="handover officer"):
    return browser(role, headers={"accept-language": language})


def test_the_words_of_a_node_are_in_english_those_of_the_papers(node):
    with override("en"):
        assert {key: str(words) for key, words in paper_words.WORDS.items()} == LABELS
        assert paper_words.language() is None


@pytest.mark.parametrize("code", ["uk", "ru", "ar"])
def test_a_language_brings_words_a_direction_and_dates(node, code):
    with override(code):
        language = paper_words.language()
        assert language.word("born")
        assert (language.code, language.is_right_to_left) == (code, code == "ar")
        assert language.date("1993-11-28").startswith("28 ")


def test_a_manifest_is_of_the_day_of_its_entry_and_in_the_language_of_its_reader(browser, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    for language in ("en", "ar"):
        answer = reading(browser, language).get(MANIFEST, LEG)
        file = tmp_path / "manifest.pdf"
        file.write_bytes(answer.content)
        text = subprocess.run(
            ["pdftotext", "-layout", file, "-"], capture_output=True, check=True, encoding="utf-8"
        ).stdout
        assert re.search(r"Issued.* 5 Feb 2025$", text, re.MULTILINE)
        assert re.search(r"Printed.* UTC$", text, re.MULTILINE)
        assert "RU lets them go, UA receives them." in text
        assert bool(re.search("[\u0600-\u06ff]", text)) == (language == "ar")


def test_the_headings_of_a_sheet_are_codes_with_the_readers_words_behind(browser):
    question = {**LEG, "for": "check-in"}
    rows = {}
    for language in ("en", "uk", "ar"):
        data = reading(browser, language).get(SHEET, question).content
        header, *rows[language] = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        words = [heading.partition(" · ") for heading in header]
        assert tuple(code for code, _, _ in words) == COLUMNS
        assert [bool(word) for _, _, word in words] == [language != "en"] * len(COLUMNS)
        filled = "\n".join(";".join([*row[:3], "yes"]) for row in (header[:3], *rows[language]))
        filled = filled.replace(";yes", f";{header[3]}", 1)
        yes, no = read_answers(filled.encode(), file="sheet")
        assert (len(yes), no) == (play.MOVE_COUNT, [])
    assert rows["en"] == rows["uk"] == rows["ar"]


def test_a_sheet_without_rows_is_a_sentence_on_the_page_and_no_file(browser):
    answer = reading(browser, "en").get(SHEET, {**LEG, "for": "stop"}, follow=True)
    assert answer.redirect_chain == [(f"/cases/{play.CASE}/handover", 302)]
    assert "Nobody of this leg is to be asked this now." in answer.content.decode()


def test_the_list_of_a_plan_can_be_had_whole_to_be_printed(browser, monkeypatch):
    monkeypatch.setattr(plans, "_PAGE_PEOPLE", 5)
    client = browser("negotiator")
    part = client.get(PLAN).content.decode()
    whole = client.get(PLAN, {"page": "all"}).content.decode()
    row = re.compile(r'<code dir="ltr">[0-9a-f]{32}</code>')
    assert len(row.findall(part)) == 5
    assert 'href="?page=all#people"' in part
    assert len(set(row.findall(whole))) == 2 * play.MOVE_COUNT
    assert 'class="pages"' not in whole
