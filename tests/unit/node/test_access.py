from dataclasses import replace

import pytest
from django.db import transaction

from homeward.foundation.dates import parse_date
from homeward.foundation.errors import AccessError, EngineError
from homeward.node import access, home, people
from homeward.node.models import AccessLog, ListImport, Person, PersonVersion
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
            kind=kind, file_sha256="0" * 64, file_name="list.csv", imported_at=now, actor="user-7"
        )
        known = people.row_marks(kind)
        for batch in people.differing(node, records, known=known, **options):
            people.write_versions(node, batch, into=into)
        return people.switch(into, people_count=len(records))


def test_people_come_back_exactly_as_their_list_wrote_them(node, now, reader):
    store(node, [BARE, FULL], now)
    assert list(access.people(node, "held", reader=reader)) == [FULL, BARE]
    assert access.person(node, "held", "XA-00017", reader=reader) == FULL


def test_the_columns_to_search_by_agree_with_the_row(node, now):
    store(node, [FULL], now)
    row = Person.objects.get()
    assert (row.power, row.status, row.health, row.alive) == ("XB", "pow", "wounded", "yes")
    assert (str(row.birth_earliest), str(row.birth_latest)) == ("1998-02-01", "1998-04-30")
    assert str(row.since) == "2024-03-14"
    assert row.version.change.imported_at == now


def test_nothing_beside_the_row_tells_a_name_or_a_number(node, now):
    store(node, [FULL], now)
    beside = Person.objects.values_list().get()
    shown = " ".join(str(value) for value in beside).casefold()
    assert not [word for word in ("орленко", "іван", "orl", "ivan", "1998-03-14") if word in shown]


def test_only_what_differs_is_written(node, now):
    store(node, [FULL, BARE], now)
    moved = PersonRecord(ref="XA-00018", held_at="Camp 6")
    changes = store(node, [FULL, moved, PersonRecord(ref="XA-00019")], now.replace(hour=9))
    assert (changes.added_count, changes.changed_count, changes.unchanged_count) == (1, 1, 1)
    touched = PersonVersion.objects.filter(change__imported_at__gt=now)
    assert sorted(touched.values_list("ref", flat=True)) == ["XA-00018", "XA-00019"]


def test_who_may_see_some_columns_gets_no_other(node, now, reader):
    store(node, [FULL], now)
    columns = frozenset({"health", "sex"})
    seen = access.person(node, "held", FULL.ref, columns=columns, reader=reader)
    assert seen == PersonRecord(ref=FULL.ref, health="wounded", sex="M")
    (version,) = access.history(node, "held", FULL.ref, columns=columns, reader=reader)
    assert version.record == seen


def test_the_history_says_what_each_change_wrote_and_where_a_value_came_from(node, now, reader):
    store(node, [FULL, BARE], now)
    later = now.replace(hour=9)
    store(node, [replace(FULL, health="good", rank="")], later)
    latest, first = access.history(node, "held", FULL.ref, reader=reader)
    assert (latest.at, latest.is_current, latest.record.health) == (later, True, "good")
    assert (first.at, first.is_current, first.record) == (now, False, FULL)
    facts = access.facts((latest, first))
    assert (facts["health"], facts["family_name"]) == (latest, first)
    assert "rank" not in facts
    assert facts["extra"] == first


def test_a_value_that_came_back_came_with_the_change_that_brought_it_back(node, now, reader):
    for hour, health in ((8, "good"), (9, "sick"), (10, "good")):
        store(node, [replace(FULL, health=health)], now.replace(hour=hour))
    versions = access.history(node, "held", FULL.ref, reader=reader)
    assert access.facts(versions)["health"].at == now.replace(hour=10)


def test_who_looked_is_listed_by_person_and_by_list(node, now, reader):
    store(node, [FULL, BARE], now)
    access.person(node, "held", FULL.ref, reader=reader)
    access.person(node, "held", BARE.ref, reader=reader)
    list(access.people(node, "held", reader=reader))
    access.find(node, "held", columns=None, reader=reader)
    looks = access.reads_of(node, "held", FULL.ref)
    assert [(look.act, look.person_count) for look in looks] == [
        ("people.read", 2),
        ("person.read", 1),
    ]
    everything = access.reads(node, page=1, page_size=3)
    assert (everything.total_count, everything.page_count) == (4, 2)
    assert [look.act for look in everything.reads] == ["people.found", "people.read", "person.read"]
    assert len(access.reads(node, page=9, page_size=3).reads) == 1


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


@pytest.mark.file
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


def found_count(node, reader, **options):
    return access.find(node, "held", columns=None, reader=reader, **options).total_count


def test_a_kept_count_moves_with_the_list(node, now, reader):
    wounded = {"filters": {"health": "wounded"}}
    assert (found_count(node, reader), found_count(node, reader, **wounded)) == (0, 0)
    store(node, [BARE, FULL], now)
    assert (found_count(node, reader), found_count(node, reader, **wounded)) == (2, 1)
    store(node, [replace(FULL, health="good")], now)
    assert (found_count(node, reader), found_count(node, reader, **wounded)) == (2, 0)
    with node.transaction():
        last = ListImport.objects.order_by("-turn").first()
        people.switch_back(last)
        ListImport.objects.filter(pk=last.pk).update(state="undone")
    assert (found_count(node, reader), found_count(node, reader, **wounded)) == (2, 1)
    assert access.count(node, "held") == 2


def test_what_is_counted_in_a_change_that_is_taken_back_is_not_kept(node, now):
    with node.transaction():
        store(node, [BARE, FULL], now)
        assert access.count(node, "held") == 2
        transaction.set_rollback(True)
    store(node, [BARE], now)
    assert access.count(node, "held") == 1
