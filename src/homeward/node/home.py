"""The folder of one node: made, opened, closed.

Rules of this file:
- One folder is one party: `node.json` (no secret), `keys.json` (wrapped), `vault.key` (wrapped,
  see `vault`), `node.db` (encrypted), `card.json` (for others), `inbox/`, `outbox/`; in a simulation also
  `passphrase`, so that a demo asks nothing. Instead of `node.db`, `node.json` may name a
  database of a PostgreSQL server.
- The folder is 0700, its files 0600. A file is replaced whole or not at all; `node.json`
  comes last, and a folder without it is no node.
- A process has at most one open node. Another is opened only after `close_node`, so that
  no query of one party ever runs on the file of another.
- The passphrase is never kept, and nothing here is logged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import KEY_BYTES, SALT_BYTES, SigningKey, b64, unb64
from homeward.foundation.errors import AccessError, EngineError, InputError, TamperError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.node import keystore, settings
from homeward.node.keystore import ROLES, Card, Entropy, Keys, Role
from homeward.node.tables import database_errors, make_tables, open_tables

NODE_FILE, KEYS_FILE, CARD_FILE, DATABASE_FILE = "node.json", "keys.json", "card.json", "node.db"
VAULT_FILE = "vault.key"
PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file
INBOX, OUTBOX = "inbox", "outbox"
_FORMAT = 2
_NODE_FILE_KEYS = frozenset(
    ("format", "party", "role", "name", "languages", "created_at", "simulation", "kdf_salt")
)
_NODE_FILE_KEYS_ON_SERVER = _NODE_FILE_KEYS | {"database"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What `node.json` says of a node. `created_at` is UTC text; `kdf_salt` is 16 bytes.

    `database` is the address of a server's database, or empty for the encrypted file.
    """

    party: PartyCode
    role: Role
    name: str
    languages: tuple[str, ...]
    created_at: str
    simulation: bool
    kdf_salt: bytes
    database: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An unlocked node: its folder, what it is, its keys and its card."""

    home: Path
    about: Description
    keys: Keys
    card: Card

    @property
    def party(self) -> PartyCode:
        """The party whose node this is."""
        return self.about.party

    def require_open(self) -> None:
        """Check that queries run on this node's file.

        Raises:
            EngineError: Another node is open, or none.
        """
        if _opened is not self:
            raise EngineError(
                "home.not_open",
                f"Expected the node of {self.party} to be open, found "
                f"{_opened.party if _opened else 'none'}.",
                hint="Close the open node and open this one first.",
            )

    @contextlib.contextmanager
    def transaction(self, *, in_turn: bool = True) -> Iterator[None]:
        """Write all or nothing to this node's tables, after everybody who began before.

        Args:
            in_turn: False if nothing that is written follows from what was read, such as
                the note of a read: on a server it need not wait for other writers.

        Raises:
            EngineError: Another node is open, or the database could not do it.
        """
        self.require_open()
        with database_errors(), transaction.atomic():
            if in_turn:
                settings.take_turn()
            yield


_opened: Node | None = None


def init_node(  # noqa: PLR0913 - made once, and each of these is the user's decision
    home: Path,
    *,
    party: PartyCode,
    role: Role,
    name: str,
    passphrase: str,
    now: dt.datetime,
    entropy: Entropy,
    languages: tuple[str, ...] = ("en",),
    simulation: bool = False,
    database: str = "",
) -> Node:
    """Make a node's folder, keys and database, and open it.

    Args:
        home: The folder; it does not exist yet, or is empty.
        party: Code of the party.
        role: What the node does; it decides which keys it has.
        name: Of the office, for its card.
        passphrase: 8 to 1024 characters; in a simulation it is kept in the folder.
        now: Aware UTC instant.
        entropy: Returns as many random bytes as it is asked for.
        languages: Of its pages, first the usual one.
        simulation: True if nothing of it is real.
        database: Address of an empty database of a PostgreSQL server, without a password;
            empty for an encrypted file in the folder.

    Returns:
        The open node.

    Raises:
        InputError: The folder or the database is taken, or the party, role, name, passphrase
            or database is unfit.
        EngineError: Another node is open, or the disk or the database failed.
    """
    require_none_open()
    if role not in ROLES:
        raise InputError(
            "home.role",
            f"Expected one of {', '.join(ROLES)} as role, found another.",
            hint="A party's own office is a bureau; who carries messages is a mediator.",
        )
    about = Description(
        party=parse_party(party),
        role=role,
        name=name,
        languages=languages,
        created_at=utc_text(now),
        simulation=simulation,
        kdf_salt=entropy(SALT_BYTES),
        database=database,
    )
    keys = keystore.create(role, entropy)
    card = keystore.write_card(keys, party=party, role=role, name=name, simulation=simulation)
    locked = keystore.lock(
        keys, party=party, passphrase=passphrase, salt=about.kdf_salt, entropy=entropy
    )
    with new_folder(home) as folder:
        write_private(folder / KEYS_FILE, locked)
        vault_key = keystore.wrap_vault_key(keys.database, entropy(KEY_BYTES), entropy)
        write_private(folder / VAULT_FILE, vault_key)
        write_private(folder / CARD_FILE, card.data)
        write_private(folder / NODE_FILE, describe(about))
        if simulation:
            write_private(folder / PASSPHRASE_FILE, passphrase.encode())
        file = folder / DATABASE_FILE
        if not database:
            write_private(file, b"")
        make_tables(file, database, key=keys.database, party=about.party)
    return reopen_node(Node(home=home, about=about, keys=keys, card=card))


def open_node(home: Path, passphrase: str) -> Node:
    """Unlock a node and open its database, bringing its tables up to date.

    Args:
        home: The node's folder.
        passphrase: As typed.

    Returns:
        The open node; it stays open until `close_node`.

    Raises:
        AccessError: There is no node, or the passphrase is another one.
        TamperError: A file of the folder was changed.
        EngineError: Another node is open, or the disk or the database failed.
    """
    require_none_open()
    return reopen_node(unlock_node(home, passphrase))


def unlock_node(home: Path, passphrase: str) -> Node:
    """Read a node's folder and unlock its keys, without opening its database.

    Args:
        home: The node's folder.
        passphrase: As typed.

    Returns:
        The node; its database stays closed.

    Raises:
        AccessError: There is no node, or the passphrase is another one.
        TamperError: A file of the folder was changed.
        EngineError: The disk failed.
    """
    about = read_description(read_private(home / NODE_FILE))
    keys = keystore.unlock(
        read_private(home / KEYS_FILE),
        party=about.party,
        passphrase=passphrase,
        salt=about.kdf_salt,
    )
    try:
        card = keystore.write_card(
            keys,
            party=about.party,
            role=about.role,
            name=about.name,
            simulation=about.simulation,
        )
    except InputError as error:
        raise _changed(NODE_FILE) from error
    if read_private(home / CARD_FILE) != card.data:  # Ed25519 signs the same bytes the same way
        raise _changed(f"{NODE_FILE} and {CARD_FILE}")
    return Node(home=home, about=about, keys=keys, card=card)


def reopen_node(node: Node) -> Node:
    """Open the database of a node that is unlocked already.

    Args:
        node: From `unlock_node`, or closed before.

    Returns:
        The same node, now the open one.

    Raises:
        AccessError: The database is not this node's: its key does not open it.
        InputError: The address of its database is unfit.
        EngineError: Another node is open, or the disk or the database failed.
    """
    global _opened  # noqa: PLW0603 - Django itself is one per process
    require_none_open()
    file = node.home / DATABASE_FILE
    open_tables(file, node.about.database, key=node.keys.database, party=node.party)
    _opened = node
    return node


def close_node() -> None:
    """Close the open node, if any: its connection, and Django's memory of its file and key."""
    global _opened  # noqa: PLW0603 - Django itself is one per process
    settings.release_database()
    _opened = None


