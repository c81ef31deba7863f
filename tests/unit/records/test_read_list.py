"""From a file to people, and everything that is wrong with it."""

from __future__ import annotations

import collections
import datetime as dt
import pathlib

import pytest

from homeward.foundation.errors import InputError
from homeward.records.model import HELD, WANTED, ListKind
from homeward.records.read import ListReading, RowProblem, group_problems, read_list

TODAY = dt.date(2025, 2, 5)
SHARED = pathlib.Path(__file__).parents[3] / ".." / "shared" / "data" / "lists"


def read(text: str, *, kind: ListKind = HELD, encoding: str = "utf-8") -> ListReading:
    return read_list(text.encode(encoding), kind=kind, file="list.csv", today=TODAY)


def kinds(reading: ListReading) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.kind) for problem in reading.problems]


def one_cell(column: str, cell: str, *, kind: ListKind = HELD) -> ListReading:
    return read(f'ref,{column},birth_place\nA-1,"{cell}",Town\n', kind=kind)


def test_a_good_row_becomes_a_record_with_every_cell() -> None:
    reading = read(
        "ref,family_name,birth_date,sex,power,status,captured_on,health,consent\n"
        "A-1, Invented ,1998~,M,UA,pow,2024-09-21,sick,no\n"
    )
    (record,) = reading.records
    assert (record.ref, record.family_name, record.sex, record.power) == (
        "A-1",
        "Invented",
        "M",
        "UA",
    )
    assert record.birth_date is not None
    assert record.birth_date.text == "1998~"
    assert (record.status, record.health, record.consent) == ("pow", "sick", "no")
    assert reading.problems == ()
    assert reading.row_count == 1
    assert reading.encoding == "utf-8"
    assert len(reading.sha256) == 64


def test_empty_cells_are_unknown_and_never_no() -> None:
    (record,) = read("ref,sex,alive,consent,power,birth_date\nA-1,,,,,\n").records
    assert (record.sex, record.alive, record.consent) == ("unknown", "unknown", "unknown")
    assert record.power == ""
    assert record.birth_date is None


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_separator_and_line_end_gives_the_same_people(
    encoding: str, delimiter: str, newline: str
) -> None:
    lines = ["ref,family_name,unit", "A-1,Вигаданенко,7-ма", "A-2,Їжак,№ 9", ""]
    reading = read(newline.join(lines).replace(",", delimiter), encoding=encoding)
    assert [(r.family_name, r.unit) for r in reading.records] == [
        ("Вигаданенко", "7-ма"),
        ("Їжак", "№ 9"),
    ]


def test_names_of_columns_are_read_whatever_their_case_spaces_and_hyphens() -> None:
    (record,) = read(" REF ;Family Name;birth-date\nA-1;Invented;1998\n").records
    assert record.family_name == "Invented"
    assert record.birth_date is not None


def test_unknown_columns_are_kept_in_their_order() -> None:
    reading = read("note,ref,Blood group,empty\nx,A-1,AB,\n")
    assert reading.unknown_columns == ("note", "Blood group", "empty")
    assert reading.records[0].extra == (("note", "x"), ("Blood group", "AB"))


def test_a_column_of_the_other_list_is_an_unknown_column() -> None:
    reading = read("ref,health,missing_since\nA-1,rotten,2024\n", kind=WANTED)
    assert reading.unknown_columns == ("health",)
    assert reading.records[0].missing_since is not None


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("birth_date", "1998-02-30", "impossible_date"),
        ("birth_date", "1998-13", "impossible_date"),
        ("birth_date", "0998", "impossible_date"),
        ("birth_date", "31.02.1990", "impossible_date"),
        ("birth_date", "14.03.1998", "date_form"),
        ("birth_date", "spring", "date_form"),
        ("birth_date", "2025-02-06", "future_birth"),
        ("captured_on", "2052-01-14", "future_capture"),
        ("sex", "муж.", "unknown_value"),
        ("health", "dead", "unknown_value"),
        ("status", "prisoner", "unknown_value"),
        ("power", "Ukraine", "unknown_value"),
        ("article_109", "yes", "unknown_value"),
        ("unit", "x" * 4001, "too_long"),
        ("note", "x" * 4001, "too_long"),
        ("unit", "a\x00b", "control_character"),
    ],
)
def test_a_bad_cell_keeps_its_row_out_and_is_one_problem(column: str, cell: str, kind: str) -> None:
    reading = one_cell(column, cell)
    assert reading.records == ()
    assert kinds(reading) == [(2, column, kind)]
    (problem,) = reading.problems
    assert problem.found == (cell if len(cell) <= 80 else cell[:79] + "…")
    assert problem.expected
    assert problem.hint


