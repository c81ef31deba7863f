"""A list of the other side on the pages: upload, columns, what it says, workbook, discarding."""

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from tests.web.looked_through import no_report

from homeward.foundation.errors import AccessError, TurnError
from homeward.matching import reasons as engine_reasons
from homeward.matching import triage as engine
from homeward.node import jobs
from homeward.node.access import Reader, people
from homeward.node.actions import lists, triage, uploads
from homeward.node.models import AccessLog, Job, ListImport
from homeward.node.web import reason_words, triage_reasons, triage_words

NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
READER = Reader(actor="test", purpose="test", now=NOW)
TITLES = ["№", "ФИО", "Дата рождения", "Статус"]
STRANGER = ["9001", "Небувалий Орест Зотович", "05.06.1971", "civilian"]
HOME = ["9002", "Повернений Климент Лукич", "07.08.1969", ""]
VAGUE = ["9003", "Мовчазний", "", ""]
BAD = ["9004", "Хибний Іван Петрович", "31.02.1990", ""]


def text_of(answer):
    return answer.content.decode("utf-8")


def file_of(rows, name="published.csv"):
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    file = io.BytesIO(text.getvalue().encode())
    file.name = name
    return file


def rows_of(node, count=12):
    """People of our own wanted list, as another side writes them, and four others."""
    known = [each for each in people(node, "wanted", reader=READER) if each.birth_date][:count]
    rows = [
        [
            f"{n + 1}",
            " ".join(filter(None, (each.family_name, each.given_name, each.father_name))),
            each.birth_date.text,
            "pow",
        ]
        for n, each in enumerate(known)
    ]
    return known, [*rows, [f"{len(rows) + 1}", *rows[0][1:]], STRANGER, HOME, VAGUE, BAD]


def upload(client, rows, kind="held", **more):
    return client.post(reverse("triage"), {"kind": kind, "file": file_of(rows), **more})


def number_of(answer):
    return int(re.search(r"/triage/(\d+)", answer["Location"])[1])


def look_through(client, node, at, meant):
    fields = {f"column-{place}": column for place, column in enumerate(meant)}
    answer = client.post(reverse("triage-columns", args=[at]), fields)
    assert answer.status_code == 302
    jobs.run_waiting(node, now=lambda: NOW)
    job = Job.objects.order_by("-created_at").first()
    assert (job.act, job.state) == ("list.triage", "done")


MEANT = ["ref", "name_as_written", "birth_date", "status"]


@pytest.fixture(name="client")
def fixture_client(browser):
    return browser("caseworker")


