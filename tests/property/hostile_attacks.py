"""What a hostile world does: steps, and traces of them.

Rules of this file:
- A step is a name and two numbers; `STEPS` is all there is, and says who may take it.
- Who deceives is one of `VILLAINS`; the road damages and repeats in every world.
- What must come of each bundle is for `hostile_oracle`.
"""

import random
from collections import Counter

from hostile_oracle import (
    deliver,
    foretell,
    foretell_mediator,
    is_ended,
    keeps_promises,
    opened,
    root_over,
)
from hostile_world import (
    BUREAUS,
    CASES,
    FIRST,
    NEXT,
    OTHER,
    SEALING,
    STAGES,
    BrokenError,
    beginning,
    body_of,
    bundle,
    entries,
    nonce_of,
    note_over,
    opening,
    promise,
    seen_of,
    signed,
    what_was_computed_is_remembered,
)
from tests.unit.handover.logbook import ORIGIN
from tests.unit.ledger.keybook import ids, key
from tests.unit.negotiation.casebook import sha

from homeward.foundation.crypto import b64, seal, unb64
from homeward.foundation.errors import HomewardError, PeerError, TamperError
from homeward.handover.replay import advance_replay
from homeward.ledger.bundle import read_bundle, write_bundle
from homeward.ledger.cosignature import join_note
from homeward.ledger.envelope import read_envelope
from homeward.negotiation.case import OWED_IN
from homeward.negotiation.entries import SEALABLE

VILLAINS = ("nobody", "mediator", "bureau", "thief", "backup")


# -- honest steps --


