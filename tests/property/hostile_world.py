"""A hostile world in memory: three parties on the real code, and whoever deceives them.

Two bureaus and a mediator write, carry, verify and cosign by `ledger`, `negotiation` and
`handover`, as their nodes do, without a database. A trace is a list of steps of a name and two
numbers. Every step means something in every world, so that a trace from which steps were taken
is a trace again (`shrunk`). Before each bundle is read, an oracle that knows what everybody
really did says what must come of it: taken, nothing new, or refused; and who must be convicted.
"""

import collections
import contextlib
import dataclasses
import functools
import hashlib
import itertools
from dataclasses import dataclass, field

from tests.unit.handover.logbook import MEMBERS, ORIGIN, key_of, member
from tests.unit.ledger.keybook import ids, key, officers, revocation, root, sign
from tests.unit.negotiation.casebook import FINDING, HASHES, TERMS, sha

from homeward.foundation import crypto
from homeward.foundation.crypto import SealingKey, b64
from homeward.foundation.errors import InputError, PeerError, TamperError
from homeward.handover import accusing, arrival, captives_root
from homeward.handover.authority import KEYS_CHANGED
from homeward.handover.cosigning import witness_name
from homeward.handover.replay import advance_replay, begin_replay
from homeward.ledger.bundle import FORMAT, read_bundle, verify_bundle, write_bundle
from homeward.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from homeward.ledger.cosignature import WitnessSigner, join_note, open_cosigned
from homeward.ledger.envelope import key_id, sign_envelope
from homeward.ledger.key_documents import signed_body
from homeward.ledger.note import NoteSigner
from homeward.ledger.proof import is_dropped, read_receipt, write_receipt
from homeward.ledger.witness import begin_witness, observe
from homeward.negotiation import steps
from homeward.negotiation.case import OWED_IN
from homeward.negotiation.sealing import commitment
from homeward.negotiation.state import moves
from homeward.terms import read_agreement

BUREAUS = ("UA", "RU")
OTHER = {"UA": "RU", "RU": "UA"}
CASES = ("c-1", "c-2", "c-3", "c-4")
LOG = NoteSigner(ORIGIN, key_of("AE", "log"))
VERIFIER = LOG.verifier
FIRST = {party: key_of(party, "mediator" if party == "AE" else "bureau") for party in MEMBERS}
"""The first key on each card: it signs bundles and, of a bureau, cosignatures."""
PUBLIC = {party: each.public for party, each in FIRST.items()}
NEXT = {party: key(f"{party}/next") for party in BUREAUS}
NEXT_ID = {party: key_id(each.public) for party, each in NEXT.items()}
KNOWN = {VERIFIER.public, *PUBLIC.values(), *(each.public for each in NEXT.values())}
SEALING = SealingKey("AGE-SECRET-KEY-1MPCD4K8RCWJ9GWSJV2GVXWA9UEN3MD42U8NC6HNS62HNRL0AU7HQNS0NZ6")
AT = "2025-02-05T08:00:00Z"
VILLAINS = ("nobody", "mediator", "bureau", "thief", "backup")


class _Remembered:
    """A public key that does not compute again what held once: the same bytes, the same answer."""

    def __init__(self, public):
        self.public, self.key, self.held = public, _public_key(public), set()

    def verify(self, signature, message):
        mark = hashlib.sha256(signature + message).digest()
        if mark not in self.held:
            self.key.verify(signature, message)
            self.held.add(mark)


_public_key = crypto._public_key


@contextlib.contextmanager
def what_was_computed_is_remembered():
    """Verify each signature, and read each agreement, once: the same bytes are read by thousands."""
    crypto._public_key = functools.cache(_Remembered)
    steps.read_agreement = functools.cache(read_agreement)
    try:
        yield
    finally:
        crypto._public_key, steps.read_agreement = _public_key, read_agreement


class BrokenError(AssertionError):
    """A promise of the trust layer does not hold; the message says which."""


def promise(holds, what):
    if not holds:
        raise BrokenError(what)