def change_passphrase(node: Node, *, old: str, new: str, entropy: Entropy) -> None:
    """Wrap the node's keys anew; the keys stay the same.

    The salt stays too: so one file is replaced, and no crash leaves the node half changed.

    Args:
        node: The node.
        old: Its present passphrase.
        new: 8 to 1024 characters.
        entropy: For the nonces.

    Raises:
        AccessError: The old passphrase is another one.
        InputError: The new passphrase is too short or too long.
        EngineError: The disk failed.
    """
    unlock_node(node.home, old)
    locked = keystore.lock(
        node.keys, party=node.party, passphrase=new, salt=node.about.kdf_salt, entropy=entropy
    )
    write_private(node.home / KEYS_FILE, locked)
    if node.about.simulation:
        write_private(node.home / PASSPHRASE_FILE, new.encode())


def adopt_key(node: Node, role: str, key: SigningKey, *, passphrase: str, entropy: Entropy) -> None:
    """Let the node sign with another key from its next opening on; its card stays the same.

    Args:
        node: The node.
        role: Role of the key.
        key: The key; the caller has seen that the ledger names it.
        passphrase: The node's present one.
        entropy: For the nonces.

    Raises:
        AccessError: The passphrase is another one.
        EngineError: The disk failed.
    """
    now = unlock_node(node.home, passphrase).keys
    signing, retired = {**now.signing, role: key}, {role: now.signing[role], **now.retired}
    keys = replace(now, signing=signing, retired=retired)
    locked = keystore.lock(
        keys, party=node.party, passphrase=passphrase, salt=node.about.kdf_salt, entropy=entropy
    )
    write_private(node.home / KEYS_FILE, locked)