def act(world, a, b):
    world.act(world.bureaus[BUREAUS[a % 2]], CASES[a // 2 % 2], b)


def mediate(world, a, b):
    world.act_mediator(world.mediator.serves[BUREAUS[a % 2]], CASES[a // 2 % 2], b)


def rotate(world, a, b):
    world.rotate(world.bureaus[BUREAUS[a % 2]])


def up(world, a, b):
    bureau = world.bureaus[BUREAUS[a % 2]]
    if bureau.is_retired:
        return
    data = bureau.export()
    world.road.append(("AE", data))
    carry(world, "AE", data)


def down(world, a, b):
    party = BUREAUS[a % 2]
    first = 0 if b % 3 == 0 else None
    data = world.mediator.export(party, first)
    world.road.append((party, data))
    carry(world, party, data)


def carry(world, reader, data, attack=""):
    """Deliver what was once written honestly, now or late."""
    body = read_bundle(data)
    if reader != "AE":
        expected, convicts = foretell(world, world.bureaus[reader], body)
        convicts = {ORIGIN} if convicts and expected == "refused" else ()
        deliver(world, reader, data, expected, attack=attack, convicts=convicts)
    elif world.villain == "mediator":
        try:  # it reads as it likes; what it writes is held against it elsewhere
            world.mediator.take(data)
        except HomewardError:
            world.caught["honest words", "the mediator reads what convicts it"] += 1
    else:
        bureau = world.bureaus[body["from"]]
        is_new = body["have"] == len(entries(bureau.state))
        expected = foretell_mediator(world, bureau) if is_new else None
        deliver(world, "AE", data, expected, attack=attack)


# -- the road --


def damage(world, a, b):
    """Flip a bit of a bundle, or cut it short, sealed or opened."""
    if not world.road:
        return
    reader, data = world.road[a % len(world.road)]
    is_sealed, is_cut = b % 4 == 0, b % 3 == 0
    content = seal(data, SEALING.public) if is_sealed else data
    if is_cut:
        content = content[: b % len(content)]
    else:
        changed = bytearray(content)
        changed[b % len(content)] ^= 1 << a % 8
        content = bytes(changed)
    attack = f"{'truncated' if is_cut else 'bit flipped'}, {'sealed' if is_sealed else 'opened'}"
    world.attacked[attack] += 1
    if is_sealed:
        try:
            SEALING.open(content, what="bundle")
        except TamperError as error:
            world.caught[attack, error.code] += 1
            return
        raise BrokenError(f"{attack}: it opens")
    deliver(world, reader, content, "refused", attack=attack)


def late(world, a, b):
    """Deliver an older bundle again, or to the wrong reader."""
    if not world.road:
        return
    reader, data = world.road[a % len(world.road)]
    if b % 4 == 0:
        wrong = next(each for each in ("AE", *BUREAUS) if each != reader)
        world.attacked["to the wrong reader"] += 1
        deliver(world, wrong, data, "refused", attack="to the wrong reader")
        return
    world.attacked["a bundle again, late"] += 1
    logs = {party: entries(world.bureaus[party].state) for party in BUREAUS}
    carry(world, reader, data, "a bundle again, late")
    for party in BUREAUS:
        grown = entries(world.bureaus[party].state)
        promise(len(grown) >= len(logs[party]), "a late bundle takes an entry away")


# -- a mediator that keeps no rule --


def history(world, party, size):
    """Return a history of the mediator's, as it was at a size."""
    return world.mediator.histories[world.mediator.serves[party]][: size + 1]


def serve(world, party, line):
    world.mediator.histories.append(line)
    world.mediator.serves[party] = len(world.mediator.histories) - 1


def fork(world, a, b):
    """Show a party another history from some entry on."""
    party = BUREAUS[a % 2]
    size = world.mediator.state(party).chain.tree.size
    line = history(world, party, max(2, size - b % 4))
    serve(world, party, line)
    number = world.mediator.serves[party]
    world.attacked["fork"] += 1
    world.guilty |= {ORIGIN, "AE"}
    world.mediator.record(
        number, "case_opened", f"x-{len(world.mediator.histories)}", opening(False)
    )
    send(world, party, b, "fork")


def send(world, party, b, attack):
    data = world.mediator.export(party, 0 if b % 2 else None)
    world.road.append((party, data))
    carry(world, party, data, attack)


def roll_back(world, a, b):
    """Show an earlier state as the present one, and go on from there."""
    party = BUREAUS[a % 2]
    size = world.mediator.state(party).chain.tree.size
    serve(world, party, history(world, party, max(2, size - 1 - b % 4)))
    world.attacked["rollback"] += 1
    world.guilty |= {ORIGIN, "AE"}
    send(world, party, b, "rollback")
    number = world.mediator.serves[party]
    world.mediator.record(number, "case_opened", f"x-{number}", opening(False))
    send(world, party, b, "rollback")


def cross(world, a, b):
    """Show a party what the other is shown."""
    party = BUREAUS[a % 2]
    world.mediator.serves[party] = world.mediator.serves[OTHER[party]]
    world.attacked["the other's history"] += 1
    send(world, party, b, "the other's history")


def rewrite(world, a, b):
    """Drop, exchange or repeat entries, and sign a checkpoint over what comes out."""
    party = BUREAUS[a % 2]
    listed = entries(world.mediator.state(party))
    place = 2 + b % max(1, len(listed) - 2)
    way = ("dropped", "exchanged", "repeated")[a // 2 % 3]
    if way == "dropped":
        del listed[place : place + 1]
    elif way == "exchanged":
        listed[place : place + 2] = listed[place : place + 2][::-1]
    else:
        place = min(place, len(listed) - 1)
        listed.append(listed[place])
    attack = f"entries {way}"
    world.attacked[attack] += 1
    world.guilty |= {ORIGIN, "AE"}
    line = history(world, party, place)
    try:
        for entry in listed[place:]:
            line.append(advance_replay(line[-1], entry))
    except (PeerError, TamperError):
        body = over(party, listed)
        expected, convicts = foretell(world, world.bureaus[party], read_bundle(body))
        convicts = {ORIGIN} if convicts else ()
        deliver(world, party, body, expected, attack=attack, convicts=convicts)
        return
    promise(way != "repeated", "an entry counts twice")
    serve(world, party, line)
    send(world, party, 1, attack)


def over(party, listed):
    """Return a bundle of entries under a checkpoint that the log signed over just these."""
    checkpoint = note_over(root_over(listed), len(listed))
    return bundle("AE", party, len(listed), sent=listed, checkpoint=checkpoint)


def mangle(world, a, b):
    """Sign a bundle whose entries and checkpoint do not fit."""
    party = BUREAUS[a % 2]
    state = world.mediator.state(party)
    body = read_bundle(world.mediator.export(party, 0 if b % 2 else None))
    sent, size = body["entries"], state.chain.tree.size
    way = ("a bit", "cut", "more than signed", "another root", "no checkpoint")[a // 2 % 5]
    if way == "a bit" and sent:
        raw = bytearray(unb64(sent[b % len(sent)], what="entry"))
        raw[b % len(raw)] ^= 1 << b % 8
        sent[b % len(sent)] = b64(bytes(raw))
    elif way == "cut" and sent:
        sent.pop()
    elif way == "more than signed" and size > 2:
        body["checkpoint"] = note_over(state.chain.tree.root(size - 1), size - 1)
    elif way == "another root":
        body["checkpoint"] = note_over(bytes.fromhex(sha(f"{b}")), size)
    elif way == "no checkpoint":
        body["checkpoint"], body["cosigned"] = None, []
    else:
        return
    attack = f"a signed bundle with {way}"
    world.attacked[attack] += 1
    world.guilty |= {ORIGIN, "AE"}
    made = resigned(body)
    expected, convicts = foretell(world, world.bureaus[party], read_bundle(made))
    convicts = {ORIGIN} if convicts and expected == "refused" else ()
    deliver(world, party, made, expected, attack=attack, convicts=convicts)


def resigned(body):
    fields = {name: value for name, value in body.items() if name != "signature"}
    return write_bundle(fields, FIRST[body["from"]])


def smuggle(world, a, b):
    """Put an entry that never fits into the log, unseen, and sign a checkpoint over it."""
    party = BUREAUS[a % 2]
    state = world.mediator.state(party)
    made = unfit(state, OTHER[party], b)
    if made is None:
        return
    attack, entry = made
    world.attacked[attack] += 1
    world.guilty |= {ORIGIN, "AE", OTHER[party]}
    listed = [*entries(state), entry]
    data = over(party, listed)
    convicts = foretell(world, world.bureaus[party], read_bundle(data))[1]
    deliver(world, party, data, "refused", attack=attack, convicts={ORIGIN} if convicts else ())


# -- a bureau that keeps no rule, and a thief --


def unfit(state, party, way):
    """Return a signed entry of a party that no log may take after a state, and what it is."""
    first = way // 2 if way % 2 else 0  # half of the time the rare ones are tried first
    for number in range(len(UNFIT)):
        what, make = UNFIT[(first + number) % len(UNFIT)]
        said = make(state, state.cases["c-1"], party, way)
        if said is not None:
            kind, body, change = said
            case = change.pop("case", "c-1")
            signer = change.pop("by", NEXT[party] if is_ended(state, party) else FIRST[party])
            seen = change.pop("seen", seen_of(state))
            return what, signed(state, party, kind, case, body, signer, seen=seen, **change)
    return None


def _revoked(state, case, party, way):
    return ("aborted", GIVEN_UP, {"by": FIRST[party]}) if is_ended(state, party) else None


def _stranger(state, case, party, way):
    return "terms_signed", {"terms_sha256": sha("none")}, {"by": key(f"stranger {way}")}


class _Forger:
    """Names a key that it has not, and signs with another."""

    def __init__(self, public):
        self.public, self.sign = public, key("forger").sign


def _forged(state, case, party, way):
    own = NEXT[party] if is_ended(state, party) else FIRST[party]
    return "aborted", GIVEN_UP, {"by": _Forger(own.public)}


def _false_seen(state, case, party, way):
    return "aborted", GIVEN_UP, {"seen": (state.chain.tree.size, sha(f"root {way}"))}


def _other_log(state, case, party, way):
    return "aborted", GIVEN_UP, {"log": "homeward/xx"}


def _seed_again(state, case, party, way):
    if party in case.nonces:
        return "seed_revealed", {"nonce": case.nonces[party]}, {"case": "c-3"}
    return None


def _early_seed(state, case, party, way):
    if case.state in {"terms_signed", "wanted", "answered"}:
        return "seed_revealed", {"nonce": nonce_of("c-1", "seed", party)}, {}
    return None


def _unbound_list(state, case, party, way):
    kind = OWED_IN.get(case.state)
    bound = {author for each, author, _ in case.seals if each == kind}
    if case.is_sealed and kind in SEALABLE and bound != set(BUREAUS):
        return kind, body_of(case, kind, party), {}
    return None


def _copied_commitment(state, case, party, way):
    if case.state != "answered" or OTHER[party] not in case.commitments or case.is_sealed:
        return None
    copied = {"seed_commitment": case.commitments[OTHER[party]]}
    return "final_list", {**body_of(case, "final_list", party), **copied}, {}


def _late_accept(state, case, party, way):
    return (
        ("plan_accepted", body_of(case, "plan_accepted", party), {})
        if case.state == "aborted" and case.plan is not None
        else None
    )


GIVEN_UP = {"reason": "no_agreement"}
UNFIT = (
    ("a revoked key", _revoked),
    ("accepted after the abort", _late_accept),
    ("a list before everybody is bound", _unbound_list),
    ("a copied commitment", _copied_commitment),
    ("a stranger's key", _stranger),
    ("a forged signature", _forged),
    ("an early seed", _early_seed),
    ("a false history seen", _false_seen),
    ("a seed of another case", _seed_again),
    ("an entry of another log", _other_log),
)
"""Entries that never fit, and what makes one of a log; none where that log gives no occasion."""


def deceive(world, a, b):
    """Let a bureau ask the mediator for an entry that never fits."""
    bureau = world.bureaus["RU"]
    made = unfit(world.mediator.state("RU"), "RU", b)
    if made is None:
        return
    attack, entry = made
    world.attacked[attack] += 1
    world.guilty.add("RU")
    data = bundle("RU", "AE", len(entries(bureau.state)), drafts=[entry])
    convicts = {"RU"} if attack == "a false history seen" else ()
    deliver(world, "AE", data, "refused", attack=attack, convicts=convicts)


def equivocate(world, a, b):
    """Let a bureau sign another entry under a number that it has used."""
    bureau, log = world.bureaus["RU"], entries(world.mediator.state("RU"))
    used = [entry for entry in bureau.drafts if entry in log or b % 2]
    if not used:
        return
    first = read_envelope(used[a % len(used)])
    grants = bureau.ahead().keyrings["RU"].changes[-1].grants
    signer = FIRST["RU"] if first.key in grants and first.key in ids("RU/bureau") else NEXT["RU"]
    if first.key not in ids("RU/next", "RU/bureau") or first.key not in grants:
        return
    second = signed(
        bureau.state, "RU", "aborted", first.case if first.case != "log" else "c-1",
        {"reason": "deadline_passed"}, signer, seen=first.seen, seq=first.seq, prev=first.prev,
    )  # fmt: skip
    if second == first.entry:
        return
    drafts = [second] if first.entry in log else [*bureau.waiting()[: bureau.waiting().index(first.entry) + 1], second]  # fmt: skip
    world.attacked["two entries of one number"] += 1
    world.guilty.add("RU")
    data = bundle("RU", "AE", len(entries(bureau.state)), drafts=drafts)
    deliver(world, "AE", data, "refused", attack="two entries of one number", convicts={"RU"})


def accept_and_abort(world, a, b):
    """Let a bureau accept and abort at once, in either order."""
    bureau, state = world.bureaus["RU"], world.mediator.state("RU")
    case = state.cases["c-1"]
    if case.state != "proposed" or "RU" in case.accepted or entries(bureau.state) != entries(state):
        return
    if bureau.waiting():
        return
    said = [
        ("plan_accepted", body_of(case, "plan_accepted", "RU")),
        ("aborted", {"reason": "no_agreement"}),
    ]
    is_abort_first = bool(b % 2)
    grants = state.keyrings["RU"].changes[-1].grants
    signer = FIRST["RU"] if set(ids("RU/bureau")) & grants.keys() else NEXT["RU"]
    first_kind, first_body = said[is_abort_first]
    first = signed(state, "RU", first_kind, "c-1", first_body, signer, seen=seen_of(state))
    kind, body = said[not is_abort_first]
    second = signed(
        advance_replay(state, first), "RU", kind, "c-1", body, signer, seen=seen_of(state)
    )
    world.attacked["accepted and aborted at once"] += 1
    world.guilty.add("RU")
    data = bundle("RU", "AE", len(entries(bureau.state)), drafts=[first, second])
    expected = "refused" if is_abort_first else "taken"
    if deliver(world, "AE", data, expected, attack="accepted and aborted at once") == "taken":
        bureau.drafts = (*bureau.drafts, first, second)
        after = world.mediator.state("RU").cases["c-1"]
        promise(after.state == "aborted", "accepted and aborted at once is neither")


def steal(world, a, b):
    """Let a thief sign with a key that has ended, in bundles under the party's own card."""
    state = world.mediator.state("UA")
    if not is_ended(state, "UA"):
        return
    case, change = state.cases["c-1"], {}
    if b % 3 == 0:  # under a number that its owner has used
        last = [each for each in state.envelopes if each.author == "UA"][-1]
        change = {"seq": last.seq, "prev": last.prev}
    kind = ("aborted", "plan_accepted", "terms_signed", "plan_rejected")[b % 4]
    entry = signed(state, "UA", kind, "c-1", body_of(case, kind, "UA"), FIRST["UA"],
                   seen=seen_of(state), **change)  # fmt: skip
    world.attacked["a revoked key"] += 1
    data = bundle("UA", "AE", state.chain.tree.size, drafts=[entry])
    deliver(world, "AE", data, "refused", attack="a revoked key")


# -- old backups --


def restore_mediator(world, a, b):
    """Let the mediator go on from an old backup, not knowing.

    With an odd number it writes before it has heard of anybody, and so convicts itself. Else
    it hears from the bureaus first, stops, and is made whole.
    """
    mediator, goes_on = world.mediator, bool(a % 2)
    before = dict(mediator.serves)
    size = mediator.state().chain.tree.size
    mediator.histories.append(history(world, "UA", max(2, size - 1 - b % 3)))
    number = len(mediator.histories) - 1
    mediator.serves = dict.fromkeys(BUREAUS, number)
    attack = "a mediator from an old backup"
    world.attacked[attack] += 1
    if goes_on:
        world.guilty |= {ORIGIN, "AE"}
        mediator.record(number, "case_opened", f"x-{number}", opening(False))
    for party in BUREAUS:
        if not world.bureaus[party].is_retired:
            carry(world, "AE", world.bureaus[party].export(), attack)
            if goes_on:
                send(world, party, 1, attack)
    if not goes_on:
        mediator.serves = before


def restore_bureau(world, a, b):
    """Restore a bureau from an old backup; before it signs anything it reads the next bundle."""
    bureau = world.bureaus[BUREAUS[a % 2]]
    if not bureau.before or bureau.is_retired:
        return
    bureau.state, bureau.head, bureau.drafts, bureau.witness = bureau.before[b % len(bureau.before)]
    size = len(entries(bureau.state))
    bureau.notes = {n: each for n, each in bureau.notes.items() if n <= size}
    attack = "a bureau from an old backup"
    world.attacked[attack] += 1
    bureau.is_retired = True  # it signed more than it knows: it needs new keys
    first = min(size, world.mediator.state(bureau.party).chain.tree.size)
    carry(world, bureau.party, world.mediator.export(bureau.party, first), attack)


HONEST = (act, act, act, mediate, up, up, down, down, rotate)
ROAD = (damage, late)
STEPS = {
    "nobody": (*HONEST, *ROAD),
    "mediator": (*HONEST, *ROAD, *(fork,) * 3, roll_back, cross, cross, rewrite, mangle, smuggle),
    "bureau": (*HONEST, *ROAD, deceive, deceive, equivocate, equivocate, accept_and_abort),
    "thief": (*HONEST, *ROAD, steal, steal),
    "backup": (*HONEST, *ROAD, restore_mediator, restore_bureau),
}


# -- traces --


def trace(seed):
    """Return a trace: who deceives, where the story begins, and steps."""
    chance = random.Random(seed)
    villain = VILLAINS[chance.choice((0, 1, 1, 1, 2, 2, 3, 4))]
    is_sealed = chance.random() < (0.5 if villain == "bureau" else 0.3)
    has_rotated = villain == "thief" or chance.random() < 0.2
    start = (chance.randrange(STAGES), is_sealed, has_rotated)
    numbers = (len(STEPS[villain]), 1 << 16, 1 << 16)
    steps = [
        tuple(chance.randrange(below) for below in numbers) for _ in range(chance.randint(4, 12))
    ]
    return villain, start, steps


def play(traced):
    """Play a trace to its end; return the world.

    Raises:
        BrokenError: A promise did not hold.
    """
    villain, start, steps = traced
    world = beginning(*start).copy(villain)
    for number, a, b in steps:
        STEPS[villain][number](world, a, b)
    compare_heads(world)
    for reader in ("AE", *BUREAUS):
        keeps_promises(world, reader)
    return world


def shrunk(traced, fails):
    """Take steps from a trace that fails as long as it still fails."""
    villain, start, steps = traced
    place = 0
    while place < len(steps):
        fewer = (villain, start, steps[:place] + steps[place + 1 :])
        if fails(fewer):
            steps = fewer[2]
        else:
            place += 1
    return villain, start, steps


def compare_heads(world):
    """Whoever was told otherwise finds out by the next message of the other, and convicts the log."""
    logs = {party: entries(world.bureaus[party].state) for party in BUREAUS}
    shorter, longer = sorted(BUREAUS, key=lambda party: len(logs[party]))
    size = len(logs[shorter])
    if logs[longer][:size] == logs[shorter]:
        return
    promise(world.guilty & {ORIGIN}, "two honest parties have two histories, and nobody is guilty")
    world.attacked["two histories kept apart"] += 1
    for reader in (longer, shorter):
        bureau, other = world.bureaus[reader], world.bureaus[OTHER[reader]]
        if not other.notes:
            continue  # it was restored, and has nothing to show
        note, lines = other.notes[max(other.notes)]
        own = logs[reader]
        said = join_note(note, lines.values())
        data = bundle("AE", reader, len(own), first=len(own), checkpoint=bureau.head, cosigned=[said])  # fmt: skip
        proves = opened(said)[0] <= len(own)
        deliver(world, reader, data, "refused", attack="two histories kept apart",
                convicts={ORIGIN} if proves else ())  # fmt: skip


def campaign(first, count):
    """Play many traces; return how often each attack was made, and how it came out.

    Raises:
        BrokenError: With the smallest trace found that breaks the promise.
    """
    attacked, caught = Counter(), Counter()
    with what_was_computed_is_remembered():
        for seed in range(first, first + count):
            try:
                world = play(trace(seed))
            except BrokenError as error:
                small = shrunk(trace(seed), breaks)
                raise BrokenError(f"{error}; seed {seed}, smallest trace {told(small)}") from error
            attacked += world.attacked
            caught += world.caught
    return attacked, caught


def breaks(traced):
    try:
        play(traced)
    except BrokenError:
        return True
    return False


def told(traced):
    villain, start, steps = traced
    return villain, start, [(STEPS[villain][number].__name__, a, b) for number, a, b in steps]
