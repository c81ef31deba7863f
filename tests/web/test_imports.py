"""Bringing in a list: file, columns, check, taking over, undoing."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from homeward.node import jobs
from homeward.node.access import Reader, people
from homeward.node.actions import lists, uploads
from homeward.node.models import ListImport
from homeward.node.web import columns, problem_words
from homeward.node.web.pages import imports as pages
from homeward.records import cells
from homeward.records.model import COLUMNS
from homeward.records.read import read_list

NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
READER = Reader(actor="test", purpose="test", now=NOW)
TITLES = ["№ справи", "Прізвище", "Ім'я", "Коли народився", "Звання", "Стан"]
MEANT = ["ref", "family_name", "given_name", "birth_date", "rank", "health"]
ROW_COUNT, BAD_COUNT = 1_000, 100


def text_of(answer):
    return answer.content.decode("utf-8")


def table(rows, titles=TITLES):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([titles, *rows])
    return text.getvalue().encode("utf-8")


def odd_rows():
    """A thousand invented people, one of them twice; of a hundred one cell is wrong."""
    rows = [
        [f"N-{n}", "Вигаданий", f"Людина{n}", f"19{n % 30 + 60}-03-14", "солдат", "good"]
        for n in range(ROW_COUNT)
    ]
    for n in range(60):
        rows[n * 10][3] = "31.02.1990"
    for n in range(30):
        rows[n * 10 + 1][5] = "невідомо"
    for n in range(10):
        rows[n * 10 + 2][0] = ""
    rows[-2][2] = "Орест"
    rows[-1][1:] = rows[-2][1:]
    return rows


def upload(client, data, *, name="list.csv", kind="held"):
    file = io.BytesIO(data)
    file.name = name
    return client.post(reverse("imports"), {"kind": kind, "file": file})


def work(node, answer):
    """Do the job that a page has asked for, and say that it is done."""
    assert answer.status_code == 302
    jobs.run_waiting(node, now=lambda: NOW)
    assert jobs.Job.objects.order_by("-created_at").first().state == "done"


def name_columns(client, node, at, meant):
    fields = {f"column-{place}": column for place, column in enumerate(meant)}
    work(node, client.post(reverse("import-columns", args=[at]), fields))
    return text_of(client.get(reverse("import", args=[at])))


def take(client, node, at):
    work(node, client.post(reverse("import-take", args=[at])))
    return text_of(client.get(reverse("import", args=[at])))


def number_of(answer):
    return int(re.search(r"/imports/(\d+)", answer["Location"])[1])


def on_list(node):
    return {person.ref: person for person in people(node, "held", reader=READER)}


@pytest.fixture(name="client")
def fixture_client(browser):
    return browser("caseworker")


def test_a_list_with_odd_headers_and_bad_rows_comes_in_and_goes_again(client, node):
    before = on_list(node)
    answer = upload(client, table(odd_rows()))
    at = number_of(answer)
    assert answer["Location"] == reverse("import-columns", args=[at])
    asked = text_of(client.get(answer["Location"]))
    assert all(title.replace("'", "&#x27;") in asked for title in TITLES)
    assert "31.02.1990" in asked, "a sample of each column"

    checked = name_columns(client, node, at, MEANT)
    assert on_list(node) == before, "a check changes nothing"
    assert re.findall(r"<dd><bdi dir=\"ltr\">([\d,]+)</bdi></dd>", checked)[:4] == [
        *("900", "0", "0", "100"),
    ]
    orders = [checked.index(word) for word in ("Rows: 60", "Rows: 30", "Rows: 10")]
    assert orders == sorted(orders), "the largest group first"
    assert "This day does not exist" in checked
    assert "More rows like these: 40" in checked
    assert "Pairs: 1<" in checked
    assert "More pairs like these" not in checked
    assert "Take over. Rows: 900" in checked

    rows = client.get(reverse("import-rows", args=[at]))
    book = openpyxl.load_workbook(io.BytesIO(rows.content))
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert sheet.max_row == BAD_COUNT + 1
    assert set(TITLES) <= set(header)
    assert header[0] == "Error"

    assert "Take over. Rows: 900<" in text_of(client.get(reverse("import-take", args=[at])))
    receipt = take(client, node, at)
    assert "This list is taken over" in receipt
    assert 'action="/review/list/held/find"' in receipt
    assert "perhaps one person: 1." in receipt
    assert ListImport.objects.get(id=at).file_sha256 in receipt
    assert len(on_list(node)) == len(before) + 900

    for number, row in enumerate(sheet.iter_rows(min_row=2), 1):
        cell = dict(zip(header, row, strict=True))
        cell["№ справи"].value = cell["№ справи"].value or f"fixed-{number}"
        cell["Коли народився"].value = "1990-02"
        cell["Стан"].value = "good"
    fixed = io.BytesIO()
    book.save(fixed)
    answer = upload(client, fixed.getvalue(), name="fixed.xlsx")
    second = number_of(answer)
    guesses = uploads.columns_of(node, second)
    assert [(guess.title, guess.column) for guess in guesses if guess.title != "Error"] == list(
        zip(TITLES, MEANT, strict=True)
    ), "the columns are remembered"
    assert "as the last time" in text_of(client.get(answer["Location"]))
    checked = name_columns(client, node, second, [guess.column for guess in guesses])
    assert "Take over. Rows: 100" in checked
    take(client, node, second)
    assert len(on_list(node)) == len(before) + ROW_COUNT

    for number in (second, at):
        page = text_of(client.get(reverse("import", args=[number])))
        assert "Undo this import" in page
        work(node, client.post(reverse("import-undo", args=[number])))
        assert "This import is undone" in text_of(client.get(reverse("import", args=[number])))
    assert on_list(node) == before


def test_the_same_file_twice_would_change_nothing(client, node):
    data = table([["A-1", "Вигаданий"]], ["ref", "family_name"])
    first = number_of(upload(client, data))
    name_columns(client, node, first, ["ref", "family_name"])
    take(client, node, first)
    second = number_of(upload(client, data))
    said = name_columns(client, node, second, ["ref", "family_name"])
    assert "Nothing would change" in said
    assert "Take over. Rows" not in said
    work(node, client.post(reverse("import-undo", args=[first])))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04 no workbook", "The file is no XLSX workbook that can be opened."),
        (b"\xd0\xcf\x11\xe0 old", "The file is an old or a protected workbook."),
        (table([], ["ref", "ref"]), "Two columns of the file have the same name."),
    ],
)
def test_a_file_that_is_no_list_is_refused_where_it_was_chosen(client, data, said):
    count = ListImport.objects.count()
    answer = upload(client, data, kind="wanted")
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert '<option value="wanted" selected>' in page, "what was chosen stays"
    assert 'aria-current="step">Choose the file' in page
    assert ListImport.objects.count() == count


def test_a_form_without_file_or_list_says_so_beside_the_field(client):
    page = text_of(client.post(reverse("imports"), {}))
    assert page.count("Choose which list the file is.") == 2
    assert page.count("Choose a file of at most 200 MB.") == 2


def test_a_column_is_chosen_once_and_one_is_the_reference(client, node):
    at = number_of(upload(client, table([["A-1", "x", "y"]], ["ref", "b", "c"])))
    address = reverse("import-columns", args=[at])
    twice = {"column-0": "ref", "column-1": "rank", "column-2": "rank"}
    answer = client.post(address, twice)
    assert answer.status_code == 422
    assert text_of(answer).count("Rank is chosen for 2 columns. Choose it once.") == 4
    answer = client.post(address, {"column-0": "rank"})
    assert "Say which column has your own reference" in text_of(answer)
    assert '<option value="rank" selected>' in text_of(answer)
    client.post(reverse("import-discard", args=[at]))


def test_a_discarded_file_leaves_the_list_alone_and_cannot_be_taken_over(client, node):
    before = on_list(node)
    at = number_of(upload(client, table([["A-1", "x"]], ["ref", "rank"])))
    assert "Discard this file" in text_of(client.get(reverse("import-discard", args=[at])))
    answer = client.post(reverse("import-discard", args=[at]), follow=True)
    assert "Nothing on your list changed." in text_of(answer)
    assert client.post(reverse("import-take", args=[at]))["Location"] == f"/imports/{at}"
    assert "This file was discarded" in text_of(client.get(f"/imports/{at}"))
    assert on_list(node) == before


def test_a_real_node_refuses_a_list_of_invented_people(client, node):
    about = node.about
    object.__setattr__(node, "about", replace(about, simulation=False))
    try:
        answer = upload(client, table([["A-1", "yes"]], ["ref", "simulation"]))
    finally:
        object.__setattr__(node, "about", about)
    assert answer.status_code == 422
    assert "this node is a real one" in text_of(answer)


def test_an_import_that_does_not_exist_is_not_found(client):
    for address in (
        f"/imports/{10**30}",
        "/imports/999999",
        "/imports/999999/columns",
        "/imports/999999/rows",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "negotiator", "auditor", "administrator"])
def test_only_a_caseworker_brings_in_lists(browser, role):
    for name in ("imports", "import-template-held"):
        assert browser(role).get(reverse(name)).status_code == 404


@pytest.mark.parametrize("kind", ["held", "wanted"])
def test_the_empty_list_to_download_has_every_column(client, kind):
    answer = client.get(reverse(f"import-template-{kind}"))
    reading = read_list(answer.content, kind=kind, file="x", today=NOW.date())
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    assert answer.content.decode("utf-8-sig").strip().split(",") == list(COLUMNS[kind])
    assert (reading.row_count, reading.unknown_columns) == (0, ())


def test_a_file_is_never_spooled_to_the_disk_and_a_strangers_is_dropped(client, browser, node):
    from django.core.files.uploadedfile import InMemoryUploadedFile
    from django.test import RequestFactory

    big = io.BytesIO(b"ref\n" + b"x" * 3_000_000)
    big.name = "big.csv"
    for who, kept in ((client, True), (browser(), False)):
        request = RequestFactory().post("/imports", {"file": big})
        big.seek(0)
        request.user = who.get("/verify").wsgi_request.user
        assert ("file" in request.FILES) == kept
        if kept:
            assert isinstance(request.FILES["file"], InMemoryUploadedFile)
            assert len(request.FILES["file"].read()) > 3_000_000


def test_every_fault_and_every_refusal_has_its_words():
    faults = {value.kind for value in vars(cells).values() if isinstance(value, cells.Fault)}
    faults |= {fault.kind for event in cells.EVENTS for fault in event[1:]}
    folder = Path(cells.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text("utf-8")
        faults |= set(re.findall(r'Fault\(\s*"(\w+)"', text))
    assert faults | {"unknown_power"} == set(problem_words.FAULTS)
    codes = set()
    for name in ("read.py", "table.py"):
        codes |= set(re.findall(r'"(records\.\w+)"', (folder / name).read_text("utf-8")))
    assert codes <= set(problem_words.REFUSALS)
    for kind in faults:
        for column in ("health", "power", "ref"):
            what, repair = problem_words.of_fault(kind, column)
            assert "{" not in what + repair
            assert what.endswith(".")


def test_every_reason_why_an_import_stays_has_its_words():
    assert set(problem_words.NO_UNDO) == set(lists.WHY_NOT_UNDONE)
    for reason, text in lists.WHY_NOT_UNDONE.items():
        assert problem_words.of_no_undo(text) == str(problem_words.NO_UNDO[reason])
    assert problem_words.of_no_undo("") == ""


def test_every_column_has_a_name_a_meaning_and_one_group():
    known = {column for kind in COLUMNS for column in COLUMNS[kind]}
    grouped = [column for _, group in columns.GROUPS for column in group]
    assert set(columns.NAMES) == set(columns.MEANINGS) == known == set(grouped)
    assert len(grouped) == len(known)


def test_every_state_of_an_import_has_a_word():
    assert set(pages.STATES) == set(ListImport.STATES)
