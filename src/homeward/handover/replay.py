"""Replaying a log: who its members are, and what its entries add up to.

Rules of this file:
- The first entry is `log_opened`: a mediator names the members, itself among them. It is
  signed by a key that it names, because nothing stands before it; whose key that is, only
  a fingerprint compared by voice can tell.
- A key counts from the entry after the one that names it, and in one role alone.
- From then on a party's keys are those that its documents of keys name, at each number of
  the log (`authority`, `ledger.keyring`); without such a document, those it joined with.
- Later a member joins by `member_joined`, signed by the mediator who opened the log.
  Nobody joins twice, and no key belongs to two.
- Every other entry belongs to a case: the negotiation judges it, then the handover.
- An entry that was overtaken (it fitted what its author had seen, and no longer fits in its
  place, because others wrote in between) stays in the log and counts for nothing: two who
  act at once block nobody. One that never fitted is refused.
- An entry counts as a whole or not at all. No plan is opened here: of captives the reader
  knows what entries say.
- Entries are folded in order, and their signatures checked some at a time, by the caller's
  `map`. Nothing is returned before every signature was found to hold, and what a signature
  that does not hold would have refused is refused for that, whatever was found behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeward.foundation.crypto import KEY_BYTES, unb64
from homeward.foundation.errors import HomewardError, InputError, PeerError, TamperError
from homeward.foundation.growing import Growing
from homeward.foundation.ids import PartyCode, parse_party
from homeward.handover import follow
from homeward.handover.authority import (
    KEYS_CHANGED,
    change_keys,
    public_of,
    verify_grant,
    verify_paper,
)
from homeward.handover.custody import Custody
from homeward.ledger.chain import ChainState, Claim, extend_chain, verify_claims
from homeward.ledger.envelope import Envelope, key_id, read_envelope
from homeward.ledger.keyring import Grant, Keyring, begin_keyring
from homeward.negotiation.case import NEW_CASE, CaseState
from homeward.negotiation.entries import Recorded
from homeward.negotiation.state import advance

LOG_OPENED, MEMBER_JOINED = "log_opened", "member_joined"
KEYS_OF_ROLE: Mapping[str, tuple[str, ...]] = {
    "bureau": ("bureau", "officer"),
    "mediator": ("mediator", "interviewer"),
    "observer": ("observer",),
}
"""Role of a member → the roles of its keys, in the order in which a member lists them."""

Apply = Callable[[Callable[[Iterable[Claim]], None], Iterable[Iterable[Claim]]], Iterable[None]]
"""`map`, or one that checks several parts at a time; it raises what the first one raises."""

_PART = 256
_MEMBERS_MAX = 64
_NAME_MAX_CHARS = 200
_MEMBER_FIELDS = frozenset(("party", "role", "name", "simulation", "keys", "sealing_key"))
_SEALING_KEY = re.compile(r"age1[0-9a-z]{58}")
# Line breaks, and marks that make a name read as another one.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A key that signs entries: the role in which it signs, and its 32 public bytes."""

    role: str
    public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A party that may write to the log. `sealing_key` is an age key.

    `keys` are those of its card, by key id; what it has at an entry says its keyring.
    """

    party: PartyCode
    role: str
    name: str
    simulation: bool
    keys: Mapping[str, MemberKey]
    sealing_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A checked log: its members, and every case as its entries left it.

    `members` are by party code, `cases` and `custodies` by case; a case has a custody once
    every party has accepted its plan. `envelopes` are all entries, in order, and `grants` what
    the key of each was good for; `overtaken` are the numbers of those that count for nothing.
    `keyrings` are by party.
    """

    chain: ChainState
    members: Mapping[str, Member] = field(default_factory=dict)
    cases: Mapping[str, CaseState] = field(default_factory=dict)
    custodies: Mapping[str, Custody] = field(default_factory=dict)
    keyrings: Mapping[str, Keyring] = field(default_factory=dict)
    envelopes: Growing[Envelope] = field(default_factory=Growing)
    grants: Growing[Grant] = field(default_factory=Growing)
    overtaken: frozenset[int] = frozenset()

    @property
    def is_simulation(self) -> bool:
        """True if any member says that nothing of it is real."""
        return any(member.simulation for member in self.members.values())


def begin_replay(origin: str) -> Replay:
    """Return the replay of a log that has no entry yet."""
    return Replay(chain=ChainState(log=origin))


def replay(origin: str, entries: Iterable[bytes]) -> Replay:
    """Read a whole log.

    Args:
        origin: The log's name.
        entries: Every entry of the log, in order.

    Returns:
        Members and cases after the last entry.

    Raises:
        TamperError: As `extend_replay`.
        PeerError: As `extend_replay`.
    """
    return extend_replay(begin_replay(origin), entries)