@pytest.mark.parametrize("cell", ["2025~", "2025", "2025-02", "2025-02-05", "2025-02-06?"])
def test_a_capture_that_may_have_happened_by_today_is_kept(cell: str) -> None:
    assert len(one_cell("captured_on", cell).records) == 1


def test_nobody_is_captured_or_lost_before_birth() -> None:
    held = read("ref,birth_date,captured_on\nA-1,1998,1997-12-31\nA-2,1998~,1997-12-31\n")
    assert kinds(held) == [(2, "captured_on", "capture_before_birth")]
    wanted = read("ref,birth_date,missing_since\nA-1,1998,1997\nA-2,1998,2030\n", kind=WANTED)
    assert kinds(wanted) == [
        (2, "missing_since", "missing_before_birth"),
        (3, "missing_since", "future_missing"),
    ]


def test_each_bad_cell_of_a_row_is_a_problem_of_its_own() -> None:
    reading = read("ref,sex,health,birth_date\n,Z,rotten,1998-99\n")
    assert sorted(kinds(reading)) == [
        (2, "birth_date", "impossible_date"),
        (2, "health", "unknown_value"),
        (2, "ref", "missing_ref"),
        (2, "sex", "unknown_value"),
    ]


def test_allowed_words_and_party_codes_are_read_whatever_their_case() -> None:
    (record,) = read("ref,sex,alive,power\nA-1,m,YES,ye-houthi\n").records
    assert (record.sex, record.alive, record.power) == ("M", "yes", "YE-HOUTHI")


@pytest.mark.parametrize("ref", ["x" * 129, "A\u200b1", "A\n1"])
def test_a_reference_that_cannot_be_typed_again_is_refused(ref: str) -> None:
    assert kinds(read(f'ref,unit\n"{ref}",7\n')) == [(2, "ref", "bad_ref")]


def test_of_rows_that_share_a_reference_none_is_kept_and_each_is_reported() -> None:
    reading = read("ref,sex\nA-1,M\nA-2,M\nA-1,F\nA-1,Z\n")
    assert [record.ref for record in reading.records] == ["A-2"]
    assert [row for row, _, kind in kinds(reading) if kind == "duplicate_ref"] == [2, 4, 5]


def test_one_reference_in_two_unicode_forms_is_one_reference() -> None:
    reading = read("ref,sex\né-1,M\ne\u0301-1,M\n")
    assert reading.records == ()
    assert len(reading.problems) == 2


def test_names_keep_their_unicode_form() -> None:
    (record,) = read("ref,family_name\nA-1,Ire\u0301ne\n").records
    assert record.family_name == "Ire\u0301ne"


@pytest.mark.parametrize(
    ("line", "kind"), [("A-1,M", "wrong_width"), ("A-1,M,Town,more", "wrong_width")]
)
def test_a_row_of_another_width_is_not_guessed_at(line: str, kind: str) -> None:
    reading = read(f"ref,sex,birth_place\n{line}\nA-2,M,Town\n")
    assert kinds(reading) == [(2, "", kind)]
    assert [record.ref for record in reading.records] == ["A-2"]


def test_empty_cells_after_the_last_column_do_no_harm() -> None:
    reading = read("ref,sex,,\nA-1,M,,\nA-2,M,,x\n")
    assert [record.ref for record in reading.records] == ["A-1"]
    assert kinds(reading) == [(3, "", "wrong_width")]


def test_empty_rows_are_skipped_and_counted_as_a_spreadsheet_counts() -> None:
    reading = read('\nref,unit\n\nA-1,"two\r\nlines"\n , \nA-2,7\n,8\n')
    assert [record.ref for record in reading.records] == ["A-1", "A-2"]
    assert reading.records[0].unit == "two\nlines"
    assert kinds(reading) == [(7, "ref", "missing_ref")]
    assert reading.row_count == 3


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    reading = read('ref,unit\nA-1,"open\nA-2,7\nA-3,"seven, eighth"\nA-4,9\n')
    assert [record.ref for record in reading.records] == ["A-2", "A-3", "A-4"]
    assert kinds(reading) == [(2, "", "broken_quotes")]


def test_a_file_of_nothing_but_broken_quotes_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        read("ref,unit\n" + 'A,"x"y\n' * 1001)
    assert caught.value.code == "records.broken_quotes"