def roots_of(party):
    return tuple(f"{party} root {number}" for number in (1, 2, 3))


# -- what honest authors say --


@functools.cache
def terms(is_sealed):
    text = TERMS + ("[lists]\nsealed = true\n" if is_sealed else "")
    return text, read_agreement(text).sha256


def root_of(case, kind, party):
    return sha(f"{kind} of {party} in {case}")


def nonce_of(case, kind, party):
    return sha(f"nonce of {party} for {kind} in {case}")


def opening(is_sealed):
    text, digest = terms(is_sealed)
    return {
        "terms_toml": text,
        "terms_sha256": digest,
        "parties": ["UA", "RU"],
        "mediators": ["AE"],
        "seed_required": True,
    }


def list_body(state, kind, party, other):
    case = state.case
    body = {"count": 5, "root": root_of(case, kind, party)}
    if kind != "final_list":
        body["to"] = other
    if kind == "answers":
        asked = state.wanted[other, party]
        body |= {"in_reply_to": asked.entry_sha256, "counts": {"held": 4, "not_held": 1}}
    if kind == "final_list":
        half = bytes.fromhex(nonce_of(case, "seed", party))
        body["seed_commitment"] = hashlib.sha256(half).hexdigest()
    if state.is_sealed:
        body["nonce"] = nonce_of(case, kind, party)
    return body


def body_of(state, kind, party):
    """Return what an honest author says in an entry of a kind."""
    case, other = state.case, OTHER.get(party, "")
    hashes = {**HASHES, "terms_sha256": state.terms_sha256}
    if kind in {"wanted_list", "answers", "final_list"}:
        return list_body(state, kind, party, other)
    if kind == "terms_signed":
        return {"terms_sha256": state.terms_sha256}
    if kind == "list_committed":
        owed = OWED_IN[state.state]
        to = "" if owed == "final_list" else other
        made = {"case": case, "kind": owed, "author": party, "to": to}
        secret = {"nonce": nonce_of(case, owed, party), "root": root_of(case, owed, party)}
        return {"kind": owed, "to": to, "commitment": commitment(**made, **secret)}
    if kind == "seed_revealed":
        return {"nonce": nonce_of(case, "seed", party)}
    if kind == "plan_accepted":
        return {**hashes, "acknowledged": [FINDING]}
    if kind == "plan_proposed":
        return {
            **hashes,
            "seed": state.seed,
            "status": "optimal",
            "legal_findings": [FINDING],
            "flows": {"RU -> UA": 4, "UA -> RU": 4},
            "captives_root": captives_root([]),
        }
    if kind == "plan_rejected":
        return {"plan_sha256": hashes["plan_sha256"], "reason": "not_agreed"}
    return {"reason": "transport_not_safe"} if kind == "aborted" else None


SAID = (
    *("terms_signed", "list_committed", "wanted_list", "answers", "final_list", "seed_revealed"),
    *("plan_proposed", "plan_accepted", "plan_rejected", "aborted"),
)
ENDS = ("plan_rejected", "aborted")


def signed(state, author, kind, case, body, signer, *, seen=None, **change):
    """Sign an entry that follows its author's last one in a log."""
    head = state.chain.heads.get(author)
    header = {
        "seq": head.seq + 1 if head else 1,
        "prev": head.entry_sha256 if head else None,
        "seen": seen,
        "log": ORIGIN,
        **change,
    }
    return sign_envelope(
        signer=signer, type=kind, case=case, author=author, at=AT, body=body, **header
    )


def seen_of(state):
    tree = state.chain.tree
    return (tree.size, tree.root().hex()) if tree.size else None


def note_over(leaves_root, size):
    return sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=leaves_root), LOG)


def note_of(state):
    return note_over(state.chain.tree.root(), state.chain.tree.size)


def entries(state):
    return [each.entry for each in state.envelopes]


# -- a bureau, as its node works --


