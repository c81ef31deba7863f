"""What must come of a bundle, whom it convicts, and what holds of every honest copy.

Rules of this file:
- Whoever reads a bundle is foretold by raw bytes: which entries, under which root. The oracle
  asks none of the code that it judges, apart from whether a history that the mediator itself
  could write by the rules is one.
- Whatever is refused changes nothing. Where two signed statements convict, a file must, and
  `evidence.judge` confirms each.
- Nobody is convicted who did nothing. Whoever was shown another history, and is accused of what
  it saw, has what turns the accusation against the log.
"""

from collections import Counter

from hostile_world import (
    BUREAUS,
    KNOWN,
    OTHER,
    PUBLIC,
    VERIFIER,
    entries,
    promise,
)
from tests.unit.handover.logbook import ORIGIN
from tests.unit.ledger.keybook import ids

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import unb64
from homeward.foundation.errors import InputError, PeerError, TamperError
from homeward.foundation.merkle import leaf_hash, tree_root
from homeward.handover import accusing
from homeward.handover.authority import KEYS_CHANGED
from homeward.ledger import evidence
from homeward.ledger.bundle import read_bundle, verify_bundle
from homeward.ledger.cosignature import join_note, open_cosigned
from homeward.ledger.envelope import read_envelope
from homeward.ledger.proof import read_receipt

# -- the oracle --


def root_over(listed):
    return tree_root([leaf_hash(entry) for entry in listed])


def opened(note):
    checkpoint = open_cosigned(note, VERIFIER, ORIGIN).checkpoint
    return checkpoint.size, checkpoint.root


def foretell(world, bureau, body):
    """Say what a bureau must make of a signed bundle of the mediator, and who is convicted."""
    own, first = entries(bureau.state), body["first"]
    if first > len(own):
        return "gap", False
    sent = [unb64(text, what="entry") for text in body["entries"]]
    whole = own[:first] + sent
    notes = [opened(note) for note in (body["checkpoint"], *body["cosigned"]) if note]
    convicts = own and any(
        root_over(own[:size]) != root
        if size <= len(own)
        else size <= len(whole) and root_over(whole[:size]) == root and whole[: len(own)] != own
        for size, root in notes
    )
    longer = whole if len(whole) > len(own) else own
    is_history = whole[: len(own)] == own[: len(whole)] and any(
        entries(line[-1])[: len(longer)] == longer for line in world.mediator.histories
    )
    new = longer[len(own) :]
    if not is_history:
        return "refused", convicts
    if body["checkpoint"] is None:
        return "nothing new", False
    size, root = notes[0]
    is_late = not new and size < len(own) and root_over(own[:size]) == root
    dropped = [
        index
        for index, text in bureau.receipts.items()
        if len(own) <= index < len(longer) and read_receipt(text).entry != longer[index]
    ]
    is_ours = all(
        entry in bureau.drafts or read_envelope(entry).author != bureau.party for entry in new
    )
    is_noted = all(n <= len(longer) and root_over(longer[:n]) == r for n, r in notes[1:])
    is_under = is_late or (size, root) == (len(longer), root_over(longer))
    if is_under and not dropped and is_ours and is_noted:
        return "taken" if new else "nothing new", False
    return "refused", convicts or (is_under and bool(dropped))


def foretell_mediator(world, bureau):
    """Say what the honest mediator must make of the bundle of an honest bureau."""
    own, theirs = entries(bureau.state), entries(world.mediator.state(bureau.party))
    return "refused" if own != theirs[: len(own)] else None


# -- delivering, and what is found out --


def deliver(world, reader, data, expected, *, attack="", convicts=()):
    """Let somebody read a bundle; hold what comes of it against what was foretold."""
    before = seen_by(world, reader)
    who = world.mediator if reader == "AE" else world.bureaus[reader]
    try:
        found, error = "taken" if who.take(data) else "nothing new", None
    except (InputError, TamperError, PeerError) as refused:
        found, error = "refused", refused
        if refused.code == "bundles.gap":
            found = "gap"
    what = f"{attack or 'a bundle'} at {reader}: {found}{f' ({error.code})' if error else ''}"
    promise(expected is None or found == expected, f"{what}, and {expected} was foretold")
    if attack and found in {"refused", "gap"}:
        world.caught[attack, error.code] += 1
    elif attack:
        world.caught[attack, found] += 1
    if error is None:
        return found
    promise(seen_by(world, reader) == before, f"{what}, and something changed")
    convicted = convict(world, reader, data) if not isinstance(error, InputError) else set()
    promise(set(convicts) <= convicted, f"{what}, and no file convicts {sorted(convicts)}")
    for name in convicted:
        world.caught[attack or "honest words that show a fork", f"convicts {name}"] += 1
    return found


def seen_by(world, reader):
    if reader == "AE":
        return [entries(line[-1]) for line in world.mediator.histories], dict(world.mediator.have)
    bureau = world.bureaus[reader]
    return entries(bureau.state), bureau.head, bureau.drafts, bureau.witness, sorted(bureau.notes)


