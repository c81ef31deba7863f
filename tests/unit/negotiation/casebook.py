"""A casebook: writes the entries of an invented case, right ones and wrong ones."""

import hashlib
from dataclasses import dataclass, field, replace

from homeward.handover import captives_root
from homeward.negotiation import Recorded, advance, fold
from homeward.negotiation.sealing import commitment
from homeward.terms import read_agreement

UA_HOME, RU_HOME = "RU -> UA", "UA -> RU"
FINDING = "gc3.109"
TERMS = """
[agreement]
id = "invented"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"
[parties]
RU = {}
UA = {}
[[stop]]
home = "RU"
country = "BY"
purpose = "medical check"
[[clause]]
id = "n"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 4
"""
TERMS_SHA256 = read_agreement(TERMS).sha256
STOPS = {UA_HOME: [], RU_HOME: [{"country": "BY", "purpose": "medical check"}]}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def people(leg, count=4):
    return [sha(f"{leg}{number}")[:32] for number in range(count)]


PLANNED = {leg: frozenset(people(leg)) for leg in (UA_HOME, RU_HOME)}
NONCES = {party: sha(f"nonce of {party}") for party in ("RU", "UA")}
SEED = hashlib.sha256(b"".join(bytes.fromhex(NONCES[p]) for p in ("RU", "UA"))).hexdigest()
HASHES = {"terms_sha256": TERMS_SHA256, "pool_sha256": sha("pool"), "plan_sha256": sha("plan")}


@dataclass(frozen=True, kw_only=True)
class PlainEntry:
    """The least that a case reads of an entry."""

    type: str
    case: str
    author: str
    key: str
    body: dict
    entry_sha256: str


