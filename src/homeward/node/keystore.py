"""The keys of one node, how they rest, and the card that shows their public parts.

Rules of this file:
- A secret rests only wrapped: passphrase → argon2id → key → AES-256-GCM. Each wrapping is
  bound to the party and to the key's purpose, so that none stands in for another.
- Which keys a role has is a table. No key serves two purposes.
- Public parts stand in clear beside the wrapped ones and are checked against them.
- A card is canonical JSON, signed by its own first key. That proves it is whole, not whose
  it is: people compare the fingerprint by voice before they trust it.
- Randomness comes in; the sealing key is the exception, age draws it (see `foundation.crypto`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, get_args

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import (
    KEY_BYTES,
    NONCE_BYTES,
    SealingKey,
    SigningKey,
    b64,
    derive_bytes,
    derive_key,
    new_sealing_key,
    seal,
    unb64,
    unwrap,
    verify_signature,
    wrap,
)
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.ledger.key_files import require_passphrase
from homeward.ledger.note import NoteVerifier, parse_vkey

Role = Literal["bureau", "mediator", "observer"]
Entropy = Callable[[int], bytes]

ROLES: tuple[Role, ...] = get_args(Role)
LOG_KEY = "log"
"""A mediator's further key: it signs checkpoints, never entries."""

CAPTIVE_ID_BYTES = 16
VAULT_PURPOSE = "vault"
_FORMAT = 1
_CARD_MAX_BYTES = 16_384
_NAME_MAX_CHARS = 200
_CARD_CONTEXT = b"homeward-card-v1\n"
_CARD_KEYS = frozenset(
    ("party", "role", "name", "simulation", "signing_keys", "sealing_key", "log_vkey", "signature")
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """The unlocked keys of one node.

    `signing` is by key role (a mediator's holds `LOG_KEY` too); `database` opens the
    node's file; `id_secret` salts the ids of captives. `retired` are the card's own keys of
    the roles in which another one signs by now.
    """

    signing: Mapping[str, SigningKey]
    sealing: SealingKey
    database: bytes
    id_secret: bytes
    retired: Mapping[str, SigningKey] = field(default_factory=dict)

    @property
    def on_card(self) -> Mapping[str, SigningKey]:
        """The keys that the card shows, by role."""
        return {**self.signing, **self.retired}

    def captive_id(self, case: str, ref: str) -> str:
        """Return the salted id of a person in a case, 32 hexadecimal digits.

        Without the secret it tells nothing, and it differs from case to case, so that
        two exchanges cannot be joined by it.
        """
        return derive_bytes(self.id_secret, f"{case}|{ref}", CAPTIVE_ID_BYTES).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a party shows of its node. `signing_keys` are 32-byte public keys by role."""

    party: PartyCode
    role: Role
    name: str
    simulation: bool
    signing_keys: Mapping[str, bytes]
    sealing_key: str
    log_vkey: str | None
    data: bytes


def create(role: Role, entropy: Entropy) -> Keys:
    """Draw the keys of a new node.

    Args:
        role: The node's role; it decides which signing keys there are.
        entropy: Returns as many random bytes as it is asked for.
    """
    names = KEYS_OF_ROLE[role] + ((LOG_KEY,) if role == "mediator" else ())
    return Keys(
        signing={name: SigningKey(entropy(KEY_BYTES)) for name in names},
        sealing=new_sealing_key(),
        database=entropy(KEY_BYTES),
        id_secret=entropy(KEY_BYTES),
    )


def lock(keys: Keys, *, party: PartyCode, passphrase: str, salt: bytes, entropy: Entropy) -> bytes:
    """Write keys as they rest; also how a passphrase is changed.

    Args:
        keys: The unlocked keys.
        party: Whose they are.
        passphrase: 8 to 1024 characters.
        salt: 16 bytes of this node.
        entropy: For the nonces.

    Returns:
        The content of `keys.json`, canonical JSON.

    Raises:
        InputError: The passphrase is too short or too long.
    """
    require_passphrase(passphrase)
    over = derive_key(passphrase, salt)

    def rest(secret: bytes, purpose: str) -> str:
        nonce = entropy(NONCE_BYTES)
        return b64(wrap(over, secret, nonce=nonce, purpose=f"{party}/{purpose}"))

    def rows(some: Mapping[str, SigningKey], what: str) -> list[dict[str, str]]:
        return [
            {"role": r, "public": b64(k.public), "wrapped": rest(k.secret, f"{what}/{r}")}
            for r, k in some.items()
        ]

    adopted = rows({role: keys.signing[role] for role in keys.retired}, "adopted")
    return canonical_bytes(
        {
            "format": _FORMAT,
            **({"adopted": adopted} if adopted else {}),
            "signing": rows(keys.on_card, "sign"),
            "sealing": {
                "public": keys.sealing.public,
                "wrapped": rest(keys.sealing.secret.encode("ascii"), "seal"),
            },
            "database": rest(keys.database, "database"),
            "id_secret": rest(keys.id_secret, "id_secret"),
        }
    )


def unlock(data: bytes, *, party: PartyCode, passphrase: str, salt: bytes) -> Keys:
    """Read keys that `lock` wrote.

    Args:
        data: The content of `keys.json`.
        party: Whose they are.
        passphrase: As typed.
        salt: 16 bytes of this node.

    Returns:
        The unlocked keys.

    Raises:
        AccessError: The passphrase is another one.
        TamperError: The file was changed: its form, or a public part.
    """
    what = "key file"
    document = read_canonical(data, what=what)
    over = derive_key(passphrase, salt)

    def wake(wrapped: str, purpose: str) -> bytes:
        return unwrap(over, unb64(wrapped, what=what), purpose=f"{party}/{purpose}")

    def signing(rows: list[Mapping[str, str]], purpose: str) -> dict[str, SigningKey]:
        found = {r["role"]: SigningKey(wake(r["wrapped"], f"{purpose}/{r['role']}")) for r in rows}
        if any(b64(found[row["role"]].public) != row["public"] for row in rows):
            raise _changed(what)
        return found

    try:
        if document["format"] != _FORMAT:
            raise _changed(what)
        on_card = signing(document["signing"], "sign")
        adopted = signing(document.get("adopted", []), "adopted")
        sealing = SealingKey(wake(document["sealing"]["wrapped"], "seal").decode("ascii"))
        sealing_public = document["sealing"]["public"]
        database = wake(document["database"], "database")
        id_secret = wake(document["id_secret"], "id_secret")
    except (KeyError, TypeError, ValueError) as error:
        raise _changed(what) from error
    if sealing.public != sealing_public:
        raise _changed(what)
    return Keys(
        signing={**on_card, **adopted},
        sealing=sealing,
        database=database,
        id_secret=id_secret,
        retired={role: on_card[role] for role in adopted},
    )


def wrap_vault_key(over: bytes, secret: bytes, entropy: Entropy) -> bytes:
    """Return a key of the vault as it rests.

    Args:
        over: The node's database key.
        secret: 32 bytes.
        entropy: For the nonce.
    """
    return wrap(over, secret, nonce=entropy(NONCE_BYTES), purpose=VAULT_PURPOSE)


def write_card(keys: Keys, *, party: PartyCode, role: Role, name: str, simulation: bool) -> Card:
    """Write the card of a node.

    Args:
        keys: The node's unlocked keys.
        party: Code of the party.
        role: The node's role.
        name: Of the office, 1 to 200 characters on one line.
        simulation: True if nothing of this node is real.

    Returns:
        The card; its `data` is what others import.

    Raises:
        InputError: The name is empty, too long or not on one line.
    """
    if not _is_name(name):
        raise InputError(
            "keystore.name",
            f"Expected the name of an office in 1 to {_NAME_MAX_CHARS} characters on one line, "
            f"found {len(name)} characters of another form.",
            hint="Write it as it stands on your letters.",
            facts={"max_chars": _NAME_MAX_CHARS},
        )
    log = keys.signing.get(LOG_KEY)
    body = {
        "party": party,
        "role": role,
        "name": name,
        "simulation": simulation,
        "signing_keys": [
            {"role": key_role, "public": b64(keys.on_card[key_role].public)}
            for key_role in KEYS_OF_ROLE[role]
        ],
        "sealing_key": keys.sealing.public,
        "log_vkey": None if log is None else log_verifier(party, log.public).vkey,
    }
    first = keys.on_card[KEYS_OF_ROLE[role][0]]
    signature = first.sign(_CARD_CONTEXT + canonical_bytes(body))
    return read_card(canonical_bytes({**body, "signature": b64(signature)}))


@lru_cache(maxsize=64)  # every look at the ledger compares its keys with those on the cards
def read_card(data: bytes) -> Card:
    """Read another party's card, refusing anything a card does not say.

    Args:
        data: The bytes of `card.json`, at most 16,384.

    Returns:
        The card. Whose it is, only its fingerprint compared by voice can tell.

    Raises:
        TamperError: The card has another form, another key than its role has, or a
            signature that does not hold.
    """
    what = "card"
    if len(data) > _CARD_MAX_BYTES:
        raise _changed(what)
    document = read_canonical(data, what=what)
    if not isinstance(document, dict) or document.keys() != _CARD_KEYS:
        raise _changed(what)
    try:
        card = _card(document, data)
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise _changed(what) from error
    body = {key: value for key, value in document.items() if key != "signature"}
    verify_signature(
        card.signing_keys[KEYS_OF_ROLE[card.role][0]],
        _CARD_CONTEXT + canonical_bytes(body),
        unb64(document["signature"], what=what),
        what=what,
    )
    return card


def fingerprint(card: Card) -> str:
    """Return the card's fingerprint, to be read aloud: eight groups of four digits (128 bits)."""
    digest = hashlib.sha256(card.data).hexdigest()
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def log_origin(party: PartyCode) -> str:
    """Return the origin of the log that a mediator sequences."""
    return f"homeward/{party.lower()}"


def log_verifier(party: PartyCode, public: bytes) -> NoteVerifier:
    """Return the verifier of the checkpoints that a mediator signs."""
    return NoteVerifier(name=log_origin(party), public=public)


def _card(document: Mapping[str, Any], data: bytes) -> Card:
    party, role, name = parse_party(document["party"]), document["role"], document["name"]
    if role not in ROLES or type(document["simulation"]) is not bool or not _is_name(name):
        raise _changed("card")
    listed = document["signing_keys"]
    if [item["role"] for item in listed] != list(KEYS_OF_ROLE[role]):
        raise _changed("card")
    if any(item.keys() != {"role", "public"} for item in listed):
        raise _changed("card")
    signing_keys = {item["role"]: unb64(item["public"], what="card") for item in listed}
    if any(len(public) != KEY_BYTES for public in signing_keys.values()):
        raise _changed("card")
    # A key that nothing can be sealed to would be noticed only on the day it is needed.
    seal(b"", document["sealing_key"])
    log_vkey = document["log_vkey"]
    if (log_vkey is not None) != (role == "mediator"):
        raise _changed("card")
    if log_vkey is not None and parse_vkey(log_vkey).name != log_origin(party):
        raise _changed("card")
    return Card(
        party=party,
        role=role,
        name=name,
        simulation=document["simulation"],
        signing_keys=signing_keys,
        sealing_key=document["sealing_key"],
        log_vkey=log_vkey,
        data=data,
    )


def _is_name(name: object) -> bool:
    return (
        isinstance(name, str)
        and 1 <= len(name) <= _NAME_MAX_CHARS
        and name == name.strip()
        and not _CONTROL.search(name)
    )


def _changed(what: str) -> TamperError:
    return TamperError(
        "keystore.changed",
        f"Expected the {what} as its node wrote it, found another form.",
        hint="Take it again from where it came; do not use this copy.",
    )
