"""The record of real exchanges: its form, its queries, its sums, and published totals as checksums."""

import csv
import datetime as dt
import io
import re
from collections import Counter

import pytest

from homeward.foundation.errors import InputError
from homeward.report.checksums import checksums
from homeward.report.exchange_tables import read_complete_to, read_exchanges, read_totals
from homeward.report.exchanges import PARTIES, RUSSIA, UKRAINE, differences
from homeward.report.history import (
    NOBODY,
    Query,
    by_mediator,
    compared,
    read_history,
    select,
    steps,
    sums,
)
from homeward.report.history_files import COLUMNS, HXL, as_csv, as_document
from homeward.report.history_words import COUNTRIES, REMARKS, SPEAKERS, WHY

HISTORY = read_history()
ROW = """
[[exchange]]
id = "2025-02-05"
on = "2025-02-05"
sources = ["https://one", "https://two"]
figures = [{ home = "UA", people = 150, by = "UA", source = [1] }]
remarks = ["conscripts"]
"""


def found(checks, party):
    return {each.total.on.text: each for each in checks if each.total.by.startswith(party)}


def test_every_figure_has_a_speaker_and_a_source_of_its_row():
    for each in (*HISTORY.exchanges, *HISTORY.remains):
        assert each.sources
        for figure in each.figures:
            assert figure.by in SPEAKERS
            assert figure.sources
            assert set(figure.sources) <= set(each.sources)


def test_every_word_that_can_be_said_is_said_somewhere():
    rows = (*HISTORY.exchanges, *HISTORY.remains)
    assert {code for each in rows for code in each.remarks} == set(REMARKS)
    named = {m.party for each in rows for m in each.mediators}
    named |= {stop.country for each in rows for stop in each.stops} | set(PARTIES)
    assert named == set(COUNTRIES)
    assert {found.why for each in rows for found in differences(each)} == set(WHY)


def test_the_dead_are_in_no_sum_of_captives():
    document = as_document(HISTORY, HISTORY.exchanges)
    dead = {leg["count"] for each in document["remains"] for leg in each["legs"]}
    assert 1212 in dead
    assert 1212 not in {leg["count"] for each in document["exchanges"] for leg in each["legs"]}
    assert max(each["people"] for each in document["totals"]) < sum(dead)
    assert not re.search(r"\bbod(y|ies)\b", " ".join([*REMARKS.values(), *WHY.values()]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "2025-02-05"', 'id = "2025-02-06"'),
        ('sources = ["https://one", "https://two"]', "sources = []"),
        ('"https://two"', '"https://one"'),
        ('"https://two"', '"a whole sentence of somebody"'),
        ("source = [1]", "source = [3]"),
        (", source = [1]", ""),
        ('by = "UA"', 'by = "somebody"'),
        ('home = "UA"', 'home = "PL"'),
        ('home = "UA", ', ""),
        ("people = 150", "people = -1"),
        ("people = 150", "people = true"),
        ("people = 150", "people = 150, civilians = 151"),
        ("people = 150", "people = 150, apart = 151"),
        ("people = 150", "people = 150, unit = 'horses'"),
        ("people = 150", "people = 150, killed = 1"),
        ('"conscripts"', '"whatever"'),
        ("remarks =", "notes ="),
        ("[[exchange]]", "[[exchange"),
        (ROW, ROW + ROW),
    ],
)
def test_a_row_of_another_form_is_refused(old, new):
    assert len(read_exchanges(ROW)) == 1
    assert old in ROW
    with pytest.raises(InputError) as refused:
        read_exchanges(ROW.replace(old, new))
    assert refused.value.code == "history.table"


def test_rows_that_are_out_of_order_are_refused():
    later = ROW.replace("2025-02-05", "2025-02-04")
    assert len(read_exchanges(later + ROW)) == 2
    with pytest.raises(InputError):
        read_exchanges(ROW + later)


@pytest.mark.parametrize(
    "text", ['by = "UA"', 'by = "XY"', "people = 1.5", 'counts = "sheep"', 'on = "then"']
)
def test_a_total_of_another_form_is_refused(text):
    whole = {"by": '"UA"', "on": '"2025"', "people": "1", "counts": '"home"'}
    key, _, value = text.partition(" = ")
    whole[key] = value
    whole |= {"more": "1"} if text == 'by = "UA"' else {}
    table = "[[total]]\n" + "\n".join(f"{name} = {given}" for name, given in whole.items())
    with pytest.raises(InputError):
        read_totals(table)
    with pytest.raises(InputError):
        read_complete_to(ROW)


def test_ukraines_totals_close_over_ten_of_twelve_intervals_from_2022_to_april_2025():
    checks = found(HISTORY.checksums(), "UA")
    days = [day for day in checks if "2023" <= day <= "2025-04-19"]
    assert len(days) == 12
    assert [day for day in days if checks[day].verdict != "closes"] == ["2023-04-10", "2023-12"]
    assert [checks[day].gap for day in ("2023-04-10", "2023-12")] == [12, 6]


