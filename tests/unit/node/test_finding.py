# ruff: noqa: RUF001 - names in several scripts are the subject of this file

import pytest
from django.db import connection

from homeward.foundation.errors import AccessError, InputError
from homeward.node import access, finding
from homeward.node.actions.lists import import_list
from homeward.node.models import AccessLog

HEADER = (
    "ref,family_name,given_name,father_name,name_as_written,birth_date,power,status,sex,"
    "service_number,captured_on,health\n"
)
ROWS = (
    "XA-1,Орленко,Іван,Петрович,,1998-03-14,XB,pow,M,00-17 a,2024-05-01,good\n"
    "XA-2,Brook,Ada,,,2002,XB,medical,F,,2022-01,serious\n"
    "XA-3,Орел,Марія,,,1960,XC,civilian,F,,,unknown\n"
    "XA-4,,,,Stone Max,2000-02,XB,pow,M,,2023-12-30,wounded\n"
    "XA-5,Де Міра,Іван,,,1964-02-05,XB,pow,M,,2024-02-05,sick\n"
)
NAMELESS = frozenset({"ref", "status", "health"})


@pytest.fixture(name="reader")
def fixture_reader(now):
    return access.Reader(actor="user-7", purpose="review", now=now)


@pytest.fixture(name="find")
def fixture_find(node, now, reader):
    """Give a function that finds references on a held list of five."""
    data = (HEADER + ROWS).encode()
    import_list(node, kind="held", data=data, file_name="held.csv", now=now, actor="user-7")

    def find(columns=None, **question):
        found = access.find(node, "held", columns=columns, reader=reader, **question)
        refs = [person.ref for person in found.people]
        every = access.each(
            node, "held", columns=columns, reader=reader,
            **{name: value for name, value in question.items() if not name.startswith("page")},
        )  # fmt: skip
        assert len(list(every)) == found.total_count
        return refs

    return find


@pytest.mark.parametrize(
    ("search", "refs"),
    [
        ("орленко", ["XA-1"]),
        ("Orlenko", ["XA-1"]),
        ("ivan ORLENKO", ["XA-1"]),
        ("Орленко Петрович", ["XA-1"]),
        ("Іван", ["XA-1", "XA-5"]),
        ("Ivan Orel", []),
        ("оре", ["XA-3"]),
        ("stone", ["XA-4"]),
        ("max stone", ["XA-4"]),
        ("де міра", ["XA-5"]),
        ("0017A", ["XA-1"]),
        ("XA-2", ["XA-2"]),
        ("xa-", ["XA-1", "XA-2", "XA-3", "XA-4", "XA-5"]),
        ("nobody", []),
        ("%", []),
        ("XA_2", []),
    ],
)
def test_a_search_finds_by_name_number_or_reference(find, search, refs):
    assert find(search=search) == refs


@pytest.mark.parametrize(
    ("filters", "refs"),
    [
        ({"status": "pow"}, ["XA-1", "XA-4", "XA-5"]),
        ({"status": "pow", "health": "sick"}, ["XA-5"]),
        ({"power": "XC"}, ["XA-3"]),
        ({"status": ""}, ["XA-1", "XA-2", "XA-3", "XA-4", "XA-5"]),
        ({"age": "under_25"}, ["XA-2"]),
        ({"age": "over_60"}, ["XA-3", "XA-5"]),
        ({"held": "over_1_year"}, ["XA-2", "XA-4", "XA-5"]),
        ({"held": "over_2_years"}, ["XA-2"]),
    ],
)
def test_filters_narrow_a_list(find, filters, refs):
    assert find(filters=filters) == refs
    assert find(filters=filters, search="XA") == refs


def test_an_uncertain_date_passes_only_if_every_day_that_it_can_mean_does(node, find, now):
    assert "XA-4" not in find(filters={"age": "under_25"})  # born on one of 29 days, 25 on some
    earlier = access.Reader(actor="user-7", purpose="review", now=now.replace(day=1, month=1))
    found = access.find(node, "held", filters={"age": "under_25"}, columns=None, reader=earlier)
    assert [person.ref for person in found.people] == ["XA-2", "XA-4"]


def test_the_longest_held_come_first_and_the_unknown_last(find):
    order = ["XA-2", "XA-4", "XA-5", "XA-1", "XA-3"]
    assert find(order="longest") == order
    assert find(order="longest", search="XA") == order
    pages = [find(order="longest", page=page, page_size=2) for page in (1, 2, 3)]
    assert [ref for page in pages for ref in page] == order