def simulation_passphrase(home: Path) -> str:
    """Return the passphrase that a simulation keeps in its folder.

    Raises:
        AccessError: There is none: the node is a real one, or there is no node.
        EngineError: The disk failed.
    """
    return read_private(home / PASSPHRASE_FILE).decode()


def read_description(data: bytes) -> Description:
    """Read the content of `node.json`.

    Raises:
        TamperError: It was changed, or a later version wrote it.
    """
    try:
        document = read_canonical(data, what=NODE_FILE)
        known = _NODE_FILE_KEYS_ON_SERVER if "database" in document else _NODE_FILE_KEYS
        if document.keys() != known or document["format"] != _FORMAT:
            raise _changed(NODE_FILE)
        if document["role"] not in ROLES:
            raise _changed(NODE_FILE)
        return Description(
            party=parse_party(document["party"]),
            role=document["role"],
            name=document["name"],
            languages=tuple(document["languages"]),
            created_at=document["created_at"],
            simulation=document["simulation"],
            kdf_salt=unb64(document["kdf_salt"], what=NODE_FILE),
            database=str(document.get("database", "")),
        )
    except (AttributeError, TypeError, InputError, TamperError) as error:
        raise _changed(NODE_FILE) from error


def describe(about: Description) -> bytes:
    """Return the content of `node.json`."""
    document: dict[str, Any] = {
        "format": _FORMAT,
        "party": about.party,
        "role": about.role,
        "name": about.name,
        "languages": list(about.languages),
        "created_at": about.created_at,
        "simulation": about.simulation,
        "kdf_salt": b64(about.kdf_salt),
    }
    if about.database:
        document["database"] = about.database
    return canonical_bytes(document)


def utc_text(now: dt.datetime) -> str:
    """Return an aware instant as `2025-02-05T08:00:00Z`."""
    assert now.tzinfo is not None, "an instant says its zone"
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_private(path: Path, data: bytes) -> None:
    """Replace a file whole, readable by its owner alone, and on the disk when this returns.

    Raises:
        EngineError: The disk failed; the old file is as it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _disk_failed(error) from error


@contextlib.contextmanager
def new_folder(home: Path) -> Iterator[Path]:
    """Give a hidden folder whose files become `home` if all goes well, and vanish if not.

    `home` itself is kept if it is there: it may be a volume that cannot be replaced.

    Args:
        home: It does not exist yet, or is empty.

    Yields:
        A folder inside `home`, 0700, with `inbox/` and `outbox/`.

    Raises:
        InputError: `home` is taken.
        EngineError: The disk failed.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise InputError(
            "home.taken",
            "Expected a new or an empty folder for the node, found one that holds something.",
            hint="Choose another folder; nothing was changed.",
        )
    made = not home.exists()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        folder = Path(tempfile.mkdtemp(prefix=".new.", dir=home))
    except OSError as error:
        raise _disk_failed(error) from error
    try:
        (folder / INBOX).mkdir(mode=0o700)
        (folder / OUTBOX).mkdir(mode=0o700)
        yield folder
        # node.json last: a folder without it is no node.
        for path in sorted(folder.iterdir(), key=lambda path: path.name == NODE_FILE):
            path.rename(home / path.name)
        _sync_folder(home)
    except OSError as error:
        raise _disk_failed(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                home.rmdir()  # refused, as it should be, unless it is empty


def read_private(path: Path) -> bytes:
    """Read a file of a node's folder.

    Raises:
        AccessError: There is none.
        EngineError: The disk failed.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AccessError(
            "home.missing",
            f"Expected a node with its {path.name} in this folder, found none.",
            hint="Name the node's folder with --home, or make one with `homeward init`.",
        ) from error
    except OSError as error:
        raise _disk_failed(error) from error


def require_none_open() -> None:
    """Check that no node is open in this process.

    Raises:
        EngineError: One is.
    """
    if _opened is not None:
        raise EngineError(
            "home.other_open",
            f"Expected no open node in this process, found the one of {_opened.party}.",
            hint="Close it first: one process serves one party at a time.",
        )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _disk_failed(error: OSError) -> EngineError:
    return EngineError(
        "home.disk",
        f"Expected the disk to serve the node's folder, found that it did not (errno {error.errno}).",
        hint="Look at its free space and at the rights of the folder; then try again.",
        facts={"errno": error.errno},
    )


def _changed(what: str) -> TamperError:
    return TamperError(
        "home.changed",
        f"Expected {what} as this node wrote it, found another content.",
        hint="Restore the node from its last backup.",
    )