@dataclass
class Casebook:
    """Writes entries one after another and keeps them."""

    entries: list = field(default_factory=list)

    def write(self, kind, author, role, body, **other):
        index = other.pop("index", 10 + 3 * len(self.entries))
        text = f"{index}{kind}{author}{body}"
        made = {"case": "c-1", "key": sha(author + role)[:16], "entry_sha256": sha(text), **other}
        entry = PlainEntry(type=kind, author=author, body=body, **made)
        self.entries.append(Recorded(index=index, role=role, entry=entry))
        return self.entries[-1]

    def open(self, **change):
        body = {
            "terms_toml": TERMS,
            "terms_sha256": TERMS_SHA256,
            "parties": ["UA", "RU"],
            "mediators": ["AE"],
            "seed_required": True,
        }
        return self.write("case_opened", "AE", "mediator", {**body, **change})

    def sign(self, party):
        return self.write("terms_signed", party, "bureau", {"terms_sha256": TERMS_SHA256})

    def open_with(self, more):
        """Open a case with more in its terms, and sign them."""
        text = TERMS + more
        digest = read_agreement(text).sha256
        self.open(terms_toml=text, terms_sha256=digest)
        for party in ("UA", "RU"):
            self.write("terms_signed", party, "bureau", {"terms_sha256": digest})
        return digest

    def commit(self, kind, party, to="", **change):
        """Commit to the list that `want`, `answer` or `finish_list` writes."""
        word = {"wanted_list": "wanted by", "answers": "answers of", "final_list": "final of"}
        made = {
            "case": "c-1",
            "kind": kind,
            "author": party,
            "to": to,
            "nonce": sha(f"{kind} {party} {to}"),
            "root": sha(f"{word[kind]} {party}"),
        }
        body = {"kind": kind, "to": to, "commitment": commitment(**{**made, **change})}
        return self.write("list_committed", party, "bureau", body)

    def want(self, party, other, count=5, **change):
        body = {"to": other, "count": count, "root": sha(f"wanted by {party}")}
        return self.write("wanted_list", party, "bureau", {**body, **change})

    def answer(self, party, other, asked, **change):
        count = asked.entry.body["count"]
        body = {
            "to": other,
            "in_reply_to": asked.entry.entry_sha256,
            "count": count,
            "counts": {"held": count - 1, "not_held": 1},
            "root": sha(f"answers of {party}"),
        }
        return self.write("answers", party, "bureau", {**body, **change})

    def remark(self, party, other, answered, count=1, **change):
        body = {
            "to": other,
            "in_reply_to": answered.entry.entry_sha256,
            "count": count,
            "counts": {"letter_received": count},
            "root": sha(f"remarks of {party}"),
        }
        return self.write("remarks", party, "bureau", {**body, **change})

    def reply(self, party, other, remarked, **change):
        count = remarked.entry.body["count"]
        body = {
            "to": other,
            "in_reply_to": remarked.entry.entry_sha256,
            "count": count,
            "counts": {"upheld": count - 1, "held": 1},
            "root": sha(f"replies of {party}"),
        }
        return self.write("replies", party, "bureau", {**body, **change})

    def finish_list(self, party, **change):
        commitment = hashlib.sha256(bytes.fromhex(NONCES[party])).hexdigest()
        body = {"count": 9, "root": sha(f"final of {party}"), "seed_commitment": commitment}
        return self.write("final_list", party, "bureau", {**body, **change})

    def reveal(self, party, nonce=None):
        return self.write("seed_revealed", party, "bureau", {"nonce": nonce or NONCES[party]})

    def propose(self, **change):
        body = {
            **HASHES,
            "seed": SEED,
            "status": "optimal",
            "legal_findings": [FINDING],
            "flows": {UA_HOME: 4, RU_HOME: 4},
            "captives_root": captives_root(people(UA_HOME) + people(RU_HOME)),
        }
        return self.write("plan_proposed", "AE", "mediator", {**body, **change})

    def accept(self, party, **change):
        body = {**HASHES, "acknowledged": [FINDING]}
        return self.write("plan_accepted", party, "bureau", {**body, **change})

    def reject(self, party, **change):
        body = {"plan_sha256": HASHES["plan_sha256"], "reason": "not_agreed"}
        return self.write("plan_rejected", party, "bureau", {**body, **change})

    def abort(self, party="UA", role="bureau", reason="transport_not_safe"):
        return self.write("aborted", party, role, {"reason": reason})

    def close(self, **totals):
        body = {"totals": {UA_HOME: 4, RU_HOME: 4, **totals}}
        return self.write("case_closed", "AE", "mediator", body)

    def will(self, leg, ids, *, stage="before_departure", refusing=()):
        body = {
            "stage": stage,
            "leg": leg,
            "travelling": list(ids),
            "not_travelling": list(refusing),
        }
        return self.write("will_recorded", "AE", "interviewer", body)

    def manifest(self, leg, ids, **change):
        body = {
            "leg": leg,
            "captives": list(ids),
            "stops": STOPS[leg],
            "plan_sha256": HASHES["plan_sha256"],
        }
        return self.write("manifest_issued", "AE", "mediator", {**body, **change})

    def withdraw(self, leg, ids, reason="not_travelling", role="mediator"):
        body = {"leg": leg, "captives": list(ids), "reason": reason}
        return self.write("withdrawn", "AE", role, body)

    def depart(self, leg, ids, author=None):
        body = {"leg": leg, "captives": list(ids)}
        return self.write("departed", author or leg[:2], "bureau", body)

    def check_in(self, leg, ids, missing=(), author=None):
        body = {"leg": leg, "captives": list(ids), "missing": list(missing)}
        return self.write("checked_in", author or leg[-2:], "officer", body)

    def stop(self, leg, ids, unfit=(), country="BY", purpose="medical check"):
        body = {
            "leg": leg,
            "country": country,
            "purpose": purpose,
            "captives": list(ids),
            "unfit": list(unfit),
        }
        return self.write("stop_checked", "AE", "mediator", body)

    def turn_back(self, leg, ids, author=None):
        body = {"leg": leg, "captives": list(ids)}
        return self.write("turned_back", author or leg[:2], "bureau", body)

    def release(self, leg, ids, **change):
        body = {"leg": leg, "count": len(ids), "captives_root": captives_root(ids)}
        return self.write("released", leg[:2], "bureau", {**body, **change})

    def receive(self, leg, ids, author=None, **change):
        body = {"leg": leg, "captives": list(ids), "count": len(ids)}
        return self.write("received", author or leg[-2:], "bureau", {**body, **change})

    def to_answered(self):
        self.open()
        for party in ("UA", "RU"):
            self.sign(party)
        asked = {"UA": self.want("UA", "RU", 5), "RU": self.want("RU", "UA", 3)}
        self.answer("RU", "UA", asked["UA"])
        self.answer("UA", "RU", asked["RU"])
        return self.entries

    def to_seeded(self):
        self.to_answered()
        for party in ("UA", "RU"):
            self.finish_list(party)
        for party in ("UA", "RU"):
            self.reveal(party)
        return self.entries

    def to_accepted(self):
        self.to_seeded()
        self.propose()
        self.accept("UA")
        self.accept("RU")
        return self.entries

    def leg_home(self, leg, ids=None):
        """Write everything that brings some people of one leg home."""
        ids = list(ids or people(leg))
        self.will(leg, ids)
        self.manifest(leg, ids)
        self.depart(leg, ids)
        self.check_in(leg, ids)
        for stop in STOPS[leg]:
            self.stop(leg, ids, country=stop["country"], purpose=stop["purpose"])
        self.will(leg, ids, stage="last_stop")
        self.release(leg, ids)
        self.receive(leg, ids)

    def fold(self):
        return fold(self.entries)

    def next(self, state):
        """Add the last entry written to a state."""
        return advance(state, self.entries[-1])


