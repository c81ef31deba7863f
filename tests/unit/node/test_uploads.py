import io

import pytest
from openpyxl import load_workbook

from homeward.foundation.errors import AccessError, InputError, TurnError
from homeward.node import access, people
from homeward.node.actions import lists, uploads
from homeward.node.models import ListImport, PersonVersion

TITLES = "Обліковий номер;Прізвище;Ім'я;Дата народження;power;Шафа\n"
ROWS = "XA-1;Орленко;Іван;1998-03-14;XB;12\nXA-2;Brook;Ada;1999~;XB;\n"
BAD = "XA-3;Reed;Leo;30.02.1998;XB;3\n;Stone;Max;1998;XB;4\n"


class Stopped(Exception):  # noqa: N818 - somebody's wish, no failure
    pass


@pytest.fixture(name="upload")
def fixture_upload(node, now):
    """Give a function that uploads a text as a held list."""

    def upload(text, **options):
        choices = {"kind": "held", "file_name": "C:\\lists\\held.csv"} | options
        data = text if isinstance(text, bytes) else text.encode()
        return uploads.take_upload(node, data=data, now=now, actor="user-7", **choices)

    return upload


@pytest.fixture(name="check")
def fixture_check(node, now):
    """Give a function that checks an upload."""

    def check(import_id, report=lambda phase, done, total: None):
        return uploads.check_upload(
            node, import_id=import_id, now=now, actor="user-7", report=report
        )

    return check


@pytest.fixture(name="take")
def fixture_take(node, now):
    """Give a function that takes an upload over."""

    def take(import_id, report=lambda phase, done, total: None):
        return uploads.take_import(
            node, import_id=import_id, now=now, actor="user-7", report=report
        )

    return take


@pytest.fixture(name="standing")
def fixture_standing(node, now):
    """Give a function that reads the held list by reference."""

    def standing():
        reader = access.Reader(actor="user-7", purpose="review", now=now)
        return {person.ref: person for person in access.people(node, "held", reader=reader)}

    return standing


def test_titles_are_recognised_in_the_languages_of_the_lists(node, upload):
    guesses = uploads.columns_of(node, upload(TITLES + ROWS))
    assert [(guess.title, guess.column, guess.how) for guess in guesses] == [
        ("Обліковий номер", "ref", "guessed"),
        ("Прізвище", "family_name", "guessed"),
        ("Ім'я", "given_name", "guessed"),
        ("Дата народження", "birth_date", "guessed"),
        ("power", "power", "same"),
        ("Шафа", "extra", "unknown"),
    ]
    assert guesses[1].samples == ("Орленко", "Brook")
    assert "Орленко" not in repr(guesses[1])


def test_an_upload_changes_no_list_and_rests_encrypted(node, upload):
    entry = ListImport.objects.get(pk=upload(TITLES + ROWS))
    assert (entry.state, entry.file_name, entry.turn) == ("uploaded", "held.csv", None)
    assert access.count(node, "held") == 0
    stored = bytes(entry.file) + bytes(entry.findings)
    assert not [name for name in ("Орленко", "Brook") if name.encode() in stored]


@pytest.mark.parametrize(
    "data", [b"", b"no list at all", b"%PDF-1.4\n", b"PK\x03\x04junk", b"a,a\n"]
)
def test_a_file_that_is_no_table_is_not_kept(upload, data):
    with pytest.raises(InputError):
        upload(data)
    assert not ListImport.objects.exists()


def test_a_simulation_is_refused_by_a_real_node(upload):
    with pytest.raises(InputError) as raised:
        upload("ref,Simulation\nXA-1,yes\n")
    assert raised.value.code == "lists.simulation"


