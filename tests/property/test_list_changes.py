"""Whatever is imported, written and undone, a list is what a plain dictionary says."""

import datetime as dt
import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.errors import RuleError
from homeward.node import access, home
from homeward.node.actions import lists, uploads

NOW = dt.datetime(2025, 2, 5, 8, tzinfo=dt.UTC)
ROWS = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from(("Orlen", "Brook", "Reed")), min_size=1
)
ACTS = st.one_of(
    st.tuples(st.just("import"), ROWS),
    st.tuples(st.just("take"), ROWS),
    st.tuples(st.just("edit"), ROWS),
    st.tuples(st.just("undo"), st.integers(min_value=0, max_value=9)),
)
_worlds = itertools.count(1)


def entropy(length):
    return hashlib.shake_256(str(next(_worlds)).encode()).digest(length)


@pytest.fixture(scope="module", name="node")
def fixture_node(tmp_path_factory):
    node = home.init_node(
        tmp_path_factory.mktemp("lists") / "xa",
        party="XA",
        role="bureau",
        name="Bureau of Aldia",
        passphrase="seven geese over the quiet mill",
        now=NOW,
        entropy=entropy,
    )
    yield node
    home.close_node()


class Model:
    """A list as a pile of changes: what counts of a person is the topmost that stands."""

    def __init__(self):
        self.changes = {}

    def standing(self):
        found = {}
        for rows in self.changes.values():
            found |= rows
        return found

    def add(self, change, rows):
        before = self.standing()
        self.changes[change] = {ref: name for ref, name in rows.items() if before.get(ref) != name}

    def undo(self, change):
        if change not in self.changes:
            return False
        later = [rows for each, rows in self.changes.items() if each > change]
        if any(rows.keys() & self.changes[change].keys() for rows in later):
            return False
        del self.changes[change]
        return True


def write(node, act, rows):
    """Do one act that writes; return the change it made, the last of those it made."""
    data = ("ref,family_name\n" + "".join(f"{ref},{name}\n" for ref, name in rows.items())).encode()
    common = {"now": NOW, "actor": "user-7"}
    if act == "edit":
        ref, name = min(rows.items())
        values = {"ref": ref, "family_name": name}
        return lists.write_person(node, kind="held", values=values, **common)
    if act == "import":
        return lists.import_list(
            node, kind="held", data=data, file_name="a.csv", **common
        ).import_id
    taken = uploads.take_upload(node, kind="held", data=data, file_name="a.csv", **common)
    for step in (uploads.check_upload, uploads.take_import):
        step(node, import_id=taken, report=lambda phase, done, total: None, **common)
    return taken


@settings(max_examples=25, deadline=None)
@given(acts=st.lists(ACTS, min_size=1, max_size=8))
def test_imports_edits_and_undoings_leave_what_a_dictionary_says(node, acts):
    world = f"{next(_worlds)}-"  # people of its own for each example, on one list
    model, made = Model(), []
    reader = access.Reader(actor="user-7", purpose="review", now=NOW)
    for act, what in acts:
        if act == "undo":
            change = made[what % len(made)] if made else None
            if change is None:
                continue
            if model.undo(change):
                lists.undo_import(node, import_id=change, now=NOW, actor="user-7")
            else:
                assert lists.undo_refusal(node, change)
                with pytest.raises(RuleError):
                    lists.undo_import(node, import_id=change, now=NOW, actor="user-7")
        else:
            rows = {world + ref: name for ref, name in what.items()}
            change = write(node, act, rows)
            made.append(change)
            model.add(change, dict([min(rows.items())]) if act == "edit" else rows)
        found = access.each(node, "held", search=world, columns=None, reader=reader)
        assert {person.ref: person.family_name for person in found} == model.standing()