def test_russias_yearly_totals_close_for_2022_and_2024():
    checks = found(HISTORY.checksums(), "RU")
    assert {day: (each.total.people, each.recorded) for day, each in checks.items()} == {
        "2022": (628, 628),
        "2023": (547, 448),
        "2024": (1266, 1266),
    }
    assert checks["2024"].left_out == 1, "the exchange that Russia did not announce"
    assert checks["2023"].verdict == "unknown", "some exchanges of that year have no figure"


def test_the_mediators_totals_close_but_for_49_in_january_2025():
    checks = found(HISTORY.checksums(), "AE")
    known = [each for day, each in checks.items() if day <= HISTORY.complete_to.isoformat()]
    assert [each.total.people for each in known] == [
        *(1558, 1788, 1994, 2184, 2484, 2583, 2883, 3233, 4181, 4641)
    ]
    assert known[0].verdict == "start"
    gaps = {each.total.on.text: each.gap for each in known[1:] if each.verdict != "closes"}
    assert gaps == {"2025-01-15": 49}
    assert checks["2026-04-24"].verdict == "unknown", "the record is not complete by then"


def test_a_figure_that_is_changed_opens_its_interval():
    text = ROW + ROW.replace("2025-02-05", "2025-02-07")
    totals = read_totals(
        '[[total]]\nby = "UA"\non = "2025-02-05"\npeople = 150\ncounts = "home"\n'
        '[[total]]\nby = "UA"\non = "2025-02-07"\npeople = 300\ncounts = "home"\n'
    )
    day = dt.date(2025, 12, 31)
    closing = checksums(totals, read_exchanges(text), complete_to=day)
    assert [each.verdict for each in closing] == ["start", "closes"]
    open_ = checksums(totals, read_exchanges(text.replace("150", "149")), complete_to=day)
    assert (open_[1].verdict, open_[1].gap) == ("gap", 1)
    silent = re.sub(r"figures.*", "", text)
    unknown = checksums(totals, read_exchanges(silent), complete_to=day)
    assert (unknown[1].verdict, unknown[1].without_number) == ("unknown", 1)
    late = checksums(
        totals, read_exchanges(text.replace("150", "149")), complete_to=dt.date(2025, 2, 6)
    )
    assert late[1].verdict == "unknown"


def test_where_both_sides_speak_of_the_same_people_five_of_23_differ():
    count, differ = compared(HISTORY.exchanges, UKRAINE)
    assert count == 23
    assert {each.id: differences(each)[0].why for each in differ} == {
        "2022-10-29": "civilians",
        "2022-11-23": "civilians",
        "2024-01-31": "open",
        "2024-12-30": "open",
        "2025-10-02": "civilians",
    }


def test_one_number_can_hide_two_words():
    of = {each.id: [found.why for found in differences(each)] for each in HISTORY.exchanges}
    assert of["2025-01-15"] == ["category"]
    assert of["2025-03-19"] == ["apart"]
    assert of["2022-09-21"] == ["one_person"]
    assert of["2025-02-05"] == []


def test_the_exchange_of_5_february_2025_is_told_as_it_was():
    each = HISTORY.exchange("2025-02-05")
    said = {(figure.home, figure.by): figure.people for figure in each.figures}
    assert said == {
        ("UA", "UA.president"): 150,
        ("UA", "RU.defence_ministry"): 150,
        ("RU", "RU.defence_ministry"): 150,
        (None, "AE"): 300,
    }
    assert [(m.party, m.by) for m in each.mediators] == [("AE", ("AE", "RU", "UA"))]
    assert [(stop.country, stop.home, stop.by) for stop in each.stops] == [("BY", "RU", ("RU",))]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query(), 77),
        (Query(first=dt.date(2025, 2, 5), last=dt.date(2025, 2, 5)), 1),
        (Query(first=dt.date(2022, 5, 20), last=dt.date(2022, 5, 20)), 1),
        (Query(first=dt.date(2030, 1, 1)), 0),
        (Query(party="RU", last=dt.date(2022, 12, 31)), 19),
        (Query(mediator="VA"), 1),
        (Query(mediator=NOBODY, first=dt.date(2026, 1, 1)), 0),
        (Query(mediator="US"), 1),
        (Query(differing=True), 11),
        (Query(without_number=True), 8),
    ],
)
def test_a_query_finds_what_fits_all_of_it(query, count):
    assert len(select(HISTORY.exchanges, query)) == count


def test_sums_say_how_many_exchanges_they_leave_out():
    ours, theirs = sums(HISTORY.exchanges)
    assert (ours.counted + ours.uncounted, theirs.counted + theirs.uncounted) == (77, 77)
    assert ours.said[UKRAINE][1] == 59
    assert theirs.said[UKRAINE][1] == 8, "Ukraine rarely says how many it let go"
    assert steps(HISTORY.exchanges, complete_to=HISTORY.complete_to)[-1].home == {
        UKRAINE: ours.people,
        RUSSIA: theirs.people,
    }