def test_a_list_is_looked_through_and_discarded(client, node):
    known, rows = rows_of(node)
    before = {each.ref for each in people(node, "wanted", reader=READER)}
    home = file_of([["ref", "ПІБ", "Дата народження"], ["R-1", *HOME[1:3]]], "home.csv")
    answer = upload(client, [TITLES, *rows], home=home)
    at = number_of(answer)
    asked = text_of(client.get(answer["Location"]))
    assert all(title in asked for title in TITLES)
    look_through(client, node, at, MEANT)

    looked = triage.found_of(node, at, reader=READER)
    said = {line.ref: line for line in looked.triage.lines}
    by_class = looked.triage.counts()
    assert by_class["matched"] == len(known)
    assert said["13"].class_ == "duplicate"
    assert said["13"].match == "1"
    assert said["9001"].class_ == "not_reported_missing"
    assert said["9001"].flags == ("civilian",)
    assert (said["9002"].class_, said["9002"].match) == ("already_home", "R-1")
    assert said["9003"].class_ == "insufficient_identification"
    assert said["9004"].flags == ("unreadable",)
    assert said["1"].match == known[0].ref

    shown = text_of(client.get(reverse("triage-list", args=[at])))
    assert STRANGER[1] in shown
    assert "Open a file" in shown
    assert f"?ref={known[0].ref}" in shown
    assert "31.02.1990" not in shown
    only = text_of(client.get(reverse("triage-list", args=[at]) + "?class=already_home"))
    assert HOME[1] in only
    assert STRANGER[1] not in only

    answer = client.get(reverse("triage-report", args=[at]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Lines", "Counts"]
    cells = [row[3] for row in book["Lines"].iter_rows(values_only=True)]
    assert {STRANGER[1], HOME[1]} <= set(cells)
    for sheet in book:
        assert {row[-1] for row in sheet.iter_rows(values_only=True)} == {"SIMULATION"}
    assert AccessLog.objects.filter(act="triage.read", subject=f"list:{at}").exists()

    assert client.get(reverse("triage-discard", args=[at])).status_code == 200
    client.post(reverse("triage-discard", args=[at]))
    assert client.get(reverse("triage-list", args=[at])).status_code == 404
    kept = ListImport.objects.get(pk=at)
    assert (kept.file, kept.findings, kept.state) == (None, None, "discarded")
    assert {each.ref for each in people(node, "wanted", reader=READER)} == before


def test_the_pages_of_one_class_follow_one_another(client, node):
    rows = [
        [
            f"{n}",
            f"Вигаданий{chr(0x430 + n % 30)}{chr(0x430 + n // 30)} Орест",
            f"19{60 + n % 40}-02-{n % 27 + 1:02}",
            "",
        ]
        for n in range(70)
    ]
    at = number_of(upload(client, [TITLES, *rows]))
    look_through(client, node, at, MEANT)
    address = reverse("triage-list", args=[at]) + "?class=not_reported_missing"
    count = triage.found_of(node, at, reader=READER).triage.counts()["not_reported_missing"]
    assert count > 50
    first, second = (text_of(client.get(f"{address}&page={n}")) for n in (1, 2))
    assert "Page 1 of 2" in re.sub(r"<[^>]+>", "", first)
    assert first.count('<th scope="row">') == 50
    assert second.count('<th scope="row">') == count - 50
    assert client.get(address + "&page=x").status_code == 200
    assert client.get(reverse("triage-list", args=[at]) + "?class=nothing").status_code == 404
    client.post(reverse("triage-discard", args=[at]))


def test_a_list_of_those_whom_they_seek_is_compared_with_those_we_hold(node):
    held = next(each for each in people(node, "held", reader=READER) if each.birth_date)
    row = ["W-1", held.family_name, held.given_name, held.father_name, held.birth_date.text]
    data = file_of([["ref", "family_name", "given_name", "father_name", "birth_date"], row]).read()
    at = triage.keep_list(node, kind="wanted", data=data, file_name="w.csv", now=NOW, actor="test")
    triage.look_through(node, list_id=at, now=NOW, actor="test", report=no_report)
    (line,) = triage.found_of(node, at, reader=READER).triage.lines
    assert (line.match, line.match_list) == (held.ref, "held")
    assert "held_by_us" in line.flags
    uploads.discard_upload(node, at, source=uploads.THEIRS)


def test_a_list_of_theirs_can_never_become_one_of_ours(client, node):
    at = number_of(upload(client, [TITLES, STRANGER]))
    assert client.get(reverse("import", args=[at])).status_code == 404
    assert client.post(reverse("import-columns", args=[at])).status_code == 404
    assert at not in {each.pk for each in lists.imports(node)}
    for act in (uploads.check_upload, uploads.take_import):
        with pytest.raises(AccessError):
            act(node, import_id=at, now=NOW, actor="test", report=no_report)
    with pytest.raises(AccessError):
        uploads.discard_upload(node, at)
    with pytest.raises(TurnError):
        triage.found_of(node, at, reader=READER)
    ours = uploads.take_upload(
        node, kind="held", data=b"ref,rank\nX-1,\n", file_name="x.csv", now=NOW, actor="test"
    )
    assert client.get(reverse("triage-columns", args=[ours])).status_code == 404
    uploads.discard_upload(node, ours)
    client.post(reverse("triage-discard", args=[at]))


def test_what_is_no_list_is_refused_and_nothing_is_kept(client, node):
    count = ListImport.objects.count()
    answer = client.post(reverse("triage"), {"kind": "held"})
    assert answer.status_code == 422
    answer = upload(client, [["a", "b"], ["c", "d"]], home=file_of([["x"], ["y"]], "h.csv"))
    assert answer.status_code == 422
    assert "Nothing was taken in" in text_of(answer)
    big = b"ref\n" + b"x" * triage.RETURNED_MAX_BYTES
    home = io.BytesIO(big)
    home.name = "h.csv"
    assert upload(client, [TITLES, STRANGER], home=home).status_code == 422
    assert ListImport.objects.count() == count


def test_names_rest_encrypted(client, node):
    at = number_of(upload(client, [TITLES, STRANGER]))
    look_through(client, node, at, MEANT)
    kept = ListImport.objects.get(pk=at)
    for content in (kept.file, kept.findings):
        assert "Небувалий".encode() not in bytes(content)
        assert "\\u041d" not in bytes(content).decode("latin-1")
    client.post(reverse("triage-discard", args=[at]))


def test_every_class_and_flag_has_the_words_of_the_command():
    with translation.override("en"):
        assert list(triage_words.CLASSES) == list(engine.CLASSES)
        for name, words in triage_words.CLASSES.items():
            assert (str(words.meaning), str(words.to_do)) == engine.CLASSES[name]
            for is_sought in (True, False):
                said = triage_words.to_do(name, is_sought=is_sought)
                assert said == engine.to_do(name, is_sought=is_sought)
        assert list(triage_words.FLAGS) == list(engine.FLAGS)
        for name, (_, said) in triage_words.FLAGS.items():
            assert str(said) == engine.FLAGS[name]


def test_every_reason_has_its_words_in_every_language():
    assert triage_reasons.OWN.keys() == engine.SENTENCES.keys()
    assert reason_words.SENTENCES.keys() == engine_reasons.SENTENCES.keys()
    facts = {"a": "Орлань", "b": "Orlan", "count": "1,200", "flags": "civilian, article 109"}
    with translation.override("uk"):
        for name, english in engine.SENTENCES.items():
            words = str(triage_reasons.OWN[name])
            said = triage_reasons.in_words(english.format(**facts))
            shown = ", ".join(
                str(triage_words.FLAGS[each][0]) for each in ("civilian", "article_109")
            )
            assert said == words.format(**facts | {"flags": shown})
        for english in engine_reasons.SENTENCES.values():
            sentence = english.format(**facts).rstrip(".")
            said = triage_reasons.in_words(f"{sentence} +4.0")
            assert said.endswith(". +4.0")
            assert all(facts[each] in said for each in ("a", "b") if f"{{{each}}}" in english)
        same = triage_reasons.in_words("Орлань in both rows -0.5")
        assert (same[-4:], "Орлань" in same, "rows" in same) == ("-0.5", True, False)
        assert triage_reasons.in_words("Another sentence") == "Another sentence"
    with translation.override("en"):
        sentence = "Орлань = Orlan (KMU 2010) +9.0"
        assert triage_reasons.in_words(sentence) == sentence
        unread = "birth_date: expected a day; what stands there was left out."
        assert triage_reasons.in_words(unread).endswith("left out: Date of birth.")
