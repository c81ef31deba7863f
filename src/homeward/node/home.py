"""The folder of one node: made, opened, closed.

Rules of this file:
- One folder is one party: `node.json` (no secret), `keys.json` (wrapped), `node.db`
  (encrypted), `card.json` (for others), `inbox/`, `outbox/`; in a simulation also
  `passphrase`, so that a demo asks nothing.
- The folder is 0700, its files 0600. A file is replaced whole or not at all; `node.json`
  comes last, and a folder without it is no node.
- A process has at most one open node. Another is opened only after `close_node`, so that
  no query of one party ever runs on the file of another.
- The passphrase is never kept, and nothing here is logged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import SALT_BYTES, b64, unb64
from homeward.foundation.errors import AccessError, EngineError, InputError, TamperError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.node import keystore, settings
from homeward.node.keystore import ROLES, Card, Entropy, Keys, Role

NODE_FILE, KEYS_FILE, CARD_FILE, DATABASE_FILE = "node.json", "keys.json", "card.json", "node.db"
PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file
INBOX, OUTBOX = "inbox", "outbox"
_FORMAT = 2
_NODE_FILE_KEYS = frozenset(
    ("format", "party", "role", "name", "languages", "created_at", "simulation", "kdf_salt")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What `node.json` says of a node. `created_at` is UTC text; `kdf_salt` is 16 bytes."""

    party: PartyCode
    role: Role
    name: str
    languages: tuple[str, ...]
    created_at: str
    simulation: bool
    kdf_salt: bytes


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
    def transaction(self) -> Iterator[None]:
        """Write all or nothing to this node's file.

        Raises:
            EngineError: Another node is open, or the database could not do it.
        """
        self.require_open()
        with database_errors(), transaction.atomic():
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

    Returns:
        The open node.

    Raises:
        InputError: The folder is taken, or the party, role, name or passphrase is unfit.
        EngineError: Another node is open, or the disk or the database failed.
    """
    _require_none_open()
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
    )
    keys = keystore.create(role, entropy)
    card = keystore.write_card(keys, party=party, role=role, name=name, simulation=simulation)
    locked = keystore.lock(
        keys, party=party, passphrase=passphrase, salt=about.kdf_salt, entropy=entropy
    )
    with new_folder(home) as folder:
        write_private(folder / KEYS_FILE, locked)
        write_private(folder / CARD_FILE, card.data)
        write_private(folder / DATABASE_FILE, b"")
        write_private(folder / NODE_FILE, _describe(about))
        if simulation:
            write_private(folder / PASSPHRASE_FILE, passphrase.encode())
        settings.use_database(folder / DATABASE_FILE, keys.database)
        try:
            with database_errors():
                _migrate()
        finally:
            settings.release_database()
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
    _require_none_open()
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
        AccessError: The file is not this node's: its key does not open it.
        EngineError: Another node is open, or the disk or the database failed.
    """
    global _opened  # noqa: PLW0603 - Django itself is one per process
    _require_none_open()
    path = node.home / DATABASE_FILE
    if not path.is_file():
        # SQLite would quietly begin a new, empty database.
        raise EngineError(
            "home.no_database",
            f"Expected the database of the node of {node.party}, found no file.",
            hint="Restore the node from its last backup.",
        )
    settings.use_database(path, node.keys.database)
    try:
        _require_key_fits()
        with database_errors():
            _migrate()
    except BaseException:
        settings.release_database()
        raise
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
        if document.keys() != _NODE_FILE_KEYS or document["format"] != _FORMAT:
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
        )
    except (AttributeError, TypeError, InputError, TamperError) as error:
        raise _changed(NODE_FILE) from error


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


@contextlib.contextmanager
def database_errors() -> Iterator[None]:
    """Turn a failure of the disk or the file into an `EngineError`; bugs pass through."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise  # a bug of ours, not a failure of the disk
    except DatabaseError as error:
        raise _database_failed() from error


def _describe(about: Description) -> bytes:
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
    return canonical_bytes(document)


@functools.cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrate() -> None:
    # One query decides: planning a migration reads every migration of every package.
    if not _known_migrations() <= MigrationRecorder(connection).applied_migrations().keys():
        call_command("migrate", verbosity=0, interactive=False)


def _require_key_fits() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        if "not a database" not in str(error):
            raise _database_failed() from error
        raise AccessError(
            "home.key",
            "Expected a database that this node's key opens, found another.",
            hint="Restore the node from its last backup.",
        ) from error


def _require_none_open() -> None:
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


def _database_failed() -> EngineError:
    return EngineError(
        "home.database",
        "Expected the node's database to answer, found that it did not.",
        hint="Look at the free space of the disk and for another program that uses the node; "
        "then try again. If it stays so, restore the node from its last backup.",
    )


def _disk_failed(error: OSError) -> EngineError:
    return EngineError(
        "home.disk",
        f"Expected the disk to serve the node's folder, found that it did not (errno {error.errno}).",
        hint="Look at its free space and at the rights of the folder; then try again.",
    )


def _changed(what: str) -> TamperError:
    return TamperError(
        "home.changed",
        f"Expected {what} as this node wrote it, found another content.",
        hint="Restore the node from its last backup.",
    )
