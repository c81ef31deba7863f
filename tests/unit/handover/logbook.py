"""A logbook: signs the entries of a casebook as the members of an invented log."""

import hashlib

from tests.unit.negotiation.casebook import Casebook

from homeward.foundation.crypto import SigningKey, b64
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.ledger.envelope import entry_sha256, sign_envelope

ORIGIN = "homeward/ae"
SEALING_KEY = "age1" + "q" * 58
MEMBERS = {"AE": "mediator", "RU": "bureau", "UA": "bureau"}


def key_of(party, role):
    return SigningKey(hashlib.sha256(f"{party}/{role}".encode()).digest())


def member(party, role, **change):
    keys = [
        {"role": each, "public": b64(key_of(party, each).public)} for each in KEYS_OF_ROLE[role]
    ]
    body = {
        "party": party,
        "role": role,
        "name": f"Office of {party}",
        "simulation": False,
        "keys": keys,
        "sealing_key": SEALING_KEY,
    }
    return {**body, **change}


class Logbook:
    """Writes signed entries one after another and keeps them."""

    def __init__(self):
        self.entries = []
        self.heads = {}

    def sign(self, kind, author, role, body, *, case="log", signer=None, **other):
        seq, prev = self.heads.get(author, (0, None))
        header = {"log": ORIGIN, "seq": seq + 1, "prev": prev, "seen": None}
        entry = sign_envelope(
            signer=signer or key_of(author, role),
            type=kind,
            case=case,
            author=author,
            at="2025-02-05T08:00:00Z",
            body=body,
            **{**header, **other},
        )
        self.heads[author] = (seq + 1, entry_sha256(entry))
        self.entries.append(entry)
        return entry

    def open(self, members=None, **change):
        listed = [member(party, role, **change) for party, role in MEMBERS.items()]
        body = {"members": listed if members is None else members}
        return self.sign("log_opened", "AE", "mediator", body)

    def play(self, book):
        """Sign every entry of a casebook, with replies to the entries as signed."""
        signed = {}
        for recorded in book.entries:
            plain = recorded.entry
            body = dict(plain.body)
            if "in_reply_to" in body:
                body["in_reply_to"] = signed[body["in_reply_to"]]
            entry = self.sign(plain.type, plain.author, recorded.role, body, case=plain.case)
            signed[plain.entry_sha256] = entry_sha256(entry)
        return self.entries


def whole_case():
    """Return a casebook in which everybody goes home."""
    book = Casebook()
    book.to_accepted()
    for leg in ("RU -> UA", "UA -> RU"):
        book.leg_home(leg)
    book.close()
    return book
