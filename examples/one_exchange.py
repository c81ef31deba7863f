"""One exchange on one screen, with the stages alone: values in, values out. SIMULATION.

Nodes add storage, keys that rest encrypted, bundles and commands to exactly this.
"""

import hashlib
import sys

from homeward.demo.world import build_world
from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import SigningKey, b64, new_sealing_key
from homeward.foundation.ids import parse_flow
from homeward.handover.counts import count_legs, exposure
from homeward.handover.custody import captives_root
from homeward.handover.replay import KEYS_OF_ROLE, advance_replay, begin_replay
from homeward.ledger.envelope import sign_envelope
from homeward.matching.match import best_pairs, match
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.statements.model import Record
from homeward.statements.reconcile import reconcile
from homeward.statements.write import neutral_statement
from homeward.terms.agreement import read_agreement
from homeward.terms.pool import Pool, row_of

TERMS = """
[agreement]
id = "example"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"
[parties]
UA = {}
RU = {}
[categories]
wounded = "health >= 'serious'"
[[clause]]
id = "n60"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 60
[[objective]]
max = "count(wounded)"
[[objective]]
max = "sum(days_held)"
"""
LEGS, UA, RU, AE = ("RU -> UA", "UA -> RU"), "UA", "RU", "AE"

# 1. Lists, and who on them is the same person.
world = build_world(seed=1, people=1_000)
pairs = best_pairs(match(world.wanted_by_ua, world.held_by_ru))
print(f"{sum(p.verdict == 'very_likely' for p in pairs)} of {len(world.wanted_by_ua)} found")

# 2. The agreement, the pool of opaque ids, the plan; each side checks it on its own list alone.
agreement = read_agreement(TERMS)
lists = {RU: world.held_by_ru, UA: world.held_by_ua}
held = {holder: [row_of(p, agreement.columns) for p in people] for holder, people in lists.items()}
for holder, rows in held.items():
    for row in rows:
        row["ref"] = hashlib.sha256(f"{holder}{row['ref']}".encode()).hexdigest()[:32]
nonces = {party: hashlib.sha256(party.encode()).digest() for party in (RU, UA)}
seed = hashlib.sha256(nonces[RU] + nonces[UA]).hexdigest()
with Engine() as engine:
    plan = make_plan(agreement, Pool.of(agreement, held), engine, seed=seed)
for party in (UA, RU):
    own = Pool.of(agreement, {party: held[party]})
    check_plan(agreement, own, canonical_bytes(plan), party=party, seed=seed)
print(plan["status"], plan["counts"], [f"{o['id']} = {o['value']}" for o in plan["objectives"][:2]])

# 3. The ledger: every step is signed, and legal only if the case and the custody allow it.
roles = {UA: "bureau", RU: "bureau", AE: "mediator"}
keys = {
    (party, part): SigningKey(hashlib.sha256(f"SIMULATION {party} {part}".encode()).digest())
    for party, role in roles.items()
    for part in KEYS_OF_ROLE[role]
}
log = begin_replay("example/log")


def record(author: str, part: str, kind: str, **body: object) -> str:
    """Sign an entry and add it; a wrong move raises and changes nothing."""
    global log
    head, tree = log.chain.heads.get(author), log.chain.tree
    entry = sign_envelope(
        signer=keys[author, part], log="example/log", type=kind, case="example", author=author,
        seq=head.seq + 1 if head else 1, prev=head.entry_sha256 if head else None,
        seen=(tree.size, tree.root().hex()) if tree.size else None,
        at="2025-02-05T08:00:00Z", body=body,
    )  # fmt: skip
    log = advance_replay(log, entry)
    return hashlib.sha256(entry).hexdigest()


def listed(party: str) -> list[dict[str, str]]:
    """Return a member's public keys as the log names them."""
    return [{"role": r, "public": b64(keys[party, r].public)} for r in KEYS_OF_ROLE[roles[party]]]