def convict(world, reader, data):
    """Return whom the files convict that a refused bundle gives; each is judged."""
    try:
        body = read_bundle(data)
        verify_bundle(body, PUBLIC[body["from"]])
    except TamperError:
        return set()  # it is not signed: it says nothing against anybody
    who = world.mediator if reader == "AE" else world.bureaus[reader]
    held = who.held(body["from"]) if reader == "AE" else who.held()
    convicted = set()
    for file in accusing.accuse(held, body):
        verdict = evidence.judge(file, KNOWN)
        if verdict.convicted not in world.guilty:
            promise(verdict.doubt and clears(world, verdict.convicted, file),
                    f"{verdict.convicted} is convicted and did nothing")  # fmt: skip
            continue
        convicted.add(verdict.convicted)
    return convicted


def clears(world, party, file):
    """Tell whether an accused party has what turns the accusation against the log."""
    said = read_canonical(file, what="evidence")
    if said["kind"] != "seen_another":
        return False
    size, _ = read_envelope(unb64(said["entry"], what="entry")).seen
    if party not in world.bureaus or size not in world.bureaus[party].notes:
        return False
    note, lines = world.bureaus[party].notes[size]
    answer = {
        "format": said["format"], "kind": "two_checkpoints", "log": said["log"],
        "smaller": join_note(note, lines.values()), "larger": said["checkpoint"],
        "root": said["root"], "proof": said["proof"],
    }  # fmt: skip
    return evidence.judge(canonical_bytes(answer), KNOWN).convicted in world.guilty


# -- what holds of every honest copy --


def keeps_promises(world, reader):
    state = world.mediator.state() if reader == "AE" else world.bureaus[reader].state
    listed = entries(state)
    numbers = Counter((each.author, each.seq) for each in state.envelopes)
    promise(
        len(set(listed)) == len(listed) and max(numbers.values(), default=1) == 1,
        "a replay takes effect",
    )
    by_case = {}
    for index, envelope in enumerate(state.envelopes):
        if index not in state.overtaken:
            by_case.setdefault(envelope.case, []).append((index, envelope))
    for case, counted in by_case.items():
        if case in state.cases:
            nothing_early(state.cases[case], [each for _, each in counted])
            no_accept_after_abort(state.cases[case], [each.type for _, each in counted])
    no_ended_key(state)
    if reader != "AE":
        agrees(world, world.bureaus[reader])


def nothing_early(case, counted):
    for place, envelope in enumerate(counted):
        before = counted[:place]
        if envelope.type == "seed_revealed":
            bound = {each.author for each in before if each.type == "final_list"}
            promise(bound == set(BUREAUS), "a seed is shown before every list is bound")
        if case.is_sealed and envelope.type in {"wanted_list", "answers", "final_list"}:
            bound = {
                each.author
                for each in before
                if each.type == "list_committed" and each.body["kind"] == envelope.type
            }
            promise(bound == set(BUREAUS), "a sealed list is shown before every party is bound")


def no_accept_after_abort(case, kinds):
    if "aborted" in kinds:
        promise(case.state == "aborted", "a case goes on after its abort")
        promise("plan_accepted" not in kinds[kinds.index("aborted") :], "accepted and aborted")


def no_ended_key(state):
    ended = {}
    for index, envelope in enumerate(state.envelopes):
        promise(index < ended.get(envelope.key, len(state.envelopes)), "a revoked key counts")
        document = envelope.body.get("document") if envelope.type == KEYS_CHANGED else None
        for name in document_ends(document):
            ended.setdefault(name, index)


def is_ended(state, party):
    """Tell from the bytes of a log whether the key of a party's card was revoked in it."""
    mark = ids(f"{party}/bureau")[0]
    said = (each.body for each in state.envelopes if each.type == KEYS_CHANGED)
    return any(mark in document_ends(body.get("document")) for body in said)


def document_ends(document):
    if document is None:
        return ()
    said = (
        read_canonical(unb64(document, what="document"), what="document")
        if isinstance(document, str)
        else document
    )
    return tuple(said.get("revoked", ()))


def agrees(world, bureau):
    """What an honest author had seen is a beginning of its own log; so is what it cosigned."""
    other = world.bureaus[OTHER[bureau.party]]
    if other.is_retired or bureau.is_retired or other.party in world.guilty:
        return
    own, theirs = entries(bureau.state), entries(other.state)
    for envelope in bureau.state.envelopes:
        if envelope.author == other.party and envelope.seen:
            size = envelope.seen[0]
            promise(own[:size] == theirs[:size], "an entry counts whose author saw another history")
    for size, (_, lines) in bureau.notes.items():
        if other.party in lines and bureau.party in lines:
            promise(own[:size] == theirs[:size], "a checkpoint counts that nobody else has")
    if world.villain not in {"mediator", "backup"}:
        size = min(len(own), len(theirs))
        promise(own[:size] == theirs[:size], "honest parties do not agree")