def test_days_run_from_one_day_to_the_next():
    of = {
        step.exchange.id: step.days_since
        for step in steps(HISTORY.exchanges, complete_to=HISTORY.complete_to)
    }
    assert of["2022-03-01"] is None
    assert of["2022-04-14"] == 5
    assert of["2022-04-14-2"] is None, "a second one of the day"
    assert of["2022-05"] is None, "nobody told the day"
    assert of["2022-06-28"] == 59
    assert of["2026-02-05"] is None, "the record may lack some before it"
    assert max(filter(None, of.values())) == of["2024-01-03"] == 149


def test_an_exchange_with_two_mediators_counts_for_both():
    of = {each.mediator: each for each in by_mediator(HISTORY.exchanges)}
    assert list(of)[-1] == NOBODY
    assert of["TR"].people == of["SA"].people == 270
    assert (of["US"].people, of["US"].together, of["US"].without_number) == (400, 400, 0)
    assert sum(each.exchanges for each in of.values()) == 77 + 2


def test_the_csv_has_a_row_of_tags_and_no_zero_for_what_nobody_said():
    head, tags, *rows = csv.reader(io.StringIO(as_csv(HISTORY.exchanges)))
    assert (tuple(head), tuple(tags)) == (COLUMNS, HXL)
    assert all(tag.startswith("#") for tag in tags)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    silent = [row for row in rows if row[5] == "unstated"]
    assert {row[4] for row in silent} == {""}
    assert len(silent) == 8
    assert {row[0] for row in rows} == {each.id for each in HISTORY.exchanges}


def test_the_document_has_all_that_the_pages_show():
    document = as_document(HISTORY, select(HISTORY.exchanges, Query(differing=True)))
    assert len(document["exchanges"]) == len(document["cumulative"]) == 11
    assert Counter(each["verdict"] for each in document["checksums"])["closes"] == 23
    assert len(document["remains"]) == 12


# What the shared tables say, column by column.
CELLS = {
    "ua_returned_per_ua": (UKRAINE, UKRAINE),
    "ru_returned_per_ru": (RUSSIA, RUSSIA),
    "ua_returned_per_ru": (UKRAINE, RUSSIA),
    "ru_returned_per_ua": (RUSSIA, UKRAINE),
}


def shared_rows(shared_dir, name):
    with (shared_dir / "data/history" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_the_record_has_what_the_shared_tables_have(shared_dir):
    seen = Counter()
    for row in shared_rows(shared_dir, "exchanges.csv"):
        seen[row["date"]] += 1
        number = seen[row["date"]]
        each = HISTORY.exchange(row["date"] if number == 1 else f"{row['date']}-{number}")
        for column, (home, party) in CELLS.items():
            figure = each.said(home, party)
            assert (str(figure.people) if figure else "") == row[column], (each.id, column)
        if row["civilians_ua"]:
            civilians = {f.civilians for f in each.figures if f.home == UKRAINE}
            assert int(row["civilians_ua"]) in civilians
        assert set(row["source_url"].split(" | ")) <= set(each.sources)
        named = row["mediators"].count(";") + bool(row["mediators"])
        assert len(each.mediators) == named + ("mediator_by_number" in each.remarks)
        assert bool(each.stops) == bool(row["medical_transit_country"])
        if row["category_notes"]:
            assert row["category_notes"] not in " ".join(REMARKS[code] for code in each.remarks)
    later = [e for e in HISTORY.exchanges if e.on.latest > HISTORY.complete_to]
    assert sum(seen.values()) + len(later) == len(HISTORY.exchanges)


@pytest.mark.shared
def test_totals_and_remains_are_those_of_the_shared_tables(shared_dir):
    totals = {(t.by[:2], t.on.text): t for t in HISTORY.totals}
    for row in shared_rows(shared_dir, "ua_totals.csv"):
        assert totals["UA", row["date"]].people == int(row["running_total_returned_per_ua"])
    for row in shared_rows(shared_dir, "uae_totals.csv"):
        total = totals["AE", row["date"]]
        assert (total.people, total.exchanges) == (
            int(row["running_total"]),
            int(row["mediation_no"]),
        )
        assert total.sources == (row["source_url"],)
    remains = {each.on.text: each for each in HISTORY.remains}
    for row in shared_rows(shared_dir, "bodies.csv"):
        for column, home, party in (
            ("to_ua_per_ua", UKRAINE, UKRAINE),
            ("to_ua_per_ru", UKRAINE, RUSSIA),
            ("to_ru_per_ru", RUSSIA, RUSSIA),
        ):
            figure = remains[row["date"]].said(home, party)
            assert not row[column] or str(figure.people) == row[column]


@pytest.mark.shared
def test_no_sentence_of_the_shared_notes_is_repeated(shared_dir):
    ours = " ".join(REMARKS.values()).lower()
    for name, column in (("exchanges.csv", "category_notes"), ("bodies.csv", "notes")):
        for row in shared_rows(shared_dir, name):
            for part in re.split(r"[;:]", row[column].lower()):
                assert len(part.split()) < 6 or part.strip() not in ours
