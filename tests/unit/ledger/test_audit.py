import pytest
from tests.unit.ledger.test_chain import KEYS, ORIGIN, Story, key_of

from homeward.foundation.errors import TamperError
from homeward.ledger.audit import audit, in_parts
from homeward.ledger.chain import verify_chain
from homeward.ledger.envelope import key_id

TABLE = {(author, key_id(key.public)): key.public for author, key in KEYS.items()}


def told(count=20):
    story = Story()
    for number in range(count):
        story.say(list(KEYS)[number % 3])
    return story


@pytest.mark.parametrize("size", [1, 3, 7, 256])
def test_a_history_in_parts_is_what_it_is_as_a_whole(size):
    story = told()
    state = audit(in_parts(story.entries, size), log=ORIGIN, keys=TABLE)
    assert (state.tree.size, state.tree.root()) == (20, story.log.root())
    assert {author: head.seq for author, head in state.heads.items()} == {"XA": 7, "XB": 7, "XM": 6}


@pytest.mark.parametrize(
    "change",
    [
        lambda e: [*e[:3], *e[4:]],
        lambda e: [*e[:4], e[3], *e[4:]],
        lambda e: [*e[:5], e[8], *e[6:8], e[5], *e[9:]],
        lambda e: [*e[:5], b"{}", *e[6:]],
        lambda e: e[1:],
    ],
)
def test_whatever_a_whole_reading_refuses_an_audit_refuses(change):
    entries = change(told().entries)
    with pytest.raises(TamperError):
        verify_chain(entries, log=ORIGIN, key_of=key_of)
    for size in (1, 4, 256):
        with pytest.raises(TamperError):
            audit(in_parts(entries, size), log=ORIGIN, keys=TABLE)


@pytest.mark.parametrize("seen", [(3, "ab" * 32), (21, "ab" * 32)])
def test_a_fork_shows_in_whatever_part_it_stands(seen):
    story = told()
    story.say("XA", seen=seen)
    with pytest.raises(TamperError) as raised:
        audit(in_parts(story.entries, 8), log=ORIGIN, keys=TABLE)
    assert (raised.value.code, raised.value.facts["entry"]) == ("ledger.fork", 20)


def test_an_entry_of_another_log_or_an_unknown_key_is_refused():
    with pytest.raises(TamperError):
        audit(in_parts(told().entries), log="example.org/other", keys=TABLE)
    with pytest.raises(TamperError):
        audit(in_parts(told().entries), log=ORIGIN, keys=dict(list(TABLE.items())[:2]))


def test_of_nothing_nothing_is_checked():
    assert audit([], log=ORIGIN, keys=TABLE).tree.size == 0
