# ruff: noqa: RUF001 - titles in several scripts are the subject of this file

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from homeward.foundation.errors import InputError
from homeward.records.fix import rows_to_fix
from homeward.records.model import COLUMNS
from homeward.records.read import read_list
from homeward.records.titles import guess_columns

TODAY = dt.date(2025, 2, 5)


def read(text, **columns):
    return read_list(
        text.encode(), kind="held", file="f.csv", today=TODAY, columns=columns.get("columns")
    )


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Прізвище", "family_name"),
        ("ФАМИЛИЯ", "family_name"),
        ("اسم العائلة", "family_name"),
        ("Last name:", "family_name"),
        ("Given names", "given_name"),
        ("По-батькові", "father_name"),
        ("Дата рождения", "birth_date"),
        ("تاريخ الميلاد", "birth_date"),
        ("Стан здоров'я", "health"),
        ("П.І.Б.", "name_as_written"),
    ],
)
def test_a_usual_title_is_guessed(title, column):
    assert guess_columns([title], "held") == {title: (column, "guessed")}


def test_no_column_is_guessed_twice_and_our_own_names_go_first():
    found = guess_columns(["Surname", "Прізвище", "family_name", "Error", "Shoe"], "held")
    assert found == {
        "Surname": ("extra", "unknown"),
        "Прізвище": ("extra", "unknown"),
        "family_name": ("family_name", "same"),
        "Error": ("", "same"),
        "Shoe": ("extra", "unknown"),
    }


def test_a_column_of_the_other_list_is_not_guessed():
    assert guess_columns(["Missing from"], "held")["Missing from"][1] == "unknown"
    assert guess_columns(["Missing from"], "wanted")["Missing from"][0] == "missing_since"


@pytest.mark.parametrize("title", ["NAME", "Имя", "Ім’я", "الاسم"])
def test_a_name_alone_is_the_whole_name(title):
    assert guess_columns([title, "DOB"], "held")[title] == ("name_as_written", "guessed")
    beside = guess_columns([title, "Surname"], "held")
    assert beside == {title: ("given_name", "guessed"), "Surname": ("family_name", "guessed")}
    assert guess_columns(["given_name"], "held") == {"given_name": ("given_name", "same")}


@pytest.mark.parametrize("title", ["№", "No.", "№ п/п", "№ з/п", "الرقم"])
def test_the_number_of_a_line_is_a_reference_on_their_list_alone(title):
    titles = [title, "ФИО"]
    assert guess_columns(titles, "held", is_theirs=True)[title] == ("ref", "guessed")
    assert guess_columns(titles, "held")[title] == ("extra", "unknown")
    assert guess_columns([*titles, "id"], "held", is_theirs=True)[title] == ("extra", "unknown")


def test_every_column_of_a_list_has_usual_titles():
    for kind, columns in COLUMNS.items():
        ours = guess_columns([column.replace("_", " ").upper() for column in columns], kind)
        assert [meant for meant, _ in ours.values()] == list(columns)


def test_titles_that_are_given_a_meaning_are_read_as_that_column():
    columns = {"Nr": "ref", "Wer": "family_name", "Weg": "", "Ort": "extra"}
    reading = read("Nr;Wer;Weg;Ort;sex\nXA-1;Reed;\x01secret;Hut;M\n", columns=columns)
    (person,) = reading.records
    assert (person.ref, person.family_name, person.sex) == ("XA-1", "Reed", "M")
    assert person.extra == (("Ort", "Hut"),)
    assert reading.unknown_columns == ("Ort",)


def test_a_column_that_two_titles_mean_is_refused():
    with pytest.raises(InputError):
        read("Nr,No\n1,2\n", columns={"Nr": "ref", "No": "ref"})


def test_a_column_error_is_never_kept():
    (person,) = read("Error,ref\nRow 7: something,XA-1\n").records
    assert person.extra == ()


def test_bad_rows_come_back_as_written_with_what_is_wrong():
    text = "ref,sex,note,\nXA-1,M,=1+1,\nXA-2,male,'=2+2,\nXA-3,x?,a\x01b,\nXA-4,M,tail,more\n"
    reading = read(text)
    data = rows_to_fix(text.encode(), file="f.csv", columns={}, problems=reading.problems)
    rows = [[cell.value or "" for cell in row] for row in load_workbook(io.BytesIO(data)).active]
    assert rows[0] == ["Error", "ref", "sex", "note"]
    assert [row[1:] for row in rows[1:]] == [
        ["XA-2", "male", "'=2+2"],
        ["XA-3", "x?", "a\ufffdb"],
        ["XA-4", "M", "tail"],
    ]
    assert rows[1][0].startswith("Row 3: sex: expected M, F, X or unknown.")
    again = read_list(data, kind="held", file="f.xlsx", today=TODAY)
    assert {problem.column for problem in again.problems} == {"sex"}
    assert again.row_count == 3