def test_what_a_header_means_is_remembered(node, upload):
    first = upload(TITLES + ROWS)
    uploads.set_columns(node, first, {"Шафа": "", "Прізвище": "name_as_written"})
    again = uploads.columns_of(node, upload(TITLES + "XA-9;Reed;Leo;;;\n"))
    found = {guess.title: (guess.column, guess.how) for guess in again}
    assert found["Шафа"] == ("", "remembered")
    assert found["Прізвище"] == ("name_as_written", "remembered")
    assert found["power"] == ("power", "same")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"Прізвище": "given_name"}, "uploads.column_twice"),
        ({"Обліковий номер": ""}, "uploads.no_ref"),
        ({"Прізвище": "surname"}, "uploads.column"),
        ({"Прізвище": "missing_since"}, "uploads.column"),
        ({"Nothing": "rank"}, "uploads.column"),
        ({"power": "extra"}, "uploads.column_name"),
    ],
)
def test_meanings_that_cannot_be_are_refused_and_change_nothing(node, upload, columns, code):
    import_id = upload(TITLES + ROWS)
    before = uploads.columns_of(node, import_id)
    with pytest.raises(InputError) as raised:
        uploads.set_columns(node, import_id, columns)
    assert raised.value.code == code
    assert uploads.columns_of(node, import_id) == before


def test_a_check_says_what_would_change_and_changes_nobody(node, now, upload, check):
    lists.import_list(
        node, kind="held", data=b"ref,family_name\nXA-1,Other\n", file_name="x", now=now, actor="u"
    )
    phases = []
    counts = check(upload(TITLES + ROWS + BAD), lambda phase, done, total: phases.append(phase))
    assert counts == {
        "import_id": counts["import_id"],
        "rows": 4, "added": 1, "changed": 1, "unchanged": 0,
        "kept_out": 2, "problems": 2, "duplicates": 0,
    }  # fmt: skip
    assert set(phases) == {"reading", "comparing"}
    assert access.count(node, "held") == 1
    groups, problems = uploads.problems_of(node, counts["import_id"])
    assert {group.kind for group in groups} == {"impossible_date", "missing_ref"}
    assert [(problem.row, problem.found) for problem in problems] == [(4, "30.02.1998"), (5, "")]


def test_likely_duplicates_inside_a_list_are_named_by_reference(node, upload, check):
    text = (
        "ref,family_name,given_name,birth_date\n"
        "XA-1,Орленко,Іван,1998-03-04\nXA-2,Ivan,Orlenko,1998-03-04\n"
    )
    counts = check(upload(text))
    assert counts["duplicates"] == 1
    found = uploads.duplicates_of(node, counts["import_id"])
    assert (found.count, found.pairs) == (1, (("XA-1", "XA-2"),))


def test_taking_over_writes_all_good_rows_and_forgets_the_file(node, upload, check, take, standing):
    import_id = upload(TITLES + ROWS + BAD)
    check(import_id)
    counts = take(import_id)
    assert (counts["added"], counts["kept_out"]) == (2, 2)
    assert standing()["XA-1"].family_name == "Орленко"
    assert standing()["XA-1"].extra == (("Шафа", "12"),)
    entry = ListImport.objects.get(pk=import_id)
    assert (entry.state, entry.file, entry.turn) == ("done", None, 1)
    assert lists.imports(node) == (entry,)


def test_bad_rows_come_back_mended_under_the_same_titles(node, upload, check, take, standing):
    first = upload(TITLES + ROWS + BAD)
    uploads.set_columns(node, first, {"Шафа": "unit"})
    check(first)
    take(first)
    book = load_workbook(io.BytesIO(uploads.rows_to_fix(node, first)))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][:3] == ["Error", "Обліковий номер", "Прізвище"]
    assert sheet["A2"].value.startswith("Row 4: birth_date: expected")
    sheet["E2"].value, sheet["B3"].value = "1998-02-28", "XA-4"
    mended = io.BytesIO()
    book.save(mended)
    second = upload(mended.getvalue(), file_name="mended.xlsx")
    assert {guess.how for guess in uploads.columns_of(node, second)} == {"remembered", "same"}
    assert check(second)["problems"] == 0
    take(second)
    assert sorted(standing()) == ["XA-1", "XA-2", "XA-3", "XA-4"]
    assert (standing()["XA-4"].unit, standing()["XA-4"].extra) == ("4", ())


def test_a_list_without_bad_rows_has_none_to_mend(node, upload, check):
    import_id = upload(TITLES + ROWS)
    check(import_id)
    with pytest.raises(AccessError):
        uploads.rows_to_fix(node, import_id)