@dataclass
class Bureau:
    """An honest bureau: its copy of the log, what it signed, what it keeps on its disk."""

    party: str
    state: object = field(default_factory=lambda: begin_replay(ORIGIN))
    head: str | None = None
    drafts: tuple = ()
    witness: object = field(default_factory=lambda: begin_witness(ORIGIN))
    notes: dict = field(default_factory=dict)
    """Size → the log's note and the lines under it, by witness: what it may show anybody."""
    receipts: dict = field(default_factory=dict)
    before: tuple = ()
    """Earlier (state, head, drafts, witness): what a backup holds."""
    is_retired: bool = False

    def waiting(self):
        known = {each.entry for each in self.state.envelopes}
        return [entry for entry in self.drafts if entry not in known]

    def ahead(self):
        state = self.state
        for entry in self.waiting():
            state = advance_replay(state, entry)
        return state

    def record(self, kind, case, body, signer=None, ahead=None):
        """Sign what the case allows; what it does not is never signed."""
        ahead = ahead or self.ahead()
        grants = ahead.keyrings[self.party].changes[-1].grants
        own = NEXT[self.party] if NEXT_ID[self.party] in grants else FIRST[self.party]
        seen = seen_of(self.state)
        entry = signed(ahead, self.party, kind, case, body, signer or own, seen=seen)
        with contextlib.suppress(PeerError):
            advance_replay(ahead, entry)
            self.drafts = (*self.drafts, entry)

    def export(self):
        own = max((n for n, (_, lines) in self.notes.items() if self.party in lines), default=None)
        noted = []
        if own is not None:
            note, lines = self.notes[own]
            noted = [join_note(note, [lines[self.party]])]
        return bundle(
            self.party, "AE", len(self.state.envelopes), drafts=self.waiting(), cosigned=noted
        )

    def held(self):
        return accusing.Held(
            log=VERIFIER,
            state=self.state,
            head=self.head,
            is_sequencer=False,
            drafts=self.drafts,
            receipts=[text for _, text in sorted(self.receipts.items())],
        )

    def take(self, data):
        """Read a bundle as a node does; return how many entries were new."""
        body = read_bundle(data)
        if body["to"] != self.party or body["from"] != "AE":
            raise InputError("bundles.reader", "Expected ours.", hint="")
        verify_bundle(body, PUBLIC["AE"])
        after = arrival.take_entries(self.state, body, LOG.verifier)
        if body["checkpoint"] is None:
            return 0
        count, tree = len(self.state.envelopes), after.chain.tree
        for index, text in self.receipts.items():
            if count <= index and is_dropped(read_receipt(text), tree):
                raise TamperError("receipts.dropped", "Expected our entry.", hint="")
        fresh = after.envelopes[count:]
        hashes = {hashlib.sha256(entry).hexdigest() for entry in self.drafts}
        arrival.verify_own(fresh, self.party, hashes)
        found = list(arrival.take_cosigned(body["cosigned"], after, VERIFIER, is_sequencer=False))
        head = body["checkpoint"] if fresh else self.head
        if fresh:
            self.before = (*self.before, (self.state, self.head, self.drafts, self.witness))
        self.state, self.head = after, head
        for each in found:
            self.keep(each.checkpoint.size, each.note, each.lines.values())
        self.cosign()
        self.keep_receipts()
        return len(fresh)

    def keep(self, size, note, lines):
        held = self.notes.setdefault(size, (note, {}))[1]
        for line in lines:
            held[line.split(" ")[1].removeprefix("homeward/").upper()] = line

    def cosign(self):
        size = len(self.state.envelopes)
        if not size or self.party in self.notes.get(size, ("", {}))[1] or size <= self.witness.size:
            return
        tree, old = self.state.chain.tree, self.witness.size
        line = observe(
            self.witness,
            self.head,
            tree.consistency_proof(old, size) if 0 < old < size else [],
            verifier=VERIFIER,
            signer=WitnessSigner(witness_name(self.party), FIRST[self.party]),
            time=1_740_000_000,
            persist=lambda state: setattr(self, "witness", state),
        )
        self.keep(size, self.head, [line])

    def keep_receipts(self):
        under = None
        for index, envelope in enumerate(self.state.envelopes):
            if envelope.author == self.party and index not in self.receipts:
                under = under or open_cosigned(self.head, VERIFIER, ORIGIN)
                tree = self.state.chain.tree
                self.receipts[index] = write_receipt(tree, index, under, entry=envelope.entry)

    def copy(self):
        notes = {size: (note, dict(lines)) for size, (note, lines) in self.notes.items()}
        return dataclasses.replace(self, notes=notes, receipts=dict(self.receipts))