PAPER_TERMS = TERMS.replace("[parties]", 'on_paper = ["RU"]\n[parties]')
PAPER_SHA256 = read_agreement(PAPER_TERMS).sha256


@dataclass
class PaperBook(Casebook):
    """A case in which RU is on paper: the mediator enters what RU says.

    With `signs` RU says the same with a key of its own, as an entry of its own: the twin
    beside which the other is judged.
    """

    signs: bool = False

    def write(self, kind, author, role, body, **other):
        recorded = super().write(kind, author, role, body, **other)
        return recorded if self.signs or author != "RU" else self.entered(recorded)

    def entered(self, recorded, key="a" * 16, author="AE", role="mediator", **change):
        """Let somebody enter what a party has just said, as received on paper."""
        said = recorded.entry
        body = {
            "party": said.author,
            "type": said.type,
            "body": said.body,
            "sheets": [sha(f"scan of {said.entry_sha256}")],
            "received_at": "2025-02-05T08:00:00Z",
            **change,
        }
        entry = PlainEntry(
            type="received_unsigned",
            case=said.case,
            author=author,
            key=key,
            body=body,
            entry_sha256=said.entry_sha256,
        )
        at = self.entries.index(recorded)
        self.entries[at] = Recorded(index=recorded.index, role=role, entry=entry)
        return recorded

    def open(self, **change):
        return super().open(**{"terms_toml": PAPER_TERMS, "terms_sha256": PAPER_SHA256, **change})

    def sign(self, party):
        return self.write("terms_signed", party, "bureau", {"terms_sha256": PAPER_SHA256})

    def propose(self, **change):
        return super().propose(**{"terms_sha256": PAPER_SHA256, **change})

    def accept(self, party, **change):
        recorded = super().accept(party, **{"terms_sha256": PAPER_SHA256, **change})
        if self.signs and party == "RU":
            self.entries[-1] = recorded = replace(self.entries[-1], needs_second=True)
        return recorded

    def second(self, waiting, key="b" * 16, author=None):
        """Let a second officer of whoever signed it confirm it."""
        author = author or ("RU" if self.signs else "AE")
        role = "mediator" if author == "AE" else "bureau"
        body = {"entry": waiting.entry.entry_sha256}
        return Casebook.write(self, "confirmed", author, role, body, key=key)

    def to_accepted(self):
        self.to_seeded()
        self.propose()
        self.accept("UA")
        self.second(self.accept("RU"))
        return self.entries