def advance_replay(state: Replay, entry: bytes) -> Replay:
    """Check the next entry of a log and add it, as `extend_replay` does."""
    return extend_replay(state, (entry,))


def extend_replay(state: Replay, entries: Iterable[bytes], *, apply: Apply = map) -> Replay:
    """Check the next entries of a log and add them.

    Args:
        state: The log so far; it stays valid, also if an entry is refused.
        entries: The bytes of each, in order.
        apply: How parts of the signatures are checked.

    Returns:
        The log with the entries.

    Raises:
        TamperError: The first entry that does not hold is not signed by a member, or
            breaks the chain.
        PeerError: It is signed, and its author may not write it, or not now.
    """
    growing = _Growing(state)
    for _ in apply(verify_claims, growing.add(entries)):
        pass
    if growing.refusal is not None:
        raise growing.refusal
    return growing.value()


class _Growing:
    """A log that entries are being added to: a replay's parts, which change until it is one."""

    def __init__(self, state: Replay) -> None:
        self.chain, self.envelopes, self.grants = state.chain, state.envelopes, state.grants
        self.members, self.keyrings = dict(state.members), dict(state.keyrings)
        self.cases, self.custodies = dict(state.cases), dict(state.custodies)
        self.overtaken = state.overtaken
        self.refusal: HomewardError | None = None

    def value(self) -> Replay:
        return Replay(
            chain=self.chain,
            members=self.members,
            cases=self.cases,
            custodies=self.custodies,
            keyrings=self.keyrings,
            envelopes=self.envelopes,
            grants=self.grants,
            overtaken=self.overtaken,
        )

    def add(self, entries: Iterable[bytes]) -> Iterator[list[Claim]]:
        """Fold entries up to the first that is refused, and yield the signatures to check."""
        claims: list[Claim] = []
        try:
            for entry in entries:
                self._add(entry, claims)
                if len(claims) == _PART:
                    yield claims
                    claims = []
        except (PeerError, TamperError) as error:
            self.refusal = error  # it stands only if every signature so far holds
        yield claims

    def _add(self, entry: bytes, claims: list[Claim]) -> None:
        index = self.chain.tree.size

        def key_of(author: str, key: str, at: int) -> bytes:
            if at == 0:  # nothing stands before it that could name a key
                self._open(read_envelope(entry))
            keyring = self.keyrings.get(author)
            grant = keyring.at(at).grants.get(key) if keyring else None
            return grant.public if grant else public_of(self.keyrings, entry, key=key, index=at)

        chain, envelope = extend_chain(self.chain, entry, key_of, claims)
        author = envelope.author
        if envelope.type == KEYS_CHANGED:
            roles = KEYS_OF_ROLE[self.members[author].role]
            self.keyrings[author] = change_keys(self.keyrings, envelope, index=index, roles=roles)
        grant = self.keyrings[author].at(index).grants[envelope.key]
        if envelope.type == MEMBER_JOINED and index:
            self._join(envelope, grant, index)
        elif envelope.type != KEYS_CHANGED and index:
            self._judge(envelope, grant, index)
        self.chain = chain
        self.envelopes, self.grants = self.envelopes.append(envelope), self.grants.append(grant)

    def _open(self, envelope: Envelope) -> None:
        self.members = _founders(envelope)
        self.keyrings = {
            party: _keyring(envelope.log, member, 0) for party, member in self.members.items()
        }

    def _join(self, envelope: Envelope, grant: Grant, index: int) -> None:
        opener = self.envelopes[0].author
        is_mediator = grant.role == "mediator" and grant.officer is None
        if envelope.author != opener or not is_mediator:
            raise _refused(index, f"the mediator {opener}, who opened the log", "another author")
        if envelope.version != 1 or len(self.members) == _MEMBERS_MAX:
            raise _refused(index, f"version 1, and at most {_MEMBERS_MAX} members", "another")
        member = _read_member(envelope.body, index)
        _verify_new(self.members, member, index)
        if any(member.keys.keys() & keyring.known for keyring in self.keyrings.values()):
            raise _refused(index, "keys that no other member has", "a key of another member")
        self.members[member.party] = member
        self.keyrings[member.party] = _keyring(envelope.log, member, index + 1)

    def _judge(self, envelope: Envelope, grant: Grant, index: int) -> None:
        try:
            self.enter(envelope, grant, index, self.cases, self.custodies)
        except PeerError:
            if not _fitted(self, envelope, grant):
                raise
            self.overtaken |= {index}

    def enter(
        self,
        envelope: Envelope,
        grant: Grant,
        index: int,
        cases: dict[str, CaseState],
        custodies: dict[str, Custody],
    ) -> None:
        """Let an entry count in its case, as a whole or not at all."""
        case = envelope.case
        needs_second = envelope.type in self.keyrings[envelope.author].at(index).two_officers
        recorded = Recorded(index=index, role=grant.role, entry=envelope, needs_second=needs_second)
        before = cases.get(case, NEW_CASE)
        after = advance(before, recorded)
        verify_paper(self.members, envelope, index)
        verify_grant(grant, envelope, before, index)
        if after.state == "accepted" and before.state != "accepted":
            custodies[case] = follow.begin(after, None)
        elif len(after.handover) > len(before.handover):
            # As the case has it: of what came on paper, the part of the party itself.
            custodies[case] = follow.advance(custodies[case], after.handover[-1])
        cases[case] = after