@pytest.mark.parametrize("phase", ["reading", "writing", "switching"])
def test_a_stop_on_the_way_leaves_the_list_as_it_was(node, upload, check, take, standing, phase):
    rows = "".join(f"XA-{n:05};Reed;Leo;;XB;{n}\n" for n in range(2_500))
    import_id = upload(TITLES + rows)
    check(import_id)
    seen = []

    def stop(now_in, done, total):
        seen.append(done)
        if now_in == phase and (phase != "writing" or done == 2_000):
            raise Stopped

    with pytest.raises(Stopped):
        take(import_id, stop)
    assert standing() == {}
    assert ListImport.objects.get(pk=import_id).state == "checked"
    assert (
        PersonVersion.objects.count() == {"reading": 0, "writing": 2_000, "switching": 2_500}[phase]
    )
    assert take(import_id)["added"] == 2_500
    assert len(standing()) == PersonVersion.objects.count() == 2_500


def test_a_crash_while_the_list_is_switched_leaves_it_as_it_was(
    node, upload, check, take, standing, monkeypatch
):
    import_id = upload(TITLES + ROWS)
    check(import_id)
    switch = people.switch

    def crash(*args, **kwargs):
        switch(*args, **kwargs)
        raise MemoryError

    monkeypatch.setattr(people, "switch", crash)
    with pytest.raises(MemoryError):
        take(import_id)
    assert standing() == {}
    assert ListImport.objects.get(pk=import_id).state == "checked"
    monkeypatch.undo()
    assert take(import_id)["added"] == 2


def test_what_another_change_wrote_in_between_is_written_over_and_can_come_back(
    node, now, upload, check, take, standing
):
    lists.import_list(
        node, kind="held", data=b"ref,family_name\nXA-1,Reed\n", file_name="x", now=now, actor="u"
    )
    import_id = upload("ref,family_name\nXA-1,Reed\nXA-2,Stone\n")
    check(import_id)

    def edit(phase, done, total):
        if (phase, done) == ("switching", 0):
            values = {"ref": "XA-1", "family_name": "Other"}
            lists.write_person(node, kind="held", values=values, now=now, actor="u")

    counts = take(import_id, edit)
    assert (counts["added"], counts["changed"], counts["unchanged"]) == (1, 1, 0)
    assert standing()["XA-1"].family_name == "Reed"
    lists.undo_import(node, import_id=import_id, now=now, actor="u")
    assert {ref: person.family_name for ref, person in standing().items()} == {"XA-1": "Other"}


def test_a_discarded_file_is_forgotten(node, upload, check, take):
    import_id = upload(TITLES + ROWS + BAD)
    check(import_id)
    with pytest.raises(Stopped):
        take(import_id, _stop_at_switch)
    uploads.discard_upload(node, import_id)
    entry = ListImport.objects.get(pk=import_id)
    assert (entry.state, entry.file, entry.findings, entry.rows_to_fix) == (
        "discarded",
        None,
        None,
        None,
    )
    assert not PersonVersion.objects.exists()
    with pytest.raises(TurnError):
        take(import_id)


def _stop_at_switch(phase, done, total):
    if phase == "switching":
        raise Stopped


def test_a_file_is_checked_before_it_is_taken_over_and_once_only(node, upload, check, take):
    import_id = upload(TITLES + ROWS)
    with pytest.raises(TurnError):
        take(import_id)
    check(import_id)
    uploads.set_columns(node, import_id, {"Шафа": ""})
    with pytest.raises(TurnError):
        take(import_id)
    check(import_id)
    take(import_id)
    for again in (take, check):
        with pytest.raises(TurnError):
            again(import_id)
    with pytest.raises(TurnError):
        uploads.set_columns(node, import_id, {})


def test_an_import_that_does_not_exist_is_not_found(node, check, take):
    for ask in (check, take):
        with pytest.raises(AccessError):
            ask(7)
    for look in (uploads.columns_of, uploads.problems_of, uploads.rows_to_fix, lists.undo_refusal):
        with pytest.raises(AccessError):
            look(node, 7)