def test_the_apostrophe_of_an_export_is_taken_off() -> None:
    (record,) = read("ref,unit,family_name\nA-1,'+380,'t Hooft\n").records
    assert (record.unit, record.family_name) == ("+380", "'t Hooft")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "records.empty"),
        (b" \r\n\n", "records.empty"),
        (b"\xef\xbb\xbf", "records.no_header"),
        (b"Ivan,Invented,1998\n", "records.no_header"),
        (b"%PDF-1.7\n\x93\x8c", "records.no_header"),
        (b'ref,"unit\n', "records.no_header"),
        (b"family_name,sex\nInvented,M\n", "records.no_ref"),
        (b"ref,sex,SEX\nA-1,M,F\n", "records.duplicate_column"),
        (b"ref,note,Note\nA-1,M,F\n", "records.duplicate_column"),
        (b"ref,no\x01te\nA-1,M\n", "records.column_name"),
        (b"ref" + b",a" * 600, "records.too_large"),
        (b"\xd0\xcf\x11\xe0rest", "records.old_workbook"),
        ("ref,unit\nA-1,Вигадана".encode()[:-1], "records.encoding"),
        (b"ref,unit\nA-1,\xe8\x98\n", "records.encoding"),
        (b"\xff\xfer\x00e\x00f", "records.encoding"),
    ],
)
def test_what_is_no_list_is_refused_without_repeating_a_cell(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_list(data, kind=HELD, file="list.csv", today=TODAY)
    assert caught.value.code == code
    assert str(caught.value).startswith("list.csv: Expected ")
    assert caught.value.hint
    assert "Invented" not in str(caught.value)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeward.records.read.MAX_ROWS", 3)
    assert len(read("ref\nA\nB\nC\n").records) == 3
    with pytest.raises(InputError) as caught:
        read("ref\nA\nB\nC\nD\n")
    assert caught.value.code == "records.too_large"


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeward.records.table.MAX_FILE_BYTES", 5)
    with pytest.raises(InputError) as caught:
        read("ref\nAA\n")
    assert caught.value.code == "records.too_large"


def test_progress_never_passes_its_total_and_ends_at_it() -> None:
    calls: list[tuple[int, int]] = []
    text = "ref\n" + "".join(f"A-{number}\n" for number in range(25_000))
    read_list(
        text.encode(),
        kind=HELD,
        file="list.csv",
        today=TODAY,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert len(calls) == 3
    assert all(done <= total for done, total in calls)
    assert calls[-1] == (25_001, 25_001)


def test_problems_are_grouped_by_repair_with_the_most_frequent_first() -> None:
    rows = "".join(f"A-{number},Z,1998\n" for number in range(30))
    groups = group_problems(read(f"ref,sex,birth_date\n{rows}B,M,spring\n").problems)
    assert [(group.kind, group.column, group.count) for group in groups] == [
        ("unknown_value", "sex", 30),
        ("date_form", "birth_date", 1),
    ]
    assert groups[0].rows == tuple(range(2, 22))


def test_a_problem_does_not_show_the_cell_in_a_traceback() -> None:
    (problem,) = one_cell("birth_date", "31.02.1990").problems
    assert isinstance(problem, RowProblem)
    assert "31.02.1990" not in repr(problem)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the open test data is not beside the checkout")
@pytest.mark.parametrize(
    ("name", "encoding", "counts"),
    [
        (
            "held-by-ru.csv",
            "utf-8",
            {
                "impossible_date": 14,
                "missing_ref": 14,
                "health": 13,
                "future_capture": 13,
                "sex": 13,
            }
            | {"duplicate_ref": 2 * 14},  # both rows of each pair
        ),
        (
            "held-by-ua.csv",
            "windows-1251",
            {"impossible_date": 4, "missing_ref": 4, "health": 3, "future_capture": 3, "sex": 3}
            | {"duplicate_ref": 2 * 3},
        ),
    ],
)
def test_two_messy_lists_have_exactly_the_bad_rows_they_are_said_to_have(
    name: str, encoding: str, counts: dict[str, int]
) -> None:
    reading = read_list((SHARED / name).read_bytes(), kind=HELD, file=name, today=TODAY)
    found = collections.Counter(
        problem.column if problem.kind == "unknown_value" else problem.kind
        for problem in reading.problems
    )
    assert reading.encoding == encoding
    assert found == counts
    assert len(reading.records) == reading.row_count - len({p.row for p in reading.problems})