members = [
    {"party": party, "role": role, "name": f"{party} (SIMULATION)", "simulation": True,
     "keys": listed(party), "sealing_key": new_sealing_key().public}
    for party, role in roles.items()
]  # fmt: skip
record(AE, "mediator", "log_opened", members=members)
hashes = {"terms_sha256": plan["terms_sha256"]}
record(
    AE,
    "mediator",
    "case_opened",
    terms_toml=TERMS,
    parties=[RU, UA],
    mediators=[AE],
    seed_required=True,
    **hashes,
)
for party in (UA, RU):
    record(party, "bureau", "terms_signed", **hashes)
root = "0" * 64  # of the rows that one bureau sends the other, sealed, beside the ledger
asked = {
    p: record(p, "bureau", "wanted_list", to=q, count=0, root=root) for p, q in ((UA, RU), (RU, UA))
}
for party, other in ((UA, RU), (RU, UA)):
    record(
        party,
        "bureau",
        "answers",
        to=other,
        in_reply_to=asked[other],
        count=0,
        counts={},
        root=root,
    )
for party in (UA, RU):
    record(
        party,
        "bureau",
        "final_list",
        count=len(held[party]),
        root=plan["roots"][party],
        seed_commitment=hashlib.sha256(nonces[party]).hexdigest(),
    )
for party in (UA, RU):
    record(party, "bureau", "seed_revealed", nonce=nonces[party].hex())
ids = {leg: sorted(m["ref"] for m in plan["moves"] if m["holder"] == leg[:2]) for leg in LEGS}
hashes |= {"pool_sha256": plan["pool_sha256"], "plan_sha256": plan["plan_sha256"]}
findings = sorted({f["clause"] for f in plan["legal_findings"]})
record(
    AE,
    "mediator",
    "plan_proposed",
    seed=seed,
    status=plan["status"],
    legal_findings=findings,
    flows=plan["counts"],
    captives_root=captives_root(ids[LEGS[0]] + ids[LEGS[1]]),
    **hashes,
)
for party in (UA, RU):
    record(party, "bureau", "plan_accepted", acknowledged=findings, **hashes)

# 4. The handover: asked in private, on the manifest, departed, counted, asked again, home.
for leg in LEGS:
    holder, home = leg[:2], leg[-2:]
    record(
        AE,
        "interviewer",
        "will_recorded",
        stage="before_departure",
        leg=leg,
        travelling=ids[leg],
        not_travelling=[],
    )
    record(
        AE,
        "mediator",
        "manifest_issued",
        leg=leg,
        captives=ids[leg],
        stops=[],
        plan_sha256=plan["plan_sha256"],
    )
    record(holder, "bureau", "departed", leg=leg, captives=ids[leg])
    record(home, "officer", "checked_in", leg=leg, captives=ids[leg], missing=[])
    record(
        AE,
        "interviewer",
        "will_recorded",
        stage="last_stop",
        leg=leg,
        travelling=ids[leg],
        not_travelling=[],
    )
    record(home, "bureau", "received", leg=leg, captives=ids[leg], count=len(ids[leg]))
    record(
        holder,
        "bureau",
        "released",
        leg=leg,
        count=len(ids[leg]),
        captives_root=captives_root(ids[leg]),
    )
record(AE, "mediator", "case_closed", totals=plan["counts"])
custody = log.custodies["example"]
for counts in count_legs(custody):
    print(f"{counts.leg}: {counts.home} / {counts.planned} home, {counts.missing} missing")
print({party: f"at most {e.peak} behind" for party, e in exposure(custody).items()})
print(
    f"{log.chain.tree.size} entries, root {log.chain.tree.root().hex()[:16]}…, {log.cases['example'].state}"
)

# 5. What each side says, held against the record.
record_of = Record(
    date=agreement.effective,
    legs={parse_flow(k): v for k, v in plan["counts"].items()},
    mediators=agreement.mediators,
)
said = [
    neutral_statement(p, record_of, mentions=(parse_flow(LEGS[0]),), simulation=True)
    for p in (UA, AE)
]
for verdict in reconcile(said, record_of, date=agreement.effective):
    print(verdict.verdict, "-", verdict.sentence)
sys.exit(log.cases["example"].state != "closed")
