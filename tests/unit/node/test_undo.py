import datetime as dt

import pytest

from homeward.foundation.errors import InputError, RuleError
from homeward.node import access
from homeward.node.actions import lists
from homeward.node.models import AccessLog, ListImport

TODAY = dt.date(2025, 2, 5)
HEADER = "ref,family_name,health,locker\n"


@pytest.fixture(name="held")
def fixture_held(node, now):
    """Give functions on the held list: read a file, read it back, undo, edit."""

    class Held:
        def read(self, *rows):
            lines = (row + "," * (HEADER.count(",") - row.count(",")) for row in rows)
            data = (HEADER + "\n".join(lines)).encode()
            outcome = lists.import_list(
                node, kind="held", data=data, file_name="a.csv", now=now, actor="user-7"
            )
            return outcome.import_id

        def edit(self, **values):
            return lists.write_person(node, kind="held", values=values, now=now, actor="user-7")

        def undo(self, import_id):
            return lists.undo_import(node, import_id=import_id, now=now, actor="user-7")

        def now(self):
            reader = access.Reader(actor="user-7", purpose="review", now=now)
            return {p.ref: p.family_name for p in access.people(node, "held", reader=reader)}

    return Held()


def test_undoing_puts_back_what_stood_before_and_takes_off_who_was_new(held):
    held.read("XA-1,Orlen", "XA-2,Brook")
    second = held.read("XA-1,Other", "XA-2,Brook", "XA-3,Reed")
    assert held.undo(second) == {"import_id": second, "removed": 1, "restored": 1}
    assert held.now() == {"XA-1": "Orlen", "XA-2": "Brook"}


def test_an_undone_change_stays_in_the_history(node, held, now):
    held.read("XA-1,Orlen")
    held.undo(held.read("XA-1,Other"))
    reader = access.Reader(actor="user-7", purpose="review", now=now)
    latest, first = access.history(node, "held", "XA-1", reader=reader)
    assert (latest.is_undone, latest.is_current, latest.record.family_name) == (
        True,
        False,
        "Other",
    )
    assert (first.is_undone, first.is_current) == (False, True)
    assert access.facts((latest, first))["family_name"] == first


def test_a_change_is_not_undone_after_a_later_one_wrote_the_same_person(node, held):
    first = held.read("XA-1,Orlen", "XA-2,Brook")
    second = held.edit(ref="XA-2", family_name="Stone")
    assert lists.undo_refusal(node, first) == lists.WHY_NOT_UNDONE["overtaken"]
    with pytest.raises(RuleError) as raised:
        held.undo(first)
    assert raised.value.code == "lists.overtaken"
    assert held.now() == {"XA-1": "Orlen", "XA-2": "Stone"}
    held.undo(second)
    assert lists.undo_refusal(node, first) == ""
    held.undo(first)
    assert held.now() == {}


def test_a_change_is_undone_once(node, held):
    first = held.read("XA-1,Orlen")
    held.undo(first)
    with pytest.raises(RuleError) as raised:
        held.undo(first)
    assert raised.value.code == "lists.not_done"


def test_an_undoing_is_written_down(held):
    first = held.read("XA-1,Orlen")
    held.undo(first)
    note = AccessLog.objects.get(act="list.undone")
    assert (note.subject, note.person_count, note.actor) == (f"import:{first}", 1, "user-7")


def test_a_page_writes_one_person_and_leaves_what_it_does_not_show(node, held, now):
    held.read("XA-1,Orlen,good,12", "XA-2,Brook,sick,13")
    change = held.edit(ref="XA-1", family_name="Other")
    reader = access.Reader(actor="user-7", purpose="review", now=now)
    person = access.person(node, "held", "XA-1", reader=reader)
    assert (person.family_name, person.health, person.extra) == (
        "Other",
        "good",
        (("locker", "12"),),
    )
    entry = ListImport.objects.get(pk=change)
    assert (entry.source, entry.changed_count, entry.added_count) == ("page", 1, 0)
    assert lists.imports(node)[0].source == "file"


def test_a_page_adds_a_person_with_a_new_reference(held):
    held.edit(ref="XA-9", family_name="Reed")
    assert held.now() == {"XA-9": "Reed"}


def test_a_mistake_on_a_page_writes_nobody(held):
    problems = lists.check_person("held", {"ref": "", "birth_date": "x"}, TODAY)
    assert {problem.column for problem in problems} == {"ref", "birth_date"}
    assert lists.check_person("held", {}, TODAY)[0].kind == "missing_ref"
    with pytest.raises(InputError) as raised:
        held.edit(ref="XA-1", health="fine")
    assert raised.value.facts == {"columns": ["health"]}
    assert held.now() == {}
