import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import leaf_hash
from homeward.ledger.chain import (
    AuthorHead,
    ChainState,
    extend_chain,
    verify_chain,
    verify_claims,
)
from homeward.ledger.envelope import entry_sha256, key_id, sign_envelope
from homeward.ledger.log import Log
from homeward.ledger.tree import HashTree

ORIGIN = "example.org/log"
KEYS = {
    author: SigningKey(bytes([number]) * 32) for number, author in enumerate(("XA", "XB", "XM"))
}


def key_of(author, key, _index):
    if author in KEYS and key_id(KEYS[author].public) == key:
        return KEYS[author].public
    raise TamperError("test.no_key", "Expected a key of the author, found none.")


class Story:
    """A log in which invented parties speak; each entry has seen all before it."""

    def __init__(self):
        self.log = Log(ORIGIN)
        self.last = {}

    def say(self, author, **changes):
        seq, prev = self.last.get(author, (0, None))
        fields = {
            "signer": KEYS[author],
            "log": ORIGIN,
            "type": "message",
            "case": "case-1",
            "author": author,
            "seq": seq + 1,
            "prev": prev,
            "seen": (self.log.size, self.log.root().hex()) if self.log.size else None,
            "at": "2025-02-05T08:00:00Z",
            "body": {"n": self.log.size},
        }
        entry = sign_envelope(**{**fields, **changes})
        self.last[author] = (seq + 1, entry_sha256(entry))
        self.log.append(entry)
        return entry

    @property
    def entries(self):
        return [self.log.entry(i) for i in range(self.log.size)]


@pytest.fixture
def story():
    told = Story()
    for author in ("XM", "XA", "XB", "XA", "XM", "XA"):
        told.say(author)
    return told


def refused(entries, code):
    with pytest.raises(TamperError) as caught:
        verify_chain(entries, log=ORIGIN, key_of=key_of)
    assert caught.value.code == code
    return caught.value


def test_an_unbroken_history_is_read_in_order(story):
    envelopes = verify_chain(story.entries, log=ORIGIN, key_of=key_of)
    assert [(e.author, e.seq) for e in envelopes] == [
        ("XM", 1), ("XA", 1), ("XB", 1), ("XA", 2), ("XM", 2), ("XA", 3),
    ]  # fmt: skip


def test_an_empty_history_is_unbroken():
    assert verify_chain([], log=ORIGIN, key_of=key_of) == ()


def test_an_entry_that_is_no_envelope_is_named(story):
    error = refused([*story.entries[:4], b"{}"], "ledger.envelope")
    assert error.facts == {"entry": 4}
    assert error.message.startswith("Entry 4: ")


def test_an_entry_of_another_log_is_refused(story):
    story.say("XB", log="example.org/other")
    assert refused(story.entries, "ledger.other_log").facts == {"entry": 6}


def test_an_entry_with_a_key_that_the_author_does_not_have_is_refused(story):
    story.say("XB", signer=KEYS["XA"])
    assert refused(story.entries, "test.no_key").facts == {"entry": 6}


def test_an_entry_whose_signature_another_made_is_refused(story):
    story.say("XB")
    other = sign_envelope(
        signer=KEYS["XB"], log=ORIGIN, type="message", case="case-1", author="XB", seq=2,
        prev="00" * 32, seen=None, at="2025-02-05T08:00:00Z", body={},
    )  # fmt: skip
    swapped = story.entries[6].split(b'"sig":"')[0] + b'"sig":"' + other.split(b'"sig":"')[1]
    assert refused([*story.entries[:6], swapped], "crypto.signature").facts == {"entry": 6}


@pytest.mark.parametrize(
    "change",
    [
        lambda e: [*e[:3], *e[4:]],  # an entry of XA is gone
        lambda e: [*e[:4], e[3], *e[4:]],  # it comes twice
        lambda e: [*e[:3], e[5], e[4], e[3]],  # two of XA change places
        lambda e: e[1:],  # the first entry of XM is gone
    ],
    ids=["dropped", "repeated", "reordered", "beginning cut"],
)
def test_a_history_with_a_gap_a_repeat_or_another_order_is_refused(change):
    told = Story()
    for author in ("XM", "XA", "XB", "XA", "XM", "XA"):
        told.say(author, seen=None)
    refused(change(told.entries), "ledger.sequence")


def test_an_entry_after_another_previous_entry_is_refused(story):
    story.say("XA", prev="00" * 32)
    error = refused(story.entries, "ledger.sequence")
    assert error.facts == {"entry": 6, "author": "XA", "seq": 4, "expected": 4}


def test_a_fork_shows_when_one_side_speaks_of_what_it_was_shown(story):
    """The mediator shows XA one history and XB another; XB's next signed entry gives it away."""
    shown_to_b = Story()
    shown_to_b.say("XM", body={"other": "content"})
    root_b = shown_to_b.log.root().hex()
    story.say("XB", seen=(1, root_b))
    error = refused(story.entries, "ledger.fork")
    assert error.facts == {
        "entry": 6,
        "author": "XB",
        "seen_size": 1,
        "root_seen": root_b,
        "root_here": story.log.root(1).hex(),
    }


def test_an_entry_that_has_seen_more_than_there_is_is_a_fork(story):
    story.say("XB", seen=(7, "ab" * 32))
    assert refused(story.entries, "ledger.fork").facts["root_here"] is None


def test_an_entry_may_have_seen_all_before_it_or_nothing(story):
    story.say("XB", seen=(6, story.log.root(6).hex()))
    story.say("XA", seen=(0, story.log.root(0).hex()))
    story.say("XM", seen=None)
    assert len(verify_chain(story.entries, log=ORIGIN, key_of=key_of)) == 9


def test_a_stored_state_checks_only_what_is_new(story):
    asked = []

    def ask(author, key, index):
        asked.append(index)
        return key_of(author, key, index)

    entries = story.entries
    heads = {
        "XM": AuthorHead(seq=1, entry_sha256=entry_sha256(entries[0])),
        "XA": AuthorHead(seq=2, entry_sha256=entry_sha256(entries[3])),
        "XB": AuthorHead(seq=1, entry_sha256=entry_sha256(entries[2])),
    }
    stored = HashTree().extend(map(leaf_hash, entries[:4]))
    state = ChainState(log=ORIGIN, tree=stored, heads=heads)
    for entry in entries[4:]:
        state, _ = extend_chain(state, entry, ask)
    assert asked == [4, 5]
    assert state.tree.root() == story.log.root()


def test_a_refused_entry_leaves_the_state_usable(story):
    state = ChainState(log=ORIGIN)
    for entry in story.entries:
        with pytest.raises(TamperError):
            extend_chain(state, b"{}", key_of)
        state, _ = extend_chain(state, entry, key_of)
    assert state.tree.root() == story.log.root()


def test_a_signature_that_is_noted_is_checked_later_and_names_its_entry(story):
    state, claims = ChainState(log=ORIGIN), []
    for entry in story.entries:
        state, _ = extend_chain(state, entry, key_of, claims)
    verify_claims(claims)
    claims[3] = claims[3]._replace(public=KEYS["XB"].public)
    with pytest.raises(TamperError) as caught:
        verify_claims(claims)
    assert caught.value.facts["entry"] == 3


def test_a_refused_entry_has_its_signature_noted_too(story):
    """Whoever refuses it for its place in the chain finds out first whether it was signed."""
    state, claims = ChainState(log=ORIGIN), []
    with pytest.raises(TamperError):
        extend_chain(state, story.entries[3], key_of, claims)
    assert [claim.place for claim in claims] == [0]
