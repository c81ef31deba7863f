import pytest

from homeward.foundation.dates import parse_date
from homeward.foundation.errors import AccessError, EngineError
from homeward.node import access, home
from homeward.node.models import AccessLog, ListImport, Person
from homeward.records.model import PersonRecord

FULL = PersonRecord(
    ref="XA-00017",
    family_name="Орленко",
    given_name="Іван",
    father_name='"Лис"',
    name_as_written="O'rlenko, Ivan \\ 1",
    birth_date=parse_date("1998-03~"),
    birth_place="Верхня Ялинка",
    sex="M",
    power="XB",
    status="pow",
    rank="солдат",
    service_number="0017",
    unit="3 рота",
    alive="yes",
    captured_on=parse_date("2024-03-14"),
    captured_at="Млин",
    held_at="Ялинівка",
    health="wounded",
    article_109="not_owed",
    fit_to_travel="yes",
    consent="unknown",
    extra=(("ref", "of another office"), ("пошта", "скринька 5"), ("extra", "more")),
)
BARE = PersonRecord(ref="XA-00018")


@pytest.fixture(name="reader")
def fixture_reader(now):
    return access.Reader(actor="user-7", purpose="review", now=now)


def store(node, records, now, kind="held", **options):
    with node.transaction():
        into = ListImport.objects.create(
            kind=kind,
            file_sha256="0" * 64,
            file_name="list.csv",
            imported_at=now,
            actor="user-7",
            row_count=len(records),
            added_count=0,
            changed_count=0,
            unchanged_count=0,
            problem_count=0,
        )
        return access.store(node, records, into=into, **options)


def test_people_come_back_exactly_as_their_list_wrote_them(node, now, reader):
    store(node, [BARE, FULL], now)
    assert list(access.people(node, "held", reader=reader)) == [FULL, BARE]
    assert access.person(node, "held", "XA-00017", reader=reader) == FULL


def test_the_columns_to_search_by_agree_with_the_row(node, now):
    store(node, [FULL], now)
    row = Person.objects.get()
    assert (row.family_name, row.power, row.health) == ("Орленко", "XB", "wounded")
    assert (str(row.birth_earliest), str(row.birth_latest)) == ("1998-02-01", "1998-04-30")
    assert row.updated_at == now


def test_only_what_differs_is_written(node, now):
    store(node, [FULL, BARE], now)
    later = now.replace(hour=9)
    moved = PersonRecord(ref="XA-00018", held_at="Camp 6")
    changes = store(node, [FULL, moved, PersonRecord(ref="XA-00019")], later)
    assert (changes.added_count, changes.changed_count, changes.unchanged_count) == (1, 1, 1)
    touched = Person.objects.filter(updated_at=later).values_list("ref", flat=True)
    assert sorted(touched) == ["XA-00018", "XA-00019"]


def test_the_two_lists_are_apart(node, now, reader):
    store(node, [FULL], now)
    store(node, [BARE], now, kind="wanted")
    assert (access.count(node, "held"), access.count(node, "wanted")) == (1, 1)
    with pytest.raises(AccessError):
        access.person(node, "wanted", FULL.ref, reader=reader)


def test_a_read_is_written_down_before_anybody_is_handed_out(node, now, reader):
    store(node, [FULL, BARE], now)
    access.people(node, "held", reader=reader)
    note = AccessLog.objects.get()
    assert (note.act, note.subject, note.person_count) == ("people.read", "held", 2)
    assert (note.actor, note.purpose, note.at) == ("user-7", "review", now)


def test_a_look_for_nobody_is_written_down_too(node, reader):
    with pytest.raises(AccessError) as raised:
        access.person(node, "held", "XA-09999", reader=reader)
    note = AccessLog.objects.get()
    assert (note.act, note.subject, note.person_count) == ("person.read", "held:XA-09999", 0)
    assert "XA-09999" not in str(raised.value)


def test_a_count_is_no_read(node, now):
    store(node, [FULL], now)
    assert access.count(node, "held") == 1
    assert AccessLog.objects.count() == 0


def test_nobody_is_read_from_a_node_that_is_closed(node, now, reader):
    store(node, [FULL], now)
    home.close_node()
    with pytest.raises(EngineError):
        access.people(node, "held", reader=reader)
    with pytest.raises(EngineError):
        access.person(node, "held", FULL.ref, reader=reader)
    with pytest.raises(EngineError):
        access.count(node, "held")


def test_a_purpose_is_a_word_of_ours(node, now):
    reader = access.Reader(actor="user-7", purpose="because Ivan asked", now=now)
    with pytest.raises(AssertionError):
        access.people(node, "held", reader=reader)


def test_progress_ends_at_the_last_person(node, now):
    steps = []
    records = [PersonRecord(ref=f"XA-{number:05}") for number in range(2_500)]
    store(node, records, now, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert access.count(node, "held") == 2_500


def test_a_page_of_the_file_that_was_changed_gives_no_wrong_person(node, now, reader):
    records = [PersonRecord(ref=f"XA-{number:05}") for number in range(500)]
    store(node, records, now)
    home.close_node()
    path = node.home / "node.db"
    data = bytearray(path.read_bytes())
    for place in range(len(data) - 2_000, len(data) - 8 * 4_096, -4_096):
        data[place] ^= 1  # one bit in each of the last pages
    path.write_bytes(data)
    home.reopen_node(node)
    with pytest.raises(EngineError, match="backup"):
        list(access.people(node, "held", reader=reader))
