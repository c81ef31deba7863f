"""A keybook: writes and signs the documents of an invented party's keys."""

import hashlib

from homeward.foundation.crypto import SigningKey
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import (
    Devices,
    Officer,
    Revocation,
    RootDocument,
    add_signature,
    unsigned,
)

LOG = "homeward/ae"


def key(name):
    return SigningKey(hashlib.sha256(name.encode()).digest())


def ids(*names):
    return tuple(sorted(key_id(key(name).public) for name in names))


def officers(names, role="bureau", **other):
    return tuple(Officer(role=role, public=key(name).public, **other) for name in names)


def root(keyring, roots, named, *, threshold=2, **change):
    """Return an unsigned root document that follows a keyring."""
    made = {
        "log": keyring.log,
        "party": keyring.party,
        "epoch": keyring.epoch + 1,
        "previous": keyring.head,
        "threshold": threshold,
        "roots": tuple(key(name).public for name in roots),
        "officers": named,
    }
    return unsigned(RootDocument(**{**made, **change}))


def revocation(keyring, *names, **change):
    made = {
        "log": keyring.log,
        "party": keyring.party,
        "epoch": keyring.epoch,
        "previous": keyring.head,
        "revoked": ids(*names),
        "reason": "compromised",
    }
    return unsigned(Revocation(**{**made, **change}))


def devices(keyring, officer, names, **change):
    made = {
        "log": keyring.log,
        "party": keyring.party,
        "previous": keyring.device_heads.get(*ids(officer)),
        "officer": ids(officer)[0],
        "devices": tuple(key(name).public for name in names),
    }
    return unsigned(Devices(**{**made, **change}))


def sign(document, *names):
    for name in names:
        document = add_signature(document, key(name))
    return document