def _fitted(log: _Growing, envelope: Envelope, grant: Grant) -> bool:
    """Tell whether an entry fitted what its author had seen, and its own entries since."""
    seen = envelope.seen[0] if envelope.seen else 0
    cases: dict[str, CaseState] = {}
    custodies: dict[str, Custody] = {}
    try:
        for index, earlier in enumerate(log.envelopes):
            is_known = index < seen or earlier.author == envelope.author
            if earlier.case == envelope.case and is_known and index not in log.overtaken:
                log.enter(earlier, log.grants[index], index, cases, custodies)
        log.enter(envelope, grant, len(log.envelopes), cases, custodies)
    except PeerError:
        return False
    return True


def _keyring(log: str, member: Member, index: int) -> Keyring:
    keys = {key: Grant(role=each.role, public=each.public) for key, each in member.keys.items()}
    return begin_keyring(log=log, party=member.party, keys=keys, index=index)


def _founders(envelope: Envelope) -> dict[str, Member]:
    listed = envelope.body.get("members")
    if envelope.type != LOG_OPENED or envelope.version != 1 or envelope.body.keys() != {"members"}:
        raise _refused(0, f"{LOG_OPENED} (version 1) with the members", "another entry")
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MEMBERS_MAX:
        raise _refused(0, f"1 to {_MEMBERS_MAX} members", "another number")
    members: dict[str, Member] = {}
    for each in listed:
        member = _read_member(each, 0)
        _verify_new(members, member, 0)
        members[member.party] = member
    opener = members.get(envelope.author)
    key = opener.keys.get(envelope.key) if opener else None
    if key is None or key.role != "mediator":
        raise _refused(0, "a mediator's own key among the keys named", "another author or key")
    return members


def _read_member(body: Any, index: int) -> Member:
    if not isinstance(body, dict) or body.keys() != _MEMBER_FIELDS:
        raise _refused(index, f"a member with {', '.join(sorted(_MEMBER_FIELDS))}", "others")
    role, name, sealing = body["role"], body["name"], body["sealing_key"]
    fits = (
        isinstance(role, str)
        and role in KEYS_OF_ROLE
        and type(body["simulation"]) is bool
        and isinstance(name, str)
        and 1 <= len(name) <= _NAME_MAX_CHARS
        and not _UNFIT.search(name)
        and isinstance(sealing, str)
        and _SEALING_KEY.fullmatch(sealing)
    )
    if not fits:
        raise _refused(index, "a member's role, name, simulation and age key", "another value")
    try:
        party = parse_party(body["party"])
    except InputError as error:
        raise _refused(index, "a party's code", "another text") from error
    return Member(
        party=party,
        role=role,
        name=name,
        simulation=body["simulation"],
        keys=_read_keys(body["keys"], role, index),
        sealing_key=sealing,
    )


def _read_keys(listed: Any, role: str, index: int) -> dict[str, MemberKey]:
    expected = f"the public keys {' and '.join(KEYS_OF_ROLE[role])} of a {role}"
    keys = {}
    try:
        if [item["role"] for item in listed] != list(KEYS_OF_ROLE[role]):
            raise _refused(index, expected, "others")
        for item in listed:
            public = unb64(item["public"], what="key")
            if item.keys() != {"role", "public"} or len(public) != KEY_BYTES:
                raise _refused(index, expected, "another form")
            keys[key_id(public)] = MemberKey(item["role"], public)
    except (TamperError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise _refused(index, expected, "another form") from error
    if len(keys) != len(listed):
        raise _refused(index, "a key of its own for each role", "one key twice")
    return keys


def _verify_new(members: Mapping[str, Member], member: Member, index: int) -> None:
    if member.party in members:
        raise _refused(index, "each member once", f"{member.party} twice")
    if any(member.keys.keys() & other.keys.keys() for other in members.values()):
        raise _refused(index, "keys that no other member has", "a key of another member")


def _refused(index: int, expected: str, found: str) -> PeerError:
    return PeerError(
        "replay.member",
        f"Expected {expected}, found {found} in entry {index}.",
        hint="Keep the entry as evidence and ask the mediator to record it anew.",
        facts={"entry": index},
    )