def bundle(sender, to, have, *, first=0, sent=(), checkpoint=None, drafts=(), cosigned=()):
    fields = {
        "format": FORMAT, "from": sender, "to": to, "log": ORIGIN, "have": have, "holds": [],
        "first": first, "entries": [b64(entry) for entry in sent], "checkpoint": checkpoint,
        "drafts": [b64(entry) for entry in drafts], "blobs": [], "cosigned": list(cosigned),
        "number": 1,
    }  # fmt: skip
    return write_bundle(fields, FIRST[sender])


# -- the mediator: one history while it is honest, several when it is not --


@dataclass
class Mediator:
    """Histories that it keeps: of each, the log at every size. `serves` says which to whom."""

    histories: list
    serves: dict
    have: dict
    notes: dict = field(default_factory=dict)

    def state(self, party="UA"):
        return self.histories[self.serves[party]][-1]

    def append(self, number, entry):
        line = self.histories[number]
        line.append(advance_replay(line[-1], entry))

    def record(self, number, kind, case, body):
        state = self.histories[number][-1]
        entry = signed(state, "AE", kind, case, body, FIRST["AE"], seen=seen_of(state))
        with contextlib.suppress(PeerError):
            self.append(number, entry)
            return entry
        return None

    def export(self, party, first=None):
        state = self.state(party)
        tree = state.chain.tree
        first = min(self.have[party], tree.size) if first is None else first
        noted = [
            join_note(note, [lines[other]])
            for size, (note, lines) in sorted(self.notes.items())
            for other in lines
            if other == OTHER[party] and size <= tree.size and _root(note) == tree.root(size)
        ][-1:]
        sent = entries(state)[first:]
        return bundle(
            "AE",
            party,
            tree.size,
            first=first,
            sent=sent,
            checkpoint=note_of(state),
            cosigned=noted,
        )

    def held(self, party):
        state = self.state(party)
        return accusing.Held(log=VERIFIER, state=state, head=note_of(state), is_sequencer=True)

    def take(self, data):
        body = read_bundle(data)
        if body["to"] != "AE" or body["from"] not in BUREAUS:
            raise InputError("bundles.reader", "Expected ours.", hint="")
        party = body["from"]
        verify_bundle(body, PUBLIC[party])
        line = self.histories[self.serves[party]]
        known = {each.entry_sha256 for each in line[-1].envelopes}
        after = arrival.take_drafts(line[-1], body, known)
        found = list(arrival.take_cosigned(body["cosigned"], after, VERIFIER, is_sequencer=True))
        fresh = after.envelopes[len(line[-1].envelopes) :]
        for each in fresh:
            line.append(advance_replay(line[-1], each.entry))
        for each in found:
            kept = self.notes.setdefault(each.checkpoint.size, (each.note, {}))[1]
            for text in each.lines.values():
                kept[party] = text
        self.have[party] = min(body["have"], line[-1].chain.tree.size)
        return len(fresh)

    def copy(self):
        notes = {size: (note, dict(lines)) for size, (note, lines) in self.notes.items()}
        return Mediator(
            [list(line) for line in self.histories], dict(self.serves), dict(self.have), notes
        )


def _root(note):
    return open_checkpoint(note, VERIFIER, ORIGIN).root


# -- the world --


STAGES = 7