def test_a_page_beyond_the_last_is_the_last(node, find, reader):
    assert find(page=2, page_size=2) == ["XA-3", "XA-4"]
    found = access.find(node, "held", page=99, page_size=2, columns=None, reader=reader)
    assert (found.page, found.page_count, found.total_count) == (3, 3, 5)
    assert find(search="XA", page=3, page_size=2) == ["XA-5"]
    assert find(page=0, page_size=2) == ["XA-1", "XA-2"]


def test_an_empty_list_has_one_empty_page(node, reader):
    found = access.find(node, "wanted", columns=None, reader=reader)
    assert (found.people, found.total_count, found.page, found.page_count) == ((), 0, 1, 1)


def test_without_names_only_the_reference_is_searched(find):
    assert find(columns=NAMELESS, search="Орленко") == []
    assert find(columns=NAMELESS, search="0017a") == []
    assert find(columns=NAMELESS, search="XA-1") == ["XA-1"]


@pytest.mark.parametrize(
    "question",
    [
        {"filters": {"age": "under_25"}},
        {"filters": {"sex": "F"}},
        {"filters": {"sex": "F"}, "search": "XA-1"},
        {"filters": {"held": "over_1_year"}},
        {"order": "longest"},
    ],
)
def test_what_a_reader_may_not_see_it_may_not_ask_by(find, question):
    with pytest.raises(AccessError):
        find(columns=NAMELESS, **question)


@pytest.mark.parametrize(
    ("kind", "filters"), [("held", {"name": "x"}), ("held", {"sex": "m"}), ("wanted", {"health": "good"})]
)  # fmt: skip
def test_a_filter_or_a_value_that_does_not_exist_is_refused(node, reader, kind, filters):
    with pytest.raises(InputError):
        access.find(node, kind, filters=filters, columns=None, reader=reader)


def test_filters_are_offered_only_for_visible_columns_of_the_list():
    assert finding.filters_for("held", NAMELESS) == ("status", "health")
    assert finding.filters_for("wanted", NAMELESS) == ("status",)
    assert set(finding.filters_for("held", None)) == set(access.FILTERS)


def test_a_search_is_noted_with_those_it_showed_and_without_its_words(find):
    find(search="Орленко", page_size=2)
    note = AccessLog.objects.get(act="people.found")
    assert (note.subject, note.person_count, note.purpose) == ("held", 1, "review")


def test_a_search_that_too_many_fit_says_so_and_is_not_written_out(node, find, reader, monkeypatch):
    monkeypatch.setattr(finding, "CANDIDATES_MAX", 1)
    found = access.find(node, "held", search="Іван", columns=None, reader=reader)
    assert found.is_cut
    assert found.total_count == 1
    with pytest.raises(InputError):
        access.each(node, "held", search="Іван", columns=None, reader=reader)


def test_a_search_has_a_length(node, reader):
    with pytest.raises(InputError):
        access.find(node, "held", search="x" * 201, columns=None, reader=reader)


def plan(sql, params):
    """Return what the database would do, one step a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE node_person")
            cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read faster whole
            cursor.execute(f"EXPLAIN {sql}", params)
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return [row[3] for row in cursor.fetchall()]


def reads_all(step):
    """Tell whether a step reads a whole table, or sorts what an index has in order."""
    return step.startswith(("SCAN", "USE TEMP B-TREE")) or "Seq Scan" in step


@pytest.fixture(name="many")
def fixture_many(node, now):
    """Import 3,000 people."""
    rows = "".join(
        f"XA-{n:05},Орл{n % 97},Іва{n % 31},,,19{60 + n % 40},XB,pow,M,{n},202{n % 4},good\n"
        for n in range(3_000)
    )
    data = (HEADER + rows).encode()
    import_list(node, kind="held", data=data, file_name="held.csv", now=now, actor="user-7")
    return node


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"page": 60},
        {"order": "longest"},
        {"order": "longest", "page": 60, "filters": {"status": "pow"}},
        {"filters": {"health": "good"}},
        {"filters": {"age": "over_60", "held": "over_1_year"}},
        {"search": "XA-01"},
        {"search": "Орл7 Іва7"},
        {"search": "орл"},
        {"search": "1234"},
    ],
    ids=str,
)
def test_no_question_reads_a_whole_table(many, reader, question):
    asked = []

    def watch(execute, sql, params, is_many, context):
        asked.append((sql, params))
        return execute(sql, params, is_many, context)

    with connection.execute_wrapper(watch):
        found = access.find(many, "held", columns=None, reader=reader, **question)
    assert found.people
    with many.transaction():
        steps = [
            step
            for sql, params in asked
            if sql.startswith("SELECT") and "node_person" in sql
            for step in plan(sql, params)
        ]
    assert steps
    assert [step for step in steps if reads_all(step)] == []
