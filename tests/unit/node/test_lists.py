import pytest

from homeward.foundation.errors import EngineError, InputError
from homeward.node import access, home
from homeward.node.actions.lists import export_list, import_list
from homeward.node.models import AccessLog, ListImport, PersonVersion

HEADER = "ref,family_name,given_name,birth_date,power,status,captured_on,locker\n"
GOOD = HEADER + (
    "XA-1,Orlen,Ivan,1998-03-14,XB,pow,2024-05-01,12\nXA-2,Brook,Ada,1999~,XB,medical,2024-05,\n"
)


def read(node, text, now, **options):
    choices = {"kind": "held", "file_name": "held.csv", "actor": "user-7"} | options
    return import_list(node, data=text.encode(), now=now, **choices)


def counts(outcome):
    return outcome.added_count, outcome.changed_count, outcome.unchanged_count


def test_a_list_is_read_and_unknown_columns_are_kept(node, now):
    outcome = read(node, GOOD, now)
    assert counts(outcome) == (2, 0, 0)
    assert (outcome.row_count, outcome.problems, outcome.unknown_columns) == (2, (), ("locker",))
    reader = access.Reader(actor="user-7", purpose="review", now=now)
    person = access.person(node, "held", "XA-1", reader=reader)
    assert (person.family_name, person.extra) == ("Orlen", (("locker", "12"),))


def test_the_same_file_twice_changes_nobody(node, now):
    first = read(node, GOOD, now)
    later = now.replace(hour=9)
    again = read(node, GOOD, later)
    assert counts(again) == (0, 0, 2)
    assert again.file_sha256 == first.file_sha256
    assert not PersonVersion.objects.filter(change__imported_at=later).exists()
    assert ListImport.objects.count() == 2


def test_a_later_list_changes_only_what_differs_and_removes_nobody(node, now):
    read(node, GOOD, now)
    text = HEADER + "XA-2,Brook,Ada,1999,XB,medical,2024-05,\nXA-3,Reed,Leo,,XB,pow,,\n"
    assert counts(read(node, text, now)) == (1, 1, 0)
    assert access.count(node, "held") == 3


def test_good_rows_are_kept_beside_bad_ones(node, now):
    bad = "XA-3,Reed,Leo,1998-02-30,XB,pow,,\nXA-4,Stone,Max,,XB,general,,\n"
    outcome = read(node, GOOD + bad, now)
    assert counts(outcome) == (2, 0, 0)
    assert {problem.row for problem in outcome.problems} == {4, 5}
    assert sum(group.count for group in outcome.problem_groups) == 2
    entry = ListImport.objects.get()
    assert (entry.row_count, entry.added_count, entry.problem_count) == (4, 2, 2)


def test_a_file_that_is_no_list_changes_nothing(node, now):
    with pytest.raises(InputError):
        read(node, "no list at all", now)
    assert ListImport.objects.count() == 0


def test_the_file_is_named_without_its_folders(node, now):
    read(node, GOOD, now, file_name="C:\\Users\\ada\\lists/held.csv")
    assert ListImport.objects.get().file_name == "held.csv"


def test_a_closed_node_reads_no_list(node, now):
    home.close_node()
    with pytest.raises(EngineError):
        read(node, GOOD, now)


def test_progress_runs_through_reading_and_writing(node, now):
    steps = []
    read(node, GOOD, now, progress=lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[-1] == (4, 4)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_is_read_back_without_a_change(node, now, file_format):
    read(node, GOOD, now)
    data = export_list(node, kind="held", file_format=file_format, now=now, actor="user-7")
    outcome = import_list(node, kind="held", data=data, file_name="again", now=now, actor="user-7")
    assert counts(outcome) == (0, 0, 2)
    note = AccessLog.objects.get()
    assert (note.act, note.purpose, note.person_count) == ("people.read", "export", 2)