@functools.cache
def beginning(stage, is_sealed, has_rotated):
    """Play honestly up to a stage, once for all traces that begin there."""
    if stage:
        world = beginning(stage - 1, is_sealed, has_rotated).copy("nobody")
        for _ in range(2 if is_sealed and stage > 1 else 1):  # bound first, then shown
            for each in world.bureaus.values():
                world.act(each, "c-1", 1)
            world.carry_all()
            world.act_mediator(0, "c-1", 0)
            world.carry_all()
        return world
    empty, signer = begin_replay(ORIGIN), FIRST["AE"]
    listed = [member(party, role) for party, role in MEMBERS.items()]
    first = signed(empty, "AE", "log_opened", "log", {"members": listed}, signer)
    none = dict.fromkeys(BUREAUS, 0)
    mediator = Mediator([[empty, advance_replay(empty, first)]], dict(none), dict(none))
    world = World(mediator, {party: Bureau(party) for party in BUREAUS})
    mediator.record(0, "case_opened", "c-1", opening(is_sealed))
    world.carry_all()
    for _ in range(2 if has_rotated else 0):
        world.rotate(world.bureaus["UA"])
        world.carry_all()
    return world


def beginnings():
    """Play to every beginning, so that nothing which is taken out of the code later is in them."""
    for start in itertools.product(range(STAGES), (False, True), (False, True)):
        beginning(*start)


@dataclass
class World:
    """Everybody, what was on the road, who is guilty, and what was found out how."""

    mediator: Mediator
    bureaus: dict
    villain: str = "nobody"
    road: list = field(default_factory=list)
    guilty: set = field(default_factory=set)
    attacked: collections.Counter = field(default_factory=collections.Counter)
    caught: collections.Counter = field(default_factory=collections.Counter)
    evidence: dict = field(default_factory=dict)
    """Digest → file: what is confirmed once need not be judged again."""

    def copy(self, villain):
        bureaus = {party: each.copy() for party, each in self.bureaus.items()}
        return World(self.mediator.copy(), bureaus, villain, list(self.road))

    # honest steps

    def act(self, bureau, case, way):
        """Let a bureau do what its case allows it, mostly what comes next."""
        ahead = bureau.ahead()
        state = ahead.cases.get(case)
        if state is None or bureau.is_retired:
            return
        kinds = [kind for kind in moves(state, bureau.party, "bureau") if kind in SAID]
        kind = (kinds or [""])[0 if way % 5 else way // 5 % len(kinds or [""])]
        if kind and (kind not in ENDS or way % 5 == 0):
            if kind == "seed_revealed":
                lists = bureau.state.cases[case].final_lists
                promise(OTHER[bureau.party] in lists, "a seed is shown before every list is bound")
            bureau.record(kind, case, body_of(state, kind, bureau.party), ahead=ahead)

    def act_mediator(self, number, case, way):
        state = self.mediator.histories[number][-1].cases.get(case)
        if state is None:
            self.mediator.record(number, "case_opened", case, opening(bool(way % 2)))
            return
        kinds = [kind for kind in moves(state, "AE", "mediator") if kind in SAID]
        if kinds and (kinds[0] != "aborted" or way % 4 == 3):
            self.mediator.record(number, kinds[0], case, body_of(state, kinds[0], "AE"))

    def rotate(self, bureau):
        """Name the next officer's key by the roots; then end the key of the card."""
        if bureau.is_retired:
            return
        party, keyring = bureau.party, bureau.ahead().keyrings[bureau.party]
        names = (f"{party}/bureau", f"{party}/next")
        if not keyring.epoch:
            named = (*officers(names), *officers((f"{party}/officer",), role="officer"))
            document = sign(root(keyring, roots_of(party), named), *roots_of(party), names[1])
            bureau.record(KEYS_CHANGED, "log", signed_body(document), FIRST[party])
        elif not set(ids(names[0])) & keyring.ended:
            document = sign(revocation(keyring, names[0]), *roots_of(party))
            bureau.record(KEYS_CHANGED, "log", signed_body(document), NEXT[party])

    def carry_all(self):
        for party in BUREAUS:
            self.mediator.take(self.bureaus[party].export())
        for party in BUREAUS:
            self.bureaus[party].take(self.mediator.export(party))
